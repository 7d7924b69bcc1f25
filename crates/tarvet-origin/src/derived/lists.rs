//! Files that only name members of the tarball: LINGUAS, POTFILES, MANIFEST, SOURCES.txt.
//!
//! The tools that write them list what they found. Every line must be a member (in LINGUAS: of a catalogue beside it),
//! in a strict alphabet, so that a list can neither bring a command into a makefile nor point out of the tarball. Where
//! a list leaves out what it should have, nothing is built from what is not there, and the caller reports missing files
//! anyway; but a MANIFEST must have all.

use std::collections::BTreeSet;

use bstr::{BStr, BString, ByteSlice};

use super::{Derived, Files, Question};

/// The largest list, in bytes.
pub const LARGEST: usize = 4 << 20;

/// What the lines of a list name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Languages, each with a `.po` beside the list.
    Languages,
    /// Paths of the tarball.
    Sources,
    /// All paths of the tarball.
    All,
}

fn kind(path: &BStr) -> Option<Kind> {
    let mut parts = path.rsplit_str("/");
    let name = parts.next()?;
    let is_egg = parts
        .next()
        .is_some_and(|directory| directory.ends_with(b".egg-info"));
    match name {
        b"LINGUAS" => Some(Kind::Languages),
        b"POTFILES" | b"POTFILES.in" => Some(Kind::Sources),
        b"SOURCES.txt" if is_egg => Some(Kind::Sources),
        b"MANIFEST" => Some(Kind::All),
        _ => None,
    }
}

/// Whether a path is one of such a list.
pub fn claims(path: &BStr) -> bool {
    kind(path).is_some()
}

/// Proves a list that the tree does not have.
pub fn explain(member: &Question<'_>, files: &dyn Files) -> Option<Derived> {
    let kind = kind(member.path)?;
    let is_tracked = member.tree.is_some() || files.in_tree(member.path);
    if is_tracked || member.content.len() > LARGEST || !member.content.iter().all(|&byte| is_allowed(byte)) {
        return None;
    }
    let directory = member.path.rfind_byte(b'/').map_or(0, |at| at + 1);
    let directory = member.path.get(..directory)?;
    if !is_one_piece(member.content) {
        return None;
    }
    let mut named: BTreeSet<BString> = BTreeSet::new();
    for line in member.content.lines() {
        let line = line.trim();
        if line.is_empty() || is_comment(line) {
            continue;
        }
        let words: Vec<&[u8]> = match kind {
            Kind::Languages => line.fields().collect(),
            // gettext's makefiles have one path a line, and a backslash before the next.
            Kind::Sources => vec![line.strip_suffix(b"\\").unwrap_or(line).trim()],
            Kind::All => line.fields().take(1).collect(),
        };
        for word in words {
            named.insert(found(kind, directory, word, files)?);
        }
    }
    if named.is_empty() || kind == Kind::All && named.len() != files.member_count() {
        return None;
    }
    let how = match kind {
        Kind::Languages => format!(
            "list: the {} languages that have a catalogue beside it",
            named.len()
        ),
        Kind::Sources => format!("list: {} files of the tarball", named.len()),
        Kind::All => format!("list: all {} files of the tarball", named.len()),
    };
    Some(Derived {
        from: Vec::new(),
        how,
        shown: Vec::new(),
    })
}

/// The member that a line names.
fn found(kind: Kind, directory: &[u8], word: &[u8], files: &dyn Files) -> Option<BString> {
    if !word.iter().all(|&byte| is_plain(byte)) || word.starts_with(b"-") {
        return None;
    }
    let paths: Vec<BString> = match kind {
        Kind::Languages if word.contains(&b'/') => return None,
        Kind::Languages => vec![[directory, word, b".po"].concat().into()],
        Kind::All => vec![word.into()],
        // Paths are of the top, or of the directory above the list.
        Kind::Sources => {
            let word = word.strip_prefix(b"../").unwrap_or(word);
            let above = directory
                .strip_suffix(b"/")
                .and_then(|own| own.rfind_byte(b'/'))
                .map_or(0, |at| at + 1);
            vec![word.into(), [directory.get(..above)?, word].concat().into()]
        }
    };
    paths.into_iter().find(|path| files.is_member(path.as_ref()))
}

/// A comment of a list: one that ends with its line whoever reads it.
fn is_comment(line: &[u8]) -> bool {
    line.starts_with(b"#") && !line.ends_with(b"\\")
}

/// Whether no line but the first begins with a tab, unless the line before says that it goes on: make would take it for
/// a command.
fn is_one_piece(content: &[u8]) -> bool {
    let before = std::iter::once(&b"\\"[..]).chain(content.lines());
    content
        .lines()
        .zip(before)
        .all(|(line, before)| !line.starts_with(b"\t") || before.ends_with(b"\\"))
}

/// Bytes of a name that is one word, whoever reads it, and no target of a rule.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"./_-+@".contains(&byte)
}

/// Bytes that mean nothing to make or to a shell in a list.
fn is_allowed(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"./_-+@,: \\\t\n#".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::derived::testing::Tree;

    fn ask(path: &str, content: &str) -> Option<String> {
        let mut tree = Tree::from([
            ("po/de.po", ""),
            ("po/fr.po", ""),
            ("src/a.c", ""),
            ("lib/src/b.c", ""),
        ]);
        tree.members = vec![path.into()];
        let question = Question {
            path: path.into(),
            content: content.as_bytes(),
            tree: None,
        };
        explain(&question, &tree).map(|derived| derived.how)
    }

    #[test]
    fn lists_of_members_are_derived() {
        assert!(
            ask("po/LINGUAS", "# all\nde\nfr\n")
                .unwrap()
                .contains("2 languages")
        );
        assert!(ask("po/LINGUAS", "de fr\n").is_some());
        assert!(ask("po/POTFILES.in", "src/a.c\n").is_some());
        assert!(ask("po/POTFILES", "\t../src/a.c \\\n\t../src/a.c\n").is_some());
        assert!(ask("lib/po/POTFILES.in", "src/b.c\n").is_some());
        assert!(ask("x.egg-info/SOURCES.txt", "src/a.c\nx.egg-info/SOURCES.txt").is_some());
        assert!(
            ask(
                "MANIFEST",
                "# made\nMANIFEST\npo/de.po\npo/fr.po\nsrc/a.c made by\nlib/src/b.c\n"
            )
            .is_some()
        );
    }

    #[test]
    fn a_list_of_anything_else_is_not() {
        for (path, content) in [
            ("po/LINGUAS", "de es\n"),
            ("po/LINGUAS", "de $(id)\n"),
            ("po/LINGUAS", "../po/de\n"),
            ("po/LINGUAS", ""),
            ("po/POTFILES.in", "src/a.c\n$(shell id)\n"),
            ("po/POTFILES.in", "src/a.c; id\n"),
            ("po/POTFILES.in", "# x \\\nid\n"),
            ("po/POTFILES.in", "src/none.c\n"),
            ("po/POTFILES.in", "../../etc/passwd\n"),
            ("SOURCES.txt", "src/a.c\n"),
            ("MANIFEST", "MANIFEST\nsrc/a.c\n"),
        ] {
            assert_eq!(ask(path, content), None, "{path}: {content}");
        }
        for (name, list) in [
            ("all: x/NEWS", "src/a.c\nall: x/NEWS\n"),
            ("a,b", "a,b\n"),
            ("-a", "-a\n"),
            ("x", "src/a.c\n\t../src/a.c\n"),
            ("x", "# x\n\tsrc/a.c\n"),
            ("src/a.c,x -e", "src/a.c,x -e\n"),
        ] {
            let mut tree = Tree::from([("src/a.c", "")]);
            tree.members = vec![name.into()];
            let question = Question {
                path: "po/POTFILES".into(),
                content: list.as_bytes(),
                tree: None,
            };
            assert_eq!(explain(&question, &tree), None, "{list}");
        }
        let tree = Tree::from([("po/LINGUAS", "de fr"), ("po/de.po", "")]);
        let question = Question {
            path: "po/LINGUAS".into(),
            content: b"de",
            tree: None,
        };
        assert_eq!(explain(&question, &tree), None);
    }
}

//! A tracked file, or a template, with the release's stamps put in.
//!
//! Line by line the same, but for versions, dates and commit ids. A stamp may replace only what says nothing yet (a
//! placeholder, or this very version marked as unreleased); in a file of versions or in the title of a manual page also
//! an older version or date. So neither a limit nor a required version elsewhere can be raised under this name, and
//! nothing outside the strict alphabets comes in.

use bstr::{BStr, BString, ByteSlice};

use super::pieces::{Piece, cut};
use super::{date, version};
use crate::derived::Release;

/// The most lines that may differ.
const MOST: usize = 200;

/// The changed lines, old and new by turns; None where anything else differs, or nothing does.
pub fn changes(path: &BStr, old: &[u8], new: &[u8], release: &Release) -> Option<Vec<BString>> {
    // A NUL or a bare carriage return would make lines of it that are none.
    if new.contains(&0) || old.contains(&0) {
        return None;
    }
    let is_versions = names_versions(path);
    let is_manual = is_manual(path);
    let is_text = is_text(path);
    let mut old_lines = old.lines_with_terminator().peekable();
    let mut new_lines = new.lines_with_terminator().peekable();
    let mut shown = Vec::new();
    loop {
        let (before, after) = match (old_lines.next(), new_lines.next()) {
            (None, None) => break,
            (Some(before), Some(after)) => (before, after),
            _ => return None,
        };
        if before == after {
            continue;
        }
        let is_title = is_manual && before.starts_with(b".TH ") && after.starts_with(b".TH ");
        if shown.len() >= 2 * MOST || !is_stamped(before, after, (is_versions, is_text), is_title, release) {
            return None;
        }
        shown.extend([BString::from(before.trim_end()), BString::from(after.trim_end())]);
        // Some tools put an empty line after the title.
        if is_title && new_lines.peek() == Some(&&b"\n"[..]) && old_lines.peek() != Some(&&b"\n"[..]) {
            new_lines.next();
        }
    }
    (!shown.is_empty()).then_some(shown)
}

/// Whether one line is another with stamps put in.
fn is_stamped(
    old: &[u8],
    new: &[u8],
    (is_versions, is_text): (bool, bool),
    is_title: bool,
    release: &Release,
) -> bool {
    if is_versions && is_definition(old, new, release) {
        return true;
    }
    if is_link_to_tag(old, new, release) {
        return true;
    }
    let (before, after) = (cut(old), cut(new));
    if is_title {
        return titles(&before) == titles(&after)
            && after
                .iter()
                .all(|piece| before.contains(piece) || may_be_in_title(piece, release));
    }
    let any_old = is_versions && (says_version(old) || is_text && speaks_of_release(old));
    before.len() == after.len()
        && before
            .iter()
            .zip(&after)
            .all(|(old, new)| old == new || may_become(old, new, any_old, release))
}

/// Whether a line of C defines a version or a date that is the package's own, by the macro's name.
fn says_version(line: &[u8]) -> bool {
    let Some((name, _)) = definition(line) else {
        return false;
    };
    [&b"VERSION"[..], b"RELEASE", b"DATE", b"STAMP"]
        .iter()
        .any(|word| name.ends_with(word))
        && !is_limit(name)
}

/// Whether a line of text is about a version or a date, and not about the least or the most of one.
fn speaks_of_release(line: &[u8]) -> bool {
    let upper = line.to_ascii_uppercase();
    [&b"VERSION"[..], b"RELEASE", b"DATE"]
        .iter()
        .any(|word| upper.contains_str(word))
        && !is_limit(&upper)
}

/// Whether a name, in capitals, is one of a limit.
fn is_limit(name: &[u8]) -> bool {
    [&b"MIN"[..], b"MAX", b"REQUIRE", b"LEAST"]
        .iter()
        .any(|word| name.contains_str(word))
}

/// Whether a link to the log of a repository became one to the tag's log.
fn is_link_to_tag(old: &[u8], new: &[u8], release: &Release) -> bool {
    let added = new
        .trim_end()
        .strip_prefix(old.trim_end())
        .and_then(|added| added.strip_prefix(b"?h="));
    let is_link = old.starts_with(b"https://") && !old.trim_end().contains_str(" ");
    is_link
        && added
            .is_some_and(|tag| release.tag == tag && tag.iter().all(|&byte| version::is_version_byte(byte)))
}

/// A title without its versions, which may be put behind a name that had none, and with its dates made one.
fn titles(pieces: &[Piece<'_>]) -> Vec<u8> {
    let mut title: Vec<u8> = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Version(_) => title.truncate(title.trim_end_with(|letter| letter == ' ').len()),
            Piece::Placeholder(name) if stands_for(name, "version") => {
                title.truncate(title.trim_end_with(|letter| letter == ' ').len());
            }
            Piece::Placeholder(name) if stands_for(name, "date") => title.push(0),
            Piece::Date(..) => title.push(0),
            Piece::Text(text) | Piece::Commit(text) | Piece::Placeholder(text) => {
                title.extend_from_slice(text)
            }
        }
    }
    title
}

/// Whether a piece may come into a title.
fn may_be_in_title(piece: &Piece<'_>, release: &Release) -> bool {
    match piece {
        Piece::Version(version) => version::is_own(version, release),
        Piece::Date(_, date) => date::is_past(*date, release),
        // Text is compared with the rest of the title.
        Piece::Text(_) => true,
        Piece::Commit(_) | Piece::Placeholder(_) => false,
    }
}

/// Whether one piece of a line may become another.
fn may_become(old: &Piece<'_>, new: &Piece<'_>, any_old: bool, release: &Release) -> bool {
    match (old, new) {
        (Piece::Version(old), Piece::Version(new)) => {
            version::is_own(new, release) && (any_old || version::is_before(old, new))
        }
        (Piece::Placeholder(name), Piece::Version(new)) => {
            stands_for(name, "version") && version::is_own(new, release)
        }
        (Piece::Date(..), Piece::Date(_, new)) => any_old && date::is_near(*new, release),
        (Piece::Placeholder(name), Piece::Date(_, new)) => {
            stands_for(name, "date") && date::is_near(*new, release)
        }
        (Piece::Placeholder(name), Piece::Commit(new)) => {
            (stands_for(name, "commit") || stands_for(name, "revision")) && version::is_commit(new, release)
        }
        _ => false,
    }
}

/// Whether a placeholder stands for a thing of a kind: by its name, or because it only says that there is none yet.
pub fn stands_for(name: &[u8], kind: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower.contains_str(kind) || lower.contains_str("unreleased") && kind != "commit"
}

/// Whether a line of C defines a version to be this release's, whatever it was before.
fn is_definition(old: &[u8], new: &[u8], release: &Release) -> bool {
    let (Some((name, _)), Some((new_name, value))) = (definition(old), definition(new)) else {
        return false;
    };
    let bare = value
        .strip_prefix(b"\"")
        .and_then(|value| value.strip_suffix(b"\""));
    name == new_name
        && name.ends_with(b"VERSION")
        && !is_limit(name)
        && bare.is_some_and(|value| version::is_own(value, release))
}

/// The name and the value of `#define NAME VALUE`.
pub fn definition(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let rest = line
        .trim()
        .strip_prefix(b"#")?
        .trim_start()
        .strip_prefix(b"define")?;
    let rest = rest
        .strip_prefix(b" ")
        .or_else(|| rest.strip_prefix(b"\t"))?
        .trim_start();
    let length = rest
        .iter()
        .take_while(|&&byte| byte.is_ascii_alphanumeric() || byte == b'_')
        .count();
    let (name, value) = rest.split_at_checked(length)?;
    let is_spaced = value.is_empty() || value.first().is_some_and(u8::is_ascii_whitespace);
    (is_spaced && !name.is_empty()).then_some((name, value.trim()))
}

/// Whether a file is one that says versions, by its name.
pub fn names_versions(path: &BStr) -> bool {
    let name = path
        .rsplit_str("/")
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let stem = name
        .split_str(".")
        .find(|part| !part.is_empty())
        .unwrap_or_default();
    stem.contains_str("version") || stem.ends_with(b"ver")
}

/// Whether a file is one that no program runs, by its name: without an ending, or with one of a text.
fn is_text(path: &BStr) -> bool {
    let name = path.rsplit_str("/").next().unwrap_or_default();
    let ending = name
        .rfind_byte(b'.')
        .filter(|&at| at > 0)
        .and_then(|at| name.get(at..));
    ending.is_none_or(|ending| [&b".txt"[..], b".texi", b".xml", b".md", b".rst"].contains(&ending))
}

/// Whether a file is the source of a manual page, by its name.
pub fn is_manual(path: &BStr) -> bool {
    let path = path.strip_suffix(b".in").unwrap_or(path);
    matches!(path, [.., b'.', b'1'..=b'9'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn release() -> Release {
        Release {
            name: "foo".into(),
            version: "8.21.0".into(),
            tag: "foo-8_21_0".into(),
            commit: "efc346430901b84f1f580a147191624d7ded0db6".into(),
            commit_time: Some(1_782_259_200),
            ..Release::default()
        }
    }

    fn is_derived(path: &str, old: &str, new: &str) -> bool {
        changes(path.into(), old.as_bytes(), new.as_bytes(), &release()).is_some()
    }

    #[test]
    fn a_version_header_is_stamped() {
        let old = "#define V \"8.21.0-DEV\"\n#define T \"[unreleased]\"\n#define X 1\n";
        let new = "#define V \"8.21.0\"\n#define T \"2026-06-24\"\n#define X 1\n";
        assert!(is_derived("include/foover.h", old, new));
        assert_eq!(
            changes("a.h".into(), old.as_bytes(), new.as_bytes(), &release())
                .unwrap()
                .len(),
            4
        );
        assert!(is_derived(
            "tool_version.h",
            "#define A_VERSION   LIB_VERSION\n",
            "#define A_VERSION \"8.21.0\"\n"
        ));
        assert!(is_derived("VERSION", "version 8.20.0\n", "version 8.21.0\n"));
    }

    #[test]
    fn templates_and_titles_are_stamped() {
        assert!(is_derived(
            "doc/README",
            "README for Foo @version@\n",
            "README for Foo 8.21.0\n"
        ));
        assert!(is_derived(
            "doc/foo.8.in",
            ".TH \"foo\" \"8\" \"@date@\" \"N\" \"foo @version@\"\n.SH X\n",
            ".TH \"foo\" \"8\" \"Jun 24, 2026\" \"N\" \"foo 8.21.0\"\n.SH X\n",
        ));
        assert!(is_derived(
            "foo.3",
            ".TH foo 3 \"12 Aug 2003\" \"libfoo 7.10\" \"M\"\n.SH\n",
            ".TH foo 3 \"January 30, 2023\" \"libfoo 8.21.0\" \"M\"\n\n.SH\n",
        ));
        let old = ".TH foo 3 \"12 Aug 2003\" \"libfoo\" \"M\"\n";
        assert!(is_derived(
            "foo.3",
            old,
            ".TH foo 3 \"12 Aug 2003\" \"libfoo 8.21.0\" \"M\"\n"
        ));
        for bad in [
            "libfoo 8.20.0",
            "libbar 8.21.0",
            "libfoo 8.21.0 \\*[x]",
            "libfoo 8.21.0;id",
        ] {
            assert!(!is_derived("foo.3", old, &old.replace("libfoo", bad)), "{bad}");
        }
        assert!(!is_derived(
            "foo.3",
            old,
            ".TH foo 3 \"12 Aug 2033\" \"libfoo\" \"M\"\n"
        ));
    }

    #[test]
    fn a_link_may_be_to_the_tags_log() {
        assert!(is_derived(
            "ChangeLog",
            "https://x/log\n",
            "https://x/log?h=foo-8_21_0\n"
        ));
        assert!(!is_derived(
            "ChangeLog",
            "https://x/log\n",
            "https://x/log?h=v1;id\n"
        ));
        assert!(!is_derived(
            "a.sh",
            "curl https://x/log\n",
            "curl https://x/log?h=foo-8_21_0\n"
        ));
    }

    #[test]
    fn no_other_change_passes() {
        for (path, old, new) in [
            // A shell substitution in the stamp's place, or beside it.
            (
                "configure.ac",
                "AC_INIT([foo],[8.21.0-dev])\n",
                "AC_INIT([foo],[8.21.0$(id)])\n",
            ),
            (
                "configure.ac",
                "AC_INIT([foo],[8.21.0-dev])\n",
                "AC_INIT([foo],[8.21.0`id`])\n",
            ),
            (
                "configure.ac",
                "AC_INIT([foo],[8.21.0-dev])\n",
                "AC_INIT([foo],[8.21.0]) id\n",
            ),
            (
                "configure.ac",
                "AC_INIT([foo],[8.21.0-dev])\n",
                "AC_INIT([foo],[8.21.1])\n",
            ),
            // Limits and requirements.
            (
                "main.c",
                "if (tls < 1.2) fail();\n",
                "if (tls < 8.21.0) fail();\n",
            ),
            (
                "configure.ac",
                "REQUIRED_SSL_VERSION=1.1.0\n",
                "REQUIRED_SSL_VERSION=8.21.0\n",
            ),
            (
                "main.c",
                "if (day > \"2020-01-01\")\n",
                "if (day > \"2026-06-24\")\n",
            ),
            (
                "version.h",
                "#define MIN_TLS_VERSION TLS_1_2\n",
                "#define MIN_TLS_VERSION \"8.21.0\"\n",
            ),
            (
                "version.h",
                "#define A_VERSION B\n",
                "#define A_VERSION system(\"id\")\n",
            ),
            (
                "version.h",
                "#define A_VERSION B\n",
                "#define A_VERSION \"8.21.0\" evil\n",
            ),
            (
                "version.h",
                "#define A_VERSION B\n",
                "#define C_VERSION \"8.21.0\"\n",
            ),
            (
                "tls_version.c",
                "if (version < \"1.2\") fail();\n",
                "if (version < \"8.21.0\") fail();\n",
            ),
            ("check-version.sh", "version=1.2\n", "version=8.21.0\n"),
            (
                "version.h",
                "#define TLS_MIN_VERSION \"1.2\"\n",
                "#define TLS_MIN_VERSION \"8.21.0\"\n",
            ),
            ("a.sh", "[ $x = unreleased ]\n", "[ $x = 8.21.0 ]\n"),
            // Lines more or fewer, and other alphabets.
            ("version.h", "version 8.20.0\n", "version 8.21.0\nint x;\n"),
            ("version.h", "version 8.20.0\nint x;\n", "version 8.21.0\n"),
            ("version.h", "version 8.20.0\n", "version 8.21.0"),
            ("version.h", "version 8.20.0\n", "version 8.21.0\0\n"),
            ("version.h", "date 2020-01-01\n", "date 2029-01-01\n"),
            (
                "foo.3",
                ".TH foo 3 \"x\"\n.SH\n",
                ".TH foo 3 \"x\"\n.sy id\n.SH\n",
            ),
            ("a.in", "@evil@\n", "8.21.0\n"),
            ("a.in", "@commit@\n", "efc3465\n"),
        ] {
            assert!(!is_derived(path, old, new), "{path}: {new}");
        }
        assert!(!is_derived("version.h", "x\n", "x\n"));
    }

    #[test]
    fn a_commit_id_is_the_releases() {
        assert!(is_derived("a.txt", "commit @commit@\n", "commit efc3464\n"));
    }
}

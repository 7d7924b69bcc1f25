//! Members that a rule can judge either way: if one of these is not derived, its looks must not excuse it.

use bstr::ByteSlice;

use super::{Files, Question, mo, stamp};

/// Files that say this release's version, or that a step was done, and have no business to say anything else.
const SAY_ONLY_THAT: [&str; 6] = [
    ".tarball-version",
    ".version",
    "VERSION",
    "version.texi",
    ".dirstamp",
    ".timestamp",
];

/// Whether what the member must contain is known, and it is something else: a binary catalogue whose `.po` is accounted
/// for, a stamp or a filled template in which more than plain words stand where the release's version belongs.
///
/// To be asked of members that are not derived.
pub fn governs(member: &Question<'_>, files: &dyn Files) -> bool {
    let name = member.path.rsplit_str("/").next().unwrap_or_default();
    let is_stamp = name.starts_with(b"stamp-") || name.ends_with(b".stamp");
    if is_stamp || SAY_ONLY_THAT.iter().any(|word| word.as_bytes() == name) {
        return !member.content.iter().all(|byte| is_plain(*byte));
    }
    if mo::has_source(member.path, files) {
        return true;
    }
    let template = files.proven(stamp::template_of(member.path).as_ref());
    template.is_some_and(|template| is_filled_with_more(&template, member.content))
}

/// What versions, dates and ids are written with, in stamps and around them; nothing that a shell, make, m4 or C would
/// read as more than a word.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b".,+~_:@/- \t\n".contains(&byte)
}

/// Whether lines of the template with placeholders for the release, and no others, are filled with more than words.
fn is_filled_with_more(template: &[u8], content: &[u8]) -> bool {
    let mut lines = template.lines().zip(content.lines());
    lines.any(|(before, after)| before != after && line_is_filled_with_more(before, after) == Some(true))
}

/// `None` where the line is not the template's with its placeholders filled.
fn line_is_filled_with_more(template: &[u8], line: &[u8]) -> Option<bool> {
    let words: Vec<&[u8]> = template.split_str("@").collect();
    let [before, name, after] = words.as_slice() else {
        return None;
    };
    if !stamp::stands_for_release(name) {
        return None;
    }
    let value = line.strip_prefix(*before)?.strip_suffix(*after)?;
    Some(!value.iter().all(|byte| is_plain(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::derived::testing::Tree;

    #[test]
    fn what_is_known_to_the_last_byte() {
        let tree = Tree::from([
            ("po/de.po", "msgid \"\"\nmsgstr \"\"\n"),
            ("a.spec.in", "Version: @VERSION@\nMail: a@b.example\n"),
            ("b.pc.in", "prefix=@prefix@\nVersion: (@VERSION@)\n"),
        ]);
        for (path, content, governed) in [
            ("po/de.gmo", "x", true),
            ("po/fr.gmo", "x", false),
            ("a.spec", "Version: 1.2\nMail: a@b.example\n", false),
            ("a.spec", "Version: 1.2$(id)\nMail: a@b.example\n", true),
            ("a.spec", "Version: 1.2\nMail: $(id)\n", false),
            ("b.pc", "prefix=/usr\nVersion: (1.2)\n", false),
            ("b.pc", "prefix=/usr\nVersion: (1.2`id`)\n", true),
            ("doc/stamp-vti", "@set VERSION 1.2\n", false),
            ("doc/stamp-vti", "@set VERSION 1.2$(id)\n", true),
            (".tarball-version", "1.3\n", false),
            (".tarball-version", "1.3;id\n", true),
            ("doc/timestamp.html", "<a>", false),
            ("configure", "$(id)", false),
        ] {
            let question = Question {
                path: path.into(),
                content: content.as_bytes(),
                tree: None,
            };
            assert_eq!(governs(&question, &tree), governed, "{path}: {content}");
        }
    }
}

//! Members that a rule can judge either way: if one of these is not derived, its looks must not excuse it.

use bstr::ByteSlice;

use super::{Files, Question, mo, stamp};

/// Files that say this release's version, or that a step was done, and have no business to say anything else.
const SAY_ONLY_THAT: [&str; 3] = ["version.texi", ".dirstamp", ".timestamp"];
/// Files that say a version. Scripts of configure print them for m4, which expands any macro's name in them.
const VERSIONS: [&str; 3] = [".tarball-version", ".version", "VERSION"];
/// Words in descriptions of commits that are no macros' names.
const IN_DESCRIPTIONS: [&str; 11] = [
    "v", "rc", "a", "b", "p", "pre", "dev", "git", "alpha", "beta", "dirty",
];

/// Whether what the member must contain is known, and it is something else: a binary catalogue whose `.po` is accounted
/// for, a stamp or a filled template in which more than plain words stand where the release's version belongs.
///
/// To be asked of members that are not derived.
pub fn governs(member: &Question<'_>, files: &dyn Files) -> bool {
    let name = member.path.rsplit_str("/").next().unwrap_or_default();
    if VERSIONS.iter().any(|word| word.as_bytes() == name) {
        return !member.content.lines().all(is_description) || member.content.is_empty();
    }
    if name == b"version.texi" && !stamp::only_sets(member.content) {
        return true;
    }
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

/// Whether a line is one word like those that `git describe` prints: numbers, ids, and words that say how far it is.
fn is_description(line: &[u8]) -> bool {
    let is_word = |word: &[u8]| {
        let id = word.strip_prefix(b"g").unwrap_or(word);
        IN_DESCRIPTIONS.iter().any(|own| own.as_bytes() == word)
            || id.iter().all(|byte| matches!(byte, b'a'..=b'f'))
    };
    let start = line.strip_prefix(b"v").unwrap_or(line);
    line.len() <= 100
        && start.first().is_some_and(u8::is_ascii_hexdigit)
        && line
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b".+~-".contains(byte))
        && line.split(|byte| !byte.is_ascii_alphabetic()).all(is_word)
}

/// What versions, dates and ids are written with, in stamps and around them; nothing that a shell, make, m4 or C would
/// read as more than a word.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b".,+~_:@/- \t\n".contains(&byte)
}

/// Whether lines of the template with placeholders for the release are filled with more than words; and, in a template that
/// has no others, whether a line without any is another one.
fn is_filled_with_more(template: &[u8], content: &[u8]) -> bool {
    let fixed = is_of_the_release_only(template);
    let mut lines = template.lines().zip(content.lines());
    lines.any(|(before, after)| {
        let is_literal = fixed && !before.contains(&b'@');
        before != after && (is_literal || line_is_filled_with_more(before, after) == Some(true))
    })
}

/// Whether a template has placeholders, and none but for the release.
fn is_of_the_release_only(template: &[u8]) -> bool {
    let names = template.lines().flat_map(|line| {
        let words: Vec<&[u8]> = line.split_str("@").collect();
        let inner = words.len().saturating_sub(1);
        words.into_iter().take(inner).skip(1)
    });
    let plain = |word: &&[u8]| {
        !word.is_empty()
            && word
                .iter()
                .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
    };
    let mut names = names.filter(plain).peekable();
    names.peek().is_some() && names.all(stamp::speaks_of_release)
}

/// `None` where the line is not the template's with its placeholders filled.
fn line_is_filled_with_more(template: &[u8], line: &[u8]) -> Option<bool> {
    let words: Vec<&[u8]> = template.split_str("@").collect();
    let [before, name, after] = words.as_slice() else {
        return None;
    };
    if !stamp::speaks_of_release(name) {
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
            (
                "c.plist.in",
                "<?xml version=\"1.0\"?>\n<string>@PLIST_VERSION@</string>\n",
            ),
            ("b.pc.in", "prefix=@prefix@\nVersion: (@VERSION@)\n"),
        ]);
        for (path, content, governed) in [
            ("po/de.gmo", "x", true),
            ("po/fr.gmo", "x", false),
            ("a.spec", "Version: 1.2\nMail: a@b.example\n", false),
            ("a.spec", "Version: 1.2$(id)\nMail: a@b.example\n", true),
            ("a.spec", "Version: 1.2\nMail: $(id)\n", false),
            (
                "c.plist",
                "<?xml version=\"1.0\"?>\n<string>1.2</string>\n",
                false,
            ),
            (
                "c.plist",
                "<?xml version=\"1.0$(id)\"?>\n<string>1.2</string>\n",
                true,
            ),
            ("b.pc", "prefix=/usr\nVersion: (1.2)\n", false),
            ("b.pc", "prefix=/usr\nVersion: (1.2`id`)\n", true),
            ("doc/stamp-vti", "@set VERSION 1.2\n", false),
            ("doc/stamp-vti", "@set VERSION 1.2$(id)\n", true),
            (".tarball-version", "1.3\n", false),
            (".tarball-version", "1.3;id\n", true),
            (".tarball-version", "AX_NO_HARDENING 1.0", true),
            (".tarball-version", "1.0-AX_NO_HARDENING", true),
            (".tarball-version", "AX_NO_HARDENING", true),
            (".tarball-version", "version 9.9\n", true),
            (".tarball-version", "", true),
            (".version", "0.20.1.124-32cf\n", false),
            (".version", "v1.2-rc1-15-gefc3464-dirty", false),
            (
                "VERSION",
                "1.10.1\nefc346430901b84f1f580a147191624d7ded0db6\n",
                false,
            ),
            ("doc/version.texi", "@set VERSION 1.2\n", false),
            ("doc/version.texi", "@set VERSION 1.2\n@include x\n", true),
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

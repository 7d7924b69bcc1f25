//! Members that a rule can judge either way: if one of these is not derived, its looks must not excuse it.

use bstr::{BStr, ByteSlice};

use super::{Files, mo, stamp};

/// Files that say this release's version, or that a step was done, and have no business to say anything else.
const SAY_ONLY_THAT: [&str; 6] = [
    ".tarball-version",
    ".version",
    "VERSION",
    "version.texi",
    ".dirstamp",
    ".timestamp",
];

/// Whether what the member must contain is known: a binary catalogue whose `.po` is accounted for, a stamp, or a file with
/// an accounted template whose placeholders all stand for the release.
pub fn governs(path: &BStr, files: &dyn Files) -> bool {
    let name = path.rsplit_str("/").next().unwrap_or_default();
    let is_stamp = name.starts_with(b"stamp-") || name.ends_with(b".stamp");
    if is_stamp || SAY_ONLY_THAT.iter().any(|word| word.as_bytes() == name) {
        return true;
    }
    if mo::has_source(path, files) {
        return true;
    }
    let template = files.proven(stamp::template_of(path).as_ref());
    template.is_some_and(|template| is_of_the_release_only(&template))
}

/// Whether a template has placeholders, and none for anything but the release.
fn is_of_the_release_only(template: &[u8]) -> bool {
    let mut names = template.lines().flat_map(placeholders).peekable();
    names.peek().is_some() && names.all(stamp::stands_for_release)
}

/// The names in `@NAME@`; an address has an at sign, too, but not two around a word.
fn placeholders(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    let words: Vec<&[u8]> = line.split_str("@").collect();
    let inner = words.len().saturating_sub(1);
    let plain = |word: &&[u8]| !word.is_empty() && word.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    words.into_iter().take(inner).skip(1).filter(plain)
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
            ("b.pc.in", "prefix=@prefix@\nVersion: @VERSION@\n"),
            ("c.in", "no placeholder\n"),
        ]);
        for (path, governed) in [
            ("po/de.gmo", true),
            ("po/fr.gmo", false),
            ("a.spec", true),
            ("b.pc", false),
            ("c", false),
            ("doc/stamp-vti", true),
            (".tarball-version", true),
            ("doc/timestamp.html", false),
            ("configure", false),
        ] {
            assert_eq!(governs(path.into(), &tree), governed, "{path}");
        }
    }
}

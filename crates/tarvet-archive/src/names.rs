use std::borrow::Cow;

use bstr::{BStr, ByteSlice};
use unicode_normalization::UnicodeNormalization;

use crate::{OddityClass, log::Log};

/// Bytes that the names of `members` members may take together.
pub(crate) fn budget(members: u64) -> u64 {
    (32 << 20) + 100 * members
}

/// Components of a path.
pub(crate) fn depth(path: &BStr) -> usize {
    path.split_str("/").filter(|part| !part.is_empty()).count()
}

/// Tells every spelling of a member's name that readers do not agree on or that leaves the tree.
pub(crate) fn check(path: &BStr, directory: bool, log: &mut Log) {
    use OddityClass::{Ambiguous, Curious, Unsafe};
    if path.is_empty() {
        return log.at(path, Ambiguous, "empty-name", "a member without a name");
    }
    if path.contains(&0) {
        log.at(path, Ambiguous, "nul-in-name", "a NUL in the name");
    }
    if path.starts_with(b"/") {
        log.at(path, Unsafe, "absolute-name", "the name starts at the root");
    }
    if let [letter, b':', ..] = path.as_bytes()
        && letter.is_ascii_alphabetic()
    {
        log.at(
            path,
            Unsafe,
            "drive-letter",
            "the name starts with a drive letter",
        );
    }
    if path.split_str("/").any(|part| part == b"..") {
        log.at(path, Unsafe, "dot-dot-in-name", "the name has a .. component");
    }
    if path.contains(&b'\\') {
        log.at(path, Curious, "backslash-in-name", "a backslash in the name");
    }
    if path.iter().any(|byte| byte.is_ascii_control() && *byte != 0) {
        log.at(
            path,
            Curious,
            "control-in-name",
            "a control character in the name",
        );
    }
    let slash = path.ends_with(b"/");
    if slash && !directory {
        log.at(
            path,
            Ambiguous,
            "slash-after-file",
            "a name that ends in / on something that is not a directory",
        );
    }
    let (inner, _) = inner(path);
    if inner.split_str("/").any(|part| part.is_empty() || part == b".") && !inner.is_empty() && inner != "." {
        log.at(path, Ambiguous, "odd-spelling", "a // or an inner . component");
    }
}

/// The name without the one leading `./` and the one trailing `/` that honest archives have.
fn inner(path: &BStr) -> (&BStr, bool) {
    let bytes = path.as_bytes();
    let bytes = bytes.strip_prefix(b"./").unwrap_or(bytes);
    let (bytes, slash) = bytes
        .strip_suffix(b"/")
        .map_or((bytes, false), |bytes| (bytes, true));
    (bytes.as_bstr(), slash)
}

/// Where the member lands, relative to the place of unpacking: no empty and no `.` components, `..` resolved
/// lexically. Empty for the place itself.
pub(crate) fn landing(path: &BStr) -> Cow<'_, [u8]> {
    let (inner, _) = inner(path);
    let plain = |part: &[u8]| !part.is_empty() && part != b"." && part != b"..";
    if inner.split_str("/").all(plain) {
        return Cow::Borrowed(inner);
    }
    let mut parts = Vec::<&[u8]>::new();
    for part in inner.split_str("/") {
        match part {
            b".." => drop(parts.pop()),
            b"" | b"." => {}
            part => parts.push(part),
        }
    }
    Cow::Owned(bstr::join("/", parts))
}

/// Whether a link target leaves the tree by its spelling.
pub(crate) fn leaves_the_tree(target: &BStr) -> bool {
    target.starts_with(b"/") || target.split_str("/").any(|part| part == b"..")
}

/// A name as a file system sees it that ignores case and Unicode normalisation.
pub(crate) fn folded(path: &[u8]) -> Vec<u8> {
    if path.is_ascii() {
        return path.to_ascii_lowercase();
    }
    let text = path.to_str_lossy();
    text.nfc()
        .flat_map(char::to_lowercase)
        .nfc()
        .collect::<String>()
        .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(path: &str, directory: bool) -> Vec<&'static str> {
        let mut log = Log::default();
        check(path.into(), directory, &mut log);
        log.finish().iter().map(|oddity| oddity.code).collect()
    }

    #[test]
    fn honest_names_stay_quiet() {
        for (path, directory) in [
            ("a", false),
            ("./a", false),
            ("./", true),
            (".", true),
            ("a/", true),
            ("a/b-1.0/ü", false),
            ("a/C:x", false),
            ("a/...", false),
            ("a/.hidden", false),
            ("./.hidden", false),
        ] {
            assert_eq!(codes(path, directory), Vec::<&str>::new(), "{path}");
        }
    }

    #[test]
    fn odd_names_are_told() {
        assert_eq!(codes("", false), ["empty-name"]);
        assert_eq!(codes("a\0b", false), ["nul-in-name"]);
        assert_eq!(codes("a/../b", false), ["dot-dot-in-name"]);
        assert_eq!(codes("..", true), ["dot-dot-in-name"]);
        assert_eq!(codes("C:..\\x", false), ["drive-letter", "backslash-in-name"]);
        assert_eq!(codes("a//b", false), ["odd-spelling"]);
        assert_eq!(codes("a/./b", false), ["odd-spelling"]);
        assert_eq!(codes("././b", false), ["odd-spelling"]);
        assert_eq!(codes("a//", true), ["odd-spelling"]);
        assert_eq!(codes("a/", false), ["slash-after-file"]);
        assert_eq!(codes("a\nb", false), ["control-in-name"]);
        assert!(codes("/etc/passwd", false).contains(&"absolute-name"));
    }

    #[test]
    fn the_landing_place_ignores_spelling() {
        for path in ["a/b", "./a/b", "a//b", "a/./b", "a/c/../b", "a/b/", "/a/b"] {
            assert_eq!(landing(path.into()).as_bstr(), "a/b", "{path}");
        }
        assert_eq!(landing("./".into()).as_bstr(), "");
        assert_eq!(landing(".".into()).as_bstr(), "");
    }

    #[test]
    fn folding_merges_case_and_normalisation() {
        assert_eq!(folded(b"Foo/A"), folded(b"foo/a"));
        assert_eq!(folded("\u{e9}".as_bytes()), folded("E\u{301}".as_bytes()));
        assert_eq!(folded(b"x\xff"), folded(b"x\xfe"));
        assert_ne!(folded(b"a"), folded(b"b"));
    }
}

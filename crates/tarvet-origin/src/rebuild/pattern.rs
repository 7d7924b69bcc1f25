//! Names with wildcards, as shells and debian/clean write them.

use bstr::{BStr, ByteSlice};

/// Whether `path` is one of those that `pattern` means: `*` and `?` do not cross a slash and take no leading dot, a
/// slash at the end means a directory's contents, `**/` at the beginning any directory. No other character is special:
/// who reads `[` or `{` in a packaging widens it to `*`, and only in a doubt.
///
/// Quadratic in a component of the path at worst, and names of files have an end.
pub fn matches(pattern: &BStr, path: &BStr) -> bool {
    if let Some(rest) = pattern.strip_prefix(b"**/") {
        let mut below = path;
        loop {
            if matches_from(rest.as_bstr(), below) {
                return true;
            }
            match below.split_once_str("/") {
                Some((_, after)) => below = after.as_bstr(),
                None => return false,
            }
        }
    }
    matches_from(pattern, path)
}

fn matches_from(pattern: &BStr, path: &BStr) -> bool {
    let (pattern, inside) = match pattern.strip_suffix(b"/") {
        Some(directory) => (directory, true),
        None => (pattern.as_bytes(), false),
    };
    let mut names = path.split_str("/");
    for wanted in pattern.split_str("/").filter(|name| !matches!(*name, b"" | b".")) {
        if !names.next().is_some_and(|name| component(wanted, name)) {
            return false;
        }
    }
    names.next().is_some() == inside
}

/// The usual two fingers: the last star takes one byte more whenever the rest does not fit.
fn component(pattern: &[u8], name: &[u8]) -> bool {
    if name.first() == Some(&b'.') && matches!(pattern.first(), Some(b'*' | b'?')) {
        return false;
    }
    let (mut at, mut of, mut star) = (0, 0, None);
    while let Some(byte) = name.get(at) {
        match pattern.get(of) {
            Some(b'*') => {
                star = Some((of, at));
                of += 1;
            }
            Some(wanted) if *wanted == b'?' || wanted == byte => {
                at += 1;
                of += 1;
            }
            _ => match star {
                Some((of_star, at_star)) => {
                    star = Some((of_star, at_star + 1));
                    (of, at) = (of_star + 1, at_star + 1);
                }
                None => return false,
            },
        }
    }
    pattern
        .get(of..)
        .is_some_and(|rest| rest.iter().all(|byte| *byte == b'*'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn takes(pattern: &str, path: &str) -> bool {
        matches(pattern.into(), path.into())
    }

    #[test]
    fn stars_stay_in_their_directory() {
        assert!(takes("doc/*.1", "doc/foo.1"));
        assert!(!takes("doc/*.1", "doc/de/foo.1"));
        assert!(!takes("*.1", "doc/foo.1"));
        assert!(takes("a*b*c", "aXbbXc"));
        assert!(!takes("a*b*c", "aXbbX"));
        assert!(!takes("*", ".hidden"));
        assert!(takes(".*", ".hidden"));
    }

    #[test]
    fn a_slash_at_the_end_means_what_is_inside() {
        assert!(takes("doc/", "doc/de/foo.1"));
        assert!(takes("doc/", "doc/foo"));
        assert!(!takes("doc/", "doc"));
        assert!(!takes("doc", "doc/foo"));
        assert!(!takes("doc/", "docs/foo"));
    }

    #[test]
    fn two_stars_mean_any_directory() {
        assert!(takes("**/ltmain.sh", "ltmain.sh"));
        assert!(takes("**/ltmain.sh", "a/b/ltmain.sh"));
        assert!(!takes("**/ltmain.sh", "a/b/xltmain.sh"));
        assert!(takes("./configure", "configure"));
    }

    proptest! {
        #[test]
        fn a_path_matches_itself_and_nothing_panics(path in "[a-z]{1,4}(/[a-z.]{1,4}){0,3}", pattern in "[a*?./]{0,12}") {
            prop_assert!(takes(&path, &path) || path.contains("/./") || path.ends_with("/."));
            let _ = takes(&pattern, &path);
        }
    }
}

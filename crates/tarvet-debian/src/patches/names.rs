//! File names in the headers of a patch: how dpkg-source and GNU patch read them, and where the two would differ.

use bstr::{BStr, BString, ByteSlice};

use super::fault::{Fault, FaultKind};

/// A name after `--- ` or `+++ `.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    /// The name with its first component taken off, `.` and doubled slashes removed. `None` for `/dev/null`, and for
    /// a name of one component, which `-p1` leaves empty.
    pub path: Option<BString>,
    /// The name is `/dev/null`.
    pub null: bool,
    /// `/dev/null`, or dated at the epoch: the side says that there is no file.
    pub absent: bool,
}

/// Reads what follows `--- ` or `+++ `; `line` is its number.
///
/// # Errors
///
/// Names that dpkg-source refuses, and names that it and GNU patch read differently.
pub(super) fn header(text: &[u8], line: usize) -> Result<Named, Fault> {
    let text = super::lines::chomp(text).trim_start();
    if text.starts_with(b"\"") {
        return Err(Fault::new(
            FaultKind::Malformed,
            line,
            "a file name in C quotes, which dpkg-source refuses".into(),
            "rename the file, or make the patch with plain names",
        ));
    }
    let end = text
        .find_byte(b'\t')
        .or_else(|| text.iter().position(u8::is_ascii_whitespace));
    let (name, date) = text.split_at(end.unwrap_or(text.len()));
    if name.iter().any(u8::is_ascii_control) || name.last() == Some(&b' ') {
        return Err(Fault::new(
            FaultKind::Ambiguous,
            line,
            format!(
                "the file name '{}' has control characters or ends in a blank; dpkg-source and GNU patch read it \
                 differently",
                tarvet_core::escape::escape(name)
            ),
            "make the patch anew with plain names",
        ));
    }
    let null = name == b"/dev/null";
    Ok(Named {
        path: if null { None } else { strip(name) },
        null,
        absent: null || is_epoch(date),
    })
}

/// The name without its first component (`-p1`), in its simplest spelling; `None` if nothing is left to strip.
///
/// `..` stays: whoever asks must refuse it.
pub(super) fn strip(name: &[u8]) -> Option<BString> {
    let slash = name.find_byte(b'/')?;
    Some(simplest(name.get(slash..).unwrap_or_default()))
}

/// A path without leading, doubled and trailing slashes and without `.` components.
pub(super) fn simplest(path: &[u8]) -> BString {
    let parts = path.split(|byte| *byte == b'/');
    let mut out = BString::default();
    for part in parts.filter(|part| !part.is_empty() && *part != b".") {
        if !out.is_empty() {
            out.push(b'/');
        }
        out.extend_from_slice(part);
    }
    out
}

/// Does the path have this component?
pub(super) fn has_component(path: &BStr, component: &[u8]) -> bool {
    path.split(|byte| *byte == b'/').any(|part| part == component)
}

/// GNU patch takes a file dated at the epoch, in any time zone, for one that does not exist.
fn is_epoch(date: &[u8]) -> bool {
    let date = date.trim();
    let numeric = date.starts_with(b"1970-01-01 ") || date.starts_with(b"1969-12-31 ");
    numeric || (date.ends_with(b"1970") && date.find(b"Jan  1").is_some())
}

/// The two names of a line `diff --git a/old b/new`, either of which may be in C quotes; `None` if there are not
/// exactly two.
pub(super) fn git_pair(text: &[u8]) -> Option<(BString, BString)> {
    let (old, rest) = git_name(text.trim_start())?;
    let (new, rest) = git_name(rest.strip_prefix(b" ")?.trim_start())?;
    if !rest.trim().is_empty() {
        return None;
    }
    Some((strip(&old)?, strip(&new)?))
}

/// The first name of the text, and what follows it.
fn git_name(text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    if let Some(quoted) = text.strip_prefix(b"\"") {
        return unquote(quoted);
    }
    let end = text
        .iter()
        .position(u8::is_ascii_whitespace)
        .unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    Some((name.to_vec(), rest))
}

/// The string up to the closing quote, with C's escapes as git writes them, and what follows.
fn unquote(text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut out = Vec::new();
    let mut rest = text;
    loop {
        let (&byte, after) = rest.split_first()?;
        rest = after;
        match byte {
            b'"' => return Some((out, rest)),
            b'\\' => {
                let (&escape, after) = rest.split_first()?;
                rest = after;
                out.push(match escape {
                    b'a' => 7,
                    b'b' => 8,
                    b'f' => 12,
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'v' => 11,
                    b'"' | b'\\' => escape,
                    b'0'..=b'3' => {
                        let [a, b] = rest.first_chunk::<2>()?;
                        rest = rest.get(2..)?;
                        let digit = |d: u8| (b'0'..=b'7').contains(&d).then(|| d - b'0');
                        ((escape - b'0') << 6) | (digit(*a)? << 3) | digit(*b)?
                    }
                    _ => return None,
                });
            }
            byte => out.push(byte),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> Option<String> {
        Some(header(text.as_bytes(), 1).unwrap().path?.to_string())
    }

    #[test]
    fn the_first_component_goes() {
        assert_eq!(path("a/src/f.c\n").as_deref(), Some("src/f.c"));
        assert_eq!(path("a//src/./f.c\t2020-01-01\n").as_deref(), Some("src/f.c"));
        assert_eq!(path("/src/f.c\n").as_deref(), Some("src/f.c"));
        assert_eq!(path("f.c\n"), None);
        assert_eq!(path("/dev/null\n"), None);
        assert_eq!(path("a/../f\n").as_deref(), Some("../f"));
    }

    #[test]
    fn blanks_belong_to_names_only_before_a_tab() {
        assert_eq!(path("a/two words\t2020\n").as_deref(), Some("two words"));
        assert_eq!(path("a/two words\n").as_deref(), Some("two"));
        assert_eq!(path("a/f\r\n").as_deref(), Some("f"));
    }

    #[test]
    fn names_that_readers_read_differently() {
        for name in ["a/f \t2020\n", "a/f\0g\n", "a/f\x0bg\n"] {
            let fault = header(name.as_bytes(), 3);
            assert_eq!(fault.unwrap_err().kind, FaultKind::Ambiguous, "{name:?}");
        }
        assert_eq!(header(b"\"a/f\"\n", 3).unwrap_err().kind, FaultKind::Malformed);
    }

    #[test]
    fn the_epoch_is_no_file() {
        let absent = |text: &str| header(text.as_bytes(), 1).unwrap().absent;
        assert!(absent("a/f\t1970-01-01 00:00:00.000000000 +0000\n"));
        assert!(absent("a/f\tThu Jan  1 01:00:00 1970\n"));
        assert!(!absent("a/f\t2020-01-01 00:00:00 +0000\n"));
    }

    #[test]
    fn names_of_git() {
        let pair = |text: &str| git_pair(text.as_bytes()).map(|(a, b)| format!("{a} {b}"));
        assert_eq!(pair("a/x b/y\n").as_deref(), Some("x y"));
        assert_eq!(pair("\"a/x\\tz\" b/y\n").as_deref(), Some("x\tz y"));
        assert_eq!(
            pair("\"a/\\303\\244\" \"b/\\303\\244\"\n").as_deref(),
            Some("ä ä")
        );
        assert_eq!(pair("a/x\n"), None);
        assert_eq!(pair("a/x b/y c/z\n"), None);
        assert_eq!(pair("\"a/x\\9\" b/y\n"), None);
    }
}

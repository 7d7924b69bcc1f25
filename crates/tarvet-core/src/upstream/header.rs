//! The header lines that tag and commit objects share, read strictly and by bytes.

use bstr::{BStr, ByteSlice};

/// One header line with its continuation lines (each begins with a space, which is kept).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header<'a> {
    pub name: &'a BStr,
    /// The value; continuation lines are included, still with their leading space.
    pub value: &'a BStr,
    /// The whole line with continuations and the final newline.
    pub raw: &'a [u8],
}

/// Splits an object into its headers and its body. `None` unless every header is `name SP value LF`
/// without NUL, and an empty line (or the end) closes them.
pub(super) fn split(raw: &[u8]) -> Option<(Vec<Header<'_>>, &[u8])> {
    let mut headers = Vec::new();
    let mut rest = raw;
    loop {
        if rest.is_empty() {
            return Some((headers, rest));
        }
        if let Some(body) = rest.strip_prefix(b"\n") {
            return Some((headers, body));
        }
        let end = header_end(rest)?;
        let (line, tail) = rest.split_at(end);
        let space = line.find_byte(b' ')?;
        let (name, value) = (line.get(..space)?, line.get(space + 1..end.checked_sub(1)?)?);
        if name.is_empty() || line.contains(&0) {
            return None;
        }
        headers.push(Header {
            name: name.as_bstr(),
            value: value.as_bstr(),
            raw: line,
        });
        rest = tail;
    }
}

/// Index just behind the newline that ends the header at the start of `rest`, continuations included.
fn header_end(rest: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        let end = from + rest.get(from..)?.find_byte(b'\n')? + 1;
        if rest.get(end) != Some(&b' ') {
            return Some(end);
        }
        from = end;
    }
}

/// The time and the zone of an identity line `Name <mail> SECONDS +ZONE`; `None` when it is not in that form.
pub(super) fn identity_time(value: &[u8]) -> Option<i64> {
    let after = value.get(value.rfind_byte(b'>')? + 1..)?.strip_prefix(b" ")?;
    let seconds = after.split_str(" ").next()?;
    seconds.to_str().ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_headers_continuations_and_body() {
        let raw = b"tree 12\ngpgsig a\n b\n c\nauthor x\n\nbody\n";
        let (headers, body) = split(raw).expect("well formed");
        assert_eq!(headers.len(), 3);
        assert_eq!(headers[1].value, "a\n b\n c");
        assert_eq!(headers[1].raw, b"gpgsig a\n b\n c\n");
        assert_eq!(body, b"body\n");
    }

    #[test]
    fn refuses_lines_without_value_and_nul() {
        assert!(split(b"tree\n\nbody").is_none());
        assert!(split(b"tree a\0b\n\nbody").is_none());
        assert!(split(b"tree abc").is_none());
        assert!(split(b" tree abc\n").is_none());
    }

    #[test]
    fn reads_the_time_of_an_identity() {
        assert_eq!(
            identity_time(b"A U Thor <a@b> 1700000000 +0100"),
            Some(1_700_000_000)
        );
        assert_eq!(identity_time(b"A U Thor <a@b>"), None);
        assert_eq!(identity_time(b"A > 12 <a@b> 13 +0000"), Some(13));
    }
}

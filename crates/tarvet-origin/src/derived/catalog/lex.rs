//! The strings and keywords of one line of a PO file.

/// A word that begins a field of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keyword {
    /// `msgctxt`
    Context,
    /// `msgid`
    Id,
    /// `msgid_plural`
    Plural,
    /// `msgstr`
    Text,
    /// `msgstr[N]`
    Form(usize),
}

/// The most plural forms an entry may have; real languages have at most six.
const MOST_FORMS: usize = 64;

/// Takes the keyword at the start of a line, and returns it with the rest. None where there is none that we know.
pub fn keyword(line: &[u8]) -> Option<(Keyword, &[u8])> {
    // Longest first: each of these is a prefix of the next one up.
    for (word, keyword) in [
        ("msgid_plural", Keyword::Plural),
        ("msgctxt", Keyword::Context),
        ("msgid", Keyword::Id),
    ] {
        if let Some(rest) = line.strip_prefix(word.as_bytes()) {
            return Some((keyword, rest));
        }
    }
    let rest = line.strip_prefix(b"msgstr")?;
    let Some(numbered) = trim_start(rest).strip_prefix(b"[") else {
        return Some((Keyword::Text, rest));
    };
    let close = numbered.iter().position(|&byte| byte == b']')?;
    let (digits, after) = numbered.split_at_checked(close)?;
    let digits = std::str::from_utf8(trim(digits)).ok()?;
    if digits.is_empty() || digits.len() > 3 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = digits.parse().ok().filter(|&number| number < MOST_FORMS)?;
    Some((Keyword::Form(number), after.strip_prefix(b"]")?))
}

/// Appends the strings that make up the whole rest of a line. False where there is anything else, or no string.
pub fn strings(line: &[u8], out: &mut Vec<u8>) -> bool {
    let mut rest = trim(line);
    if rest.is_empty() {
        return false;
    }
    while !rest.is_empty() {
        let Some(after) = string(rest, out) else {
            return false;
        };
        rest = trim_start(after);
    }
    true
}

/// Appends one string and returns what follows its closing quote.
fn string<'a>(line: &'a [u8], out: &mut Vec<u8>) -> Option<&'a [u8]> {
    let mut rest = line.strip_prefix(b"\"")?;
    loop {
        let (&byte, after) = rest.split_first()?;
        rest = match byte {
            b'"' => return Some(after),
            // No string holds these: they would end a C string, or part a context from its text.
            0 | 4 => return None,
            b'\\' => escape(after, out)?,
            _ => {
                out.push(byte);
                after
            }
        };
    }
}

/// Appends what a backslash and the bytes after it stand for.
fn escape<'a>(rest: &'a [u8], out: &mut Vec<u8>) -> Option<&'a [u8]> {
    let (&byte, after) = rest.split_first()?;
    let plain = match byte {
        b'n' => b'\n',
        b't' => b'\t',
        b'b' => 8,
        b'r' => b'\r',
        b'f' => 12,
        b'v' => 11,
        b'a' => 7,
        b'\\' | b'"' => byte,
        b'0'..=b'7' => return number(rest, 8, 3, out),
        b'x' => return number(after, 16, 2, out),
        _ => return None,
    };
    out.push(plain);
    Some(after)
}

/// Appends the byte that up to `most` digits name.
fn number<'a>(rest: &'a [u8], radix: u32, most: usize, out: &mut Vec<u8>) -> Option<&'a [u8]> {
    let is_digit = |byte: &&u8| char::from(**byte).is_digit(radix);
    let length = rest.iter().take(most).take_while(is_digit).count();
    let (digits, after) = rest.split_at_checked(length)?;
    // gettext reads any number of hexadecimal digits; what we would read otherwise than it, we do not read.
    if radix == 16 && after.first().is_some_and(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let value = u8::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok()?;
    if value == 0 || value == 4 {
        return None;
    }
    out.push(value);
    Some(after)
}

/// What PO files take for white space within a line.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | 11 | 12)
}

/// Without white space at the start.
pub fn trim_start(line: &[u8]) -> &[u8] {
    let length = line.iter().take_while(|&&byte| is_space(byte)).count();
    line.get(length..).unwrap_or_default()
}

/// Without white space at both ends.
pub fn trim(line: &[u8]) -> &[u8] {
    let line = trim_start(line);
    let tail = line.iter().rev().take_while(|&&byte| is_space(byte)).count();
    line.get(..line.len().saturating_sub(tail)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        strings(line.as_bytes(), &mut out).then_some(out)
    }

    #[test]
    fn escapes_are_those_of_c() {
        assert_eq!(
            read(r#" "a\n\t\"\\\101\x41" "b" "#).as_deref(),
            Some(b"a\n\t\"\\AAb".as_slice())
        );
        assert_eq!(read(r#""""#).as_deref(), Some(b"".as_slice()));
    }

    #[test]
    fn anything_else_on_the_line_is_refused() {
        for line in [
            "",
            r#""a"#,
            r#""a" x"#,
            r#""\q""#,
            r#""\0""#,
            r#""\4""#,
            r#""\x""#,
            r#""\x414""#,
            r#""\777""#,
            "\"\0\"",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }

    #[test]
    fn keywords_and_forms() {
        assert_eq!(
            keyword(b"msgid_plural \"x\""),
            Some((Keyword::Plural, b" \"x\"".as_slice()))
        );
        assert_eq!(keyword(b"msgid\"x\""), Some((Keyword::Id, b"\"x\"".as_slice())));
        assert_eq!(
            keyword(b"msgstr [ 1 ] \"\""),
            Some((Keyword::Form(1), b" \"\"".as_slice()))
        );
        for bad in [
            "msgstr[",
            "msgstr[]",
            "msgstr[-1]",
            "msgstr[64]",
            "msgstr[99999999999999999999]",
            "domain \"x\"",
            "msg",
        ] {
            assert_eq!(keyword(bad.as_bytes()), None, "{bad}");
        }
    }
}

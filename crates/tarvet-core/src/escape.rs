//! Text from outside, made harmless for any terminal, log or document.

use std::fmt::Write;

use bstr::ByteSlice;

/// Writes control characters, line breaks, bidirectional and invisible format characters, backslashes and bytes that
/// are no UTF-8 as escapes. The result is one line and loses nothing.
pub fn escape(bytes: impl AsRef<[u8]>) -> String {
    let bytes = bytes.as_ref();
    // Nearly all text is this, and reports can hold a hundred thousand lines of it.
    if bytes.iter().all(|byte| is_plain(*byte) && *byte != b'\\') {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\\' => out.push_str("\\\\"),
                '\n' => out.push_str("\\n"),
                '\t' => out.push_str("\\t"),
                c if is_deceptive(c) && u32::from(c) < 0x80 => {
                    let _ = write!(out, "\\x{:02x}", u32::from(c));
                }
                c if is_deceptive(c) => {
                    let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
                }
                c => out.push(c),
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    out
}

/// Control characters, and characters that hide or reorder what is shown (Unicode TR 36: bidi controls, zero width,
/// line separators, and everything else that Unicode calls default-ignorable).
pub fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Does a name hold characters that would deceive a reader?
pub fn has_deceptive(bytes: &[u8]) -> bool {
    !bytes.iter().all(|byte| is_plain(*byte)) && bytes.chars().any(is_deceptive)
}

/// Printable ASCII.
fn is_plain(byte: u8) -> bool {
    (b' '..=b'~').contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_characters_are_escaped_and_others_stay() {
        assert_eq!(escape("src/größe.c"), "src/größe.c");
        assert_eq!(escape("a\nb\r\x1b[31mc"), "a\\nb\\x0d\\x1b[31mc");
        assert_eq!(escape("evil\u{202e}c.h"), "evil\\u{202e}c.h");
        assert_eq!(escape(b"\xff\xfe"), "\\xff\\xfe");
        assert_eq!(escape("back\\slash"), "back\\\\slash");
    }

    #[test]
    fn no_escaped_text_is_deceptive() {
        for c in (0..=0x10ffffu32).filter_map(char::from_u32) {
            assert!(!has_deceptive(escape(c.to_string()).as_bytes()), "{c:?}");
        }
    }
}

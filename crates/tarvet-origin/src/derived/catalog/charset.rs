//! The charset that a catalogue's header names.

use bstr::{BStr, ByteSlice};
use encoding_rs::Encoding;

/// A charset in which no byte of a longer character is an ASCII one, so that quotes and backslashes are what they seem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charset {
    /// ASCII, or UTF-8: the same bytes in UTF-8.
    Utf8,
    /// Another one, with its decoder.
    Other(&'static Encoding),
}

impl Charset {
    /// A text in UTF-8; None where it is not valid in the charset.
    pub fn to_utf8(self, text: &[u8]) -> Option<Vec<u8>> {
        match self {
            Charset::Utf8 => std::str::from_utf8(text)
                .ok()
                .map(|text| text.as_bytes().to_vec()),
            Charset::Other(encoding) => {
                let text = encoding.decode_without_bom_handling_and_without_replacement(text)?;
                Some(text.into_owned().into_bytes())
            }
        }
    }
}

/// The charset that a header entry's text names. None where it names none, one we do not know, or one in which a
/// backslash may be half a character (Big5, GBK, Shift_JIS).
pub fn charset_of(header: &BStr) -> Option<Charset> {
    let at = header.find(b"charset=")? + "charset=".len();
    let rest = header.get(at..)?;
    let end = rest
        .iter()
        .position(|byte| byte.is_ascii_whitespace())
        .unwrap_or(rest.len());
    let name = std::str::from_utf8(rest.get(..end)?).ok()?.to_ascii_uppercase();
    if ["UTF-8", "UTF8", "ASCII", "US-ASCII", "ANSI_X3.4-1968", "CHARSET"].contains(&name.as_str()) {
        return Some(Charset::Utf8);
    }
    let safe = [
        "ISO-8859-",
        "KOI8-",
        "CP125",
        "WINDOWS-125",
        "EUC-KR",
        "EUC-JP",
        "GB2312",
        "TIS-620",
    ];
    if !safe.iter().any(|prefix| name.starts_with(prefix)) {
        return None;
    }
    let label = if let Some(page) = name.strip_prefix("CP125") {
        format!("windows-125{page}")
    } else {
        name
    };
    // The web's ISO-8859-1 is windows-1252: it differs in 0x80 to 0x9F, which no text uses, and a byte that decodes
    // otherwise than msgfmt's only makes the comparison fail.
    Encoding::for_label(label.as_bytes()).map(Charset::Other)
}

//! Takes a `.dsc` or `.changes` apart: unsigned, or one clear-signed block and nothing else (RFC 9580, section 7).
//!
//! STRATEGY. `gpg --verify`, dpkg-source, apt and dak each have a reader of their own for this frame, and every
//! liberty one of them takes is a way to have one text signed and another unpacked (CVE-2015-0840). So only the
//! frame on which all agree is accepted: armor lines at the start of a line and complete, no headers but `Hash` and
//! `Charset`, one empty line, no line of the text that begins with a dash (dpkg-source does not undo dash escapes,
//! and no field begins with one), no control characters. Then the signed text is a plain slice of the file.

use crate::dsc::{Fault, FaultKind, shown};

/// Longest file that is read, in bytes.
pub const LONGEST: usize = 8 << 20;

const BEGIN_TEXT: &[u8] = b"-----BEGIN PGP SIGNED MESSAGE-----";
const BEGIN_SIGNATURE: &[u8] = b"-----BEGIN PGP SIGNATURE-----";
const END_SIGNATURE: &[u8] = b"-----END PGP SIGNATURE-----";

/// What may be parsed of a file, and what vouches for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Note<'a> {
    /// The text: all of an unsigned file, else what the signature covers, up to its last line end.
    pub text: &'a [u8],
    /// The line of the file on which the text begins, from 1.
    pub first_line: usize,
    /// The armored signature, first to last line, for `keyring::verify_cleartext`. `None`: unsigned.
    pub signature: Option<&'a [u8]>,
    /// The signed block, first to last armor line, as another OpenPGP program would be given it.
    pub block: Option<&'a [u8]>,
}

/// Takes `bytes` apart; `file` names them in the fault. With a fault nothing of the file may be parsed.
pub fn take_apart<'a>(file: &str, bytes: &'a [u8]) -> Result<Note<'a>, Fault> {
    let fault = |line: Option<usize>, message: String| {
        let help =
            "get the file again from where it came; a file that its owner changed has to be signed anew";
        Fault::new(FaultKind::ClearsignFraming, file, line, message, help)
    };
    if bytes.len() > LONGEST {
        return Err(fault(None, format!("longer than {LONGEST} bytes")));
    }
    let mut reader = Reader::default();
    let mut armored = false;
    for line in lines(bytes) {
        let control = line
            .content
            .iter()
            .find(|byte| byte.is_ascii_control() && **byte != b'\t');
        if let Some(byte) = control {
            let message = format!("a control character (0x{byte:02x}), which readers treat differently");
            return Err(fault(Some(line.number), message));
        }
        armored |= line.content.starts_with(b"-----");
        reader.take(&line);
    }
    if !armored {
        return Ok(Note {
            text: bytes,
            first_line: 1,
            signature: None,
            block: None,
        });
    }
    let Reader { at, marks, wrong } = reader;
    if let Some((line, message)) = wrong {
        return Err(fault(Some(line), message));
    }
    match (at, marks.note(bytes)) {
        (At::After, Some(note)) => Ok(note),
        (At::After | At::Before, _) => Err(fault(None, "no signed text in it".to_owned())),
        (At::Headers, _) => Err(fault(
            None,
            "the file ends before the signed text begins".to_owned(),
        )),
        (At::Text, _) => Err(fault(
            None,
            "the signed text is not followed by a signature".to_owned(),
        )),
        (At::SignatureHeaders | At::Signature, _) => Err(fault(None, "the signature has no end".to_owned())),
    }
}

/// One line without its end (LF, or CR LF).
struct Line<'a> {
    number: usize,
    start: usize,
    end: usize,
    content: &'a [u8],
}

fn lines(bytes: &[u8]) -> impl Iterator<Item = Line<'_>> {
    let mut start = 0;
    bytes
        .split_inclusive(|byte| *byte == b'\n')
        .enumerate()
        .map(move |(i, line)| {
            let begins = start;
            start += line.len();
            let content = match line.strip_suffix(b"\n") {
                Some(rest) => rest.strip_suffix(b"\r").unwrap_or(rest),
                None => line,
            };
            Line {
                number: i + 1,
                start: begins,
                end: start,
                content,
            }
        })
}

#[derive(Default, Clone, Copy, PartialEq)]
enum At {
    #[default]
    Before,
    Headers,
    Text,
    SignatureHeaders,
    Signature,
    After,
}

/// Where the parts begin and end, in bytes from the start of the file.
#[derive(Default)]
struct Marks {
    block: usize,
    text: usize,
    first_line: usize,
    signature: usize,
    end: usize,
}

impl Marks {
    fn note<'a>(&self, bytes: &'a [u8]) -> Option<Note<'a>> {
        Some(Note {
            text: bytes.get(self.text..self.signature)?,
            first_line: self.first_line,
            signature: Some(bytes.get(self.signature..self.end)?),
            block: Some(bytes.get(self.block..self.end)?),
        })
    }
}

#[derive(Default)]
struct Reader {
    at: At,
    marks: Marks,
    /// The first thing that was wrong, and its line.
    wrong: Option<(usize, String)>,
}

impl Reader {
    fn take(&mut self, line: &Line<'_>) {
        let content = line.content.trim_ascii_end();
        let blank = content.is_empty();
        match self.at {
            At::Before if blank => {}
            At::Before if content == BEGIN_TEXT => {
                self.marks.block = line.start;
                self.at = At::Headers;
            }
            At::Before => self.refuse(line, "text before the signed block"),
            At::Headers if line.content.is_empty() => {
                self.marks.text = line.end;
                self.marks.first_line = line.number + 1;
                self.at = At::Text;
            }
            At::Headers if is_header(content) => {}
            At::Headers => self.refuse(
                line,
                "neither Hash: or Charset: nor an empty line after the line that begins the signed block",
            ),
            At::Text if content == BEGIN_SIGNATURE => {
                self.marks.signature = line.start;
                self.at = At::SignatureHeaders;
            }
            At::Text if content.starts_with(b"-") => {
                self.refuse(
                    line,
                    "a line of the signed text that begins with a dash, escaped or not",
                );
            }
            At::Text => {}
            At::SignatureHeaders if blank => self.at = At::Signature,
            At::SignatureHeaders if is_comment(content) => {}
            At::Signature if content == END_SIGNATURE => {
                self.marks.end = line.end;
                self.at = At::After;
            }
            At::Signature if is_base64(content) => {}
            At::SignatureHeaders | At::Signature => {
                self.refuse(line, "a line that no armored signature has");
            }
            At::After if blank => {}
            At::After => self.refuse(line, "text after the signed block"),
        }
    }

    fn refuse(&mut self, line: &Line<'_>, why: &str) {
        if self.wrong.is_none() {
            let message = format!("{why}: {}", shown(line.content));
            self.wrong = Some((line.number, message));
        }
    }
}

/// `Hash: SHA512, SHA256` or `Charset: utf-8`.
fn is_header(line: &[u8]) -> bool {
    let value = line
        .strip_prefix(b"Hash: ")
        .or_else(|| line.strip_prefix(b"Charset: "));
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b',' | b' ' | b'/' | b'_');
    value.is_some_and(|value| !value.is_empty() && value.iter().all(plain))
}

/// `Version: GnuPG v2` and the like, above the base64.
fn is_comment(line: &[u8]) -> bool {
    const KEYS: [&[u8]; 4] = [b"Version:", b"Comment:", b"Hash:", b"Charset:"];
    KEYS.iter().any(|key| line.starts_with(key))
}

fn is_base64(line: &[u8]) -> bool {
    line.iter()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='))
}

#[cfg(test)]
mod tests;

//! The conversions before `export-subst`: ident, line endings, encoding.

use std::borrow::Cow;

use bstr::{BStr, ByteSlice};
use gix::ObjectId;
use gix_filter::eol::{self, AttributesDigest, Configuration};

use super::Candidate;
use super::attributes::{Eol, PathAttributes, Text};

/// Every way the declared conversions, each applied or left out, can turn out; at most a few dozen.
///
/// git's own way comes before its variants, so that this is what a report names.
pub(super) fn candidates<'a>(
    blob: &'a [u8],
    id: ObjectId,
    attributes: &PathAttributes,
) -> impl Iterator<Item = Candidate<'a>> {
    let mut idents = vec![Candidate {
        bytes: Cow::Borrowed(blob),
        how: Vec::new(),
    }];
    if attributes.ident
        && let Some(bytes) = ident(blob, id)
    {
        idents.insert(
            0,
            Candidate {
                bytes: Cow::Owned(bytes),
                how: vec!["ident"],
            },
        );
    }
    let attributes = attributes.clone();
    idents.into_iter().flat_map(move |ident| {
        let encodings = attributes.working_tree_encoding.clone();
        endings(ident, &attributes)
            .into_iter()
            .flat_map(move |text| encoded(text, encodings.as_ref()))
    })
}

/// `$Id$` and an `$Id: … $` left behind become `$Id: BLOBID $`. `None` if nothing changes.
///
/// An old expansion is replaced only on one line and only if it holds no space but at its ends: anything else was
/// written by another version control system and stays.
fn ident(src: &[u8], id: ObjectId) -> Option<Vec<u8>> {
    let expansion = format!("Id: {id} $");
    let mut out = Vec::with_capacity(src.len() + expansion.len());
    let mut rest = src;
    while let Some(dollar) = rest.find_byte(b'$') {
        let (head, tail) = rest.split_at(dollar + 1);
        out.extend_from_slice(head);
        rest = tail;
        let Some(after) = tail.strip_prefix(b"Id") else {
            continue;
        };
        if let Some(after) = after.strip_prefix(b"$") {
            rest = after;
        } else if let Some(old) = after.strip_prefix(b":") {
            let Some(end) = old.find_byte(b'$') else { break };
            let value = &old[..end];
            let inner_space = value
                .get(1..)
                .and_then(|v| v.find_byte(b' '))
                .is_some_and(|at| at + 2 < end);
            if value.contains(&b'\n') || inner_space {
                continue;
            }
            rest = &old[end + 1..];
        } else {
            continue;
        }
        out.extend_from_slice(expansion.as_bytes());
    }
    out.extend_from_slice(rest);
    (out != src).then_some(out)
}

/// The text with the line endings the attributes ask for, the other ways a producer may have written a path declared
/// text, and as it is.
fn endings<'a>(text: Candidate<'a>, attributes: &PathAttributes) -> Vec<Candidate<'a>> {
    let mut out = Vec::new();
    let mut add = |bytes: Option<Vec<u8>>, how: &'static str| {
        if let Some(bytes) = bytes {
            out.push(Candidate {
                bytes: Cow::Owned(bytes),
                how: text.how.iter().copied().chain([how]).collect(),
            });
        }
    };
    match (attributes.text, attributes.eol) {
        (Text::Unset | Text::Unspecified, _) => {}
        (Text::Set, Some(Eol::Crlf)) => add(crlf(&text.bytes, AttributesDigest::TextCrlf), "eol"),
        (Text::Auto, Some(Eol::Crlf)) => add(crlf(&text.bytes, AttributesDigest::TextAutoCrlf), "eol"),
        // Not what git on a system of LF does, but git on one of CRLF.
        (Text::Set, None) => add(crlf(&text.bytes, AttributesDigest::TextCrlf), "eol-of-producer"),
        (Text::Auto, None) => add(
            crlf(&text.bytes, AttributesDigest::TextAutoCrlf),
            "eol-of-producer",
        ),
        (_, Some(Eol::Lf)) => {}
    }
    let binary = attributes.text == Text::Auto && eol::Stats::from_bytes(&text.bytes).is_binary();
    if matches!(attributes.text, Text::Set | Text::Auto) && !binary {
        // The blob was never normalised, the archive's copy was.
        add(lf(&text.bytes), "eol");
    }
    out.push(text);
    out
}

fn crlf(src: &[u8], digest: AttributesDigest) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let changed = eol::convert_to_worktree(src, digest, &mut out, Configuration::default()).ok()?;
    changed.then_some(out)
}

fn lf(src: &[u8]) -> Option<Vec<u8>> {
    src.find(b"\r\n").is_some().then(|| src.replace(b"\r\n", b"\n"))
}

fn encoded<'a>(text: Candidate<'a>, encoding: Option<&bstr::BString>) -> Vec<Candidate<'a>> {
    let mut out = Vec::new();
    if let Some(name) = encoding {
        for bytes in encode(&text.bytes, name.as_bstr()) {
            let how = text
                .how
                .iter()
                .copied()
                .chain(["working-tree-encoding"])
                .collect();
            out.push(Candidate {
                bytes: Cow::Owned(bytes),
                how,
            });
        }
    }
    out.push(text);
    out
}

/// The text in that encoding; twice where implementations of iconv differ in byte order, never if it cannot be
/// encoded (git then writes it as it is).
fn encode(text: &[u8], name: &BStr) -> Vec<Vec<u8>> {
    let Ok(text) = text.to_str() else {
        return Vec::new();
    };
    if text.is_empty() {
        return Vec::new();
    }
    let name = name.to_ascii_uppercase();
    let little = |width, mark| wide(text, width, mark, false);
    let big = |width, mark| wide(text, width, mark, true);
    match name.as_slice() {
        b"UTF-8" | b"UTF8" => Vec::new(),
        b"UTF-16" | b"UTF16" => vec![little(2, true), big(2, true)],
        b"UTF-16LE-BOM" | b"UTF16LE-BOM" => vec![little(2, true)],
        b"UTF-16BE-BOM" | b"UTF16BE-BOM" => vec![big(2, true)],
        b"UTF-16LE" | b"UTF16LE" => vec![little(2, false)],
        b"UTF-16BE" | b"UTF16BE" => vec![big(2, false)],
        b"UTF-32" | b"UTF32" => vec![little(4, true), big(4, true)],
        b"UTF-32LE" | b"UTF32LE" => vec![little(4, false)],
        b"UTF-32BE" | b"UTF32BE" => vec![big(4, false)],
        name if is_latin1(name) => text
            .chars()
            .map(|c| u8::try_from(u32::from(c)).ok())
            .collect::<Option<Vec<u8>>>()
            .into_iter()
            .collect(),
        name => {
            let mut out = Vec::new();
            let done = gix_filter::worktree::encoding::for_label(name.as_bstr()).and_then(|encoding| {
                gix_filter::worktree::encode_to_worktree(text.as_bytes(), encoding, &mut out)
            });
            if done.is_ok() { vec![out] } else { Vec::new() }
        }
    }
}

fn wide(text: &str, width: usize, mark: bool, big: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() * width);
    let chars = mark.then_some('\u{feff}').into_iter().chain(text.chars());
    for c in chars {
        if width == 4 {
            let unit = u32::from(c);
            out.extend_from_slice(&if big {
                unit.to_be_bytes()
            } else {
                unit.to_le_bytes()
            });
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                out.extend_from_slice(&if big {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                });
            }
        }
    }
    out
}

/// Names, in capitals, of what the web's tables take for windows-1252 and iconv does not.
fn is_latin1(name: &[u8]) -> bool {
    matches!(
        name,
        b"ISO-8859-1" | b"ISO8859-1" | b"ISO_8859-1" | b"LATIN-1" | b"LATIN1" | b"L1"
    )
}

//! Tells by its bytes what a file is that was given as a keyring or as a signature.

use super::armor;

/// The shapes the module knows, or knows to refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Empty,
    /// At least one `-----BEGIN …-----` line.
    Armored,
    /// OpenPGP packets; the first packet's tag.
    OpenPgp(u8),
    Keybox,
    Html,
    /// `untrusted comment:` and base64: minisign or signify.
    Comment,
    /// Any other text.
    Text,
    /// Any other bytes.
    Binary,
}

pub(super) fn shape(bytes: &[u8]) -> Shape {
    let trimmed = bytes.trim_ascii_start();
    if trimmed.is_empty() {
        return Shape::Empty;
    }
    if bytes.get(8..12) == Some(b"KBXf") {
        return Shape::Keybox;
    }
    if let Some(tag) = packet_tag(bytes) {
        return Shape::OpenPgp(tag);
    }
    if trimmed.starts_with(b"untrusted comment:") {
        return Shape::Comment;
    }
    if !armor::blocks(bytes).blocks.is_empty() {
        return Shape::Armored;
    }
    let head = trimmed.get(..15).unwrap_or(trimmed).to_ascii_lowercase();
    if head.starts_with(b"<!doctype") || head.starts_with(b"<html") || head.starts_with(b"<?xml") {
        return Shape::Html;
    }
    if bytes.contains(&0) || std::str::from_utf8(bytes).is_err() {
        Shape::Binary
    } else {
        Shape::Text
    }
}

/// The tag of an OpenPGP packet header (RFC 9580 section 4.2), if a first byte can be one.
fn packet_tag(bytes: &[u8]) -> Option<u8> {
    let first = *bytes.first()?;
    let tag = match first & 0xc0 {
        0xc0 => first & 0x3f,
        0x80 => (first & 0x3c) >> 2,
        _ => return None,
    };
    // What a keyring, a signature or a message can begin with.
    matches!(tag, 1..=14 | 17 | 18 | 20 | 21).then_some(tag)
}

impl Shape {
    /// A noun phrase for messages.
    pub(super) fn looks_like(self) -> &'static str {
        match self {
            Self::Empty => "an empty file",
            Self::Armored => "armored text",
            Self::OpenPgp(2) => "an OpenPGP signature",
            Self::OpenPgp(5 | 7) => "OpenPGP secret key material",
            Self::OpenPgp(6 | 14) => "an OpenPGP keyring",
            Self::OpenPgp(_) => "an OpenPGP message",
            Self::Keybox => "a GnuPG keybox (.kbx)",
            Self::Html => "a web page",
            Self::Comment => "a minisign or signify file",
            Self::Text => "plain text",
            Self::Binary => "binary data",
        }
    }
}

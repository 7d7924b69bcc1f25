//! The bytes of a table, as both its builder and its reader see them.
//!
//! ```text
//! magic (12) · format (u32) · per section: offset (u32), length (u32) · the sections · SHA-256 of all before
//! ```
//!
//! Numbers are little-endian. Records have a fixed size and are sorted, so that a table is searched as it lies, with
//! nothing unpacked.

use sha2::{Digest, Sha256};

/// The first bytes of every table.
pub(super) const MAGIC: &[u8; 12] = b"tarvet-known";
/// Counts up whenever a table of before could be misread.
pub(super) const FORMAT: u32 = 1;
/// No table is larger: 64 MiB, many times the embedded one.
pub(super) const LARGEST: usize = 64 << 20;
/// The digest at the end.
pub(super) const CHECKSUM: usize = 32;
/// What is kept of a SHA-256: a collision costs 2^96, a second preimage 2^192.
pub(super) const KEY: usize = 24;
/// A key of contents.
pub(super) type Key = [u8; KEY];
/// So many bytes choose the candidates for a part, and must be at a part's end.
pub(super) const EDGE: usize = 40;
/// No part is larger: the length has three bytes.
pub(super) const LARGEST_PART: usize = (1 << 24) - 1;
/// A name that has no serial.
pub(super) const NO_SERIAL: u16 = u16::MAX;
/// Set in a label's project when its versions are days.
pub(super) const DAYS: u16 = 1 << 15;
/// Before the name of a file of which only the text that aclocal copies is known.
pub(super) const PART: u8 = 0;

/// The sections in the order of the header, with their record sizes.
pub(super) const SECTIONS: [(&str, usize); 12] = [
    ("string ends", 4),
    ("strings", 1),
    ("labels", 8),
    ("names", 12),
    ("name bytes", 1),
    ("keys", KEY),
    ("key labels", 2),
    ("macros", 10),
    ("parts", 14),
    ("texts", 12),
    ("chunk ends", 4),
    ("chunks", 1),
];
pub(super) const STRING_ENDS: usize = 0;
pub(super) const STRINGS: usize = 1;
pub(super) const LABELS: usize = 2;
pub(super) const NAMES: usize = 3;
pub(super) const NAME_BYTES: usize = 4;
pub(super) const KEYS: usize = 5;
pub(super) const KEY_LABELS: usize = 6;
pub(super) const MACROS: usize = 7;
pub(super) const PARTS: usize = 8;
pub(super) const TEXTS: usize = 9;
pub(super) const CHUNK_ENDS: usize = 10;
pub(super) const CHUNKS: usize = 11;
/// Texts are packed together up to about this size, and no chunk unpacks to more; a single text may be larger.
pub(super) const CHUNK: usize = 64 << 10;
pub(super) const LARGEST_CHUNK: usize = 4 << 20;
/// What comes before the sections.
pub(super) const HEADER: usize = MAGIC.len() + 4 + 8 * SECTIONS.len();

/// The key of contents, or of the beginning of a digest that is already known.
pub(super) fn key_of(contents: &[u8]) -> Key {
    shorten(&Sha256::digest(contents).into())
}

/// The part of a digest that is kept.
pub(super) fn shorten(digest: &[u8; 32]) -> Key {
    let mut key = [0; KEY];
    key.copy_from_slice(&digest[..KEY]);
    key
}

/// A macro's name in eight bytes. Two names that share them only make a file suspicious.
pub(super) fn macro_key(name: &[u8]) -> [u8; 8] {
    let mut key = [0; 8];
    key.copy_from_slice(&Sha256::digest(name)[..8]);
    key
}

/// FNV-1a: chooses candidates, proves nothing.
pub(super) fn mix(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
    })
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let field = bytes.get(at..at.checked_add(2)?)?;
    Some(u16::from_le_bytes(field.try_into().ok()?))
}

pub(super) fn u24_at(bytes: &[u8], at: usize) -> Option<usize> {
    let field = bytes.get(at..at.checked_add(3)?)?;
    let [low, middle, high] = <[u8; 3]>::try_from(field).ok()?;
    Some(usize::from(low) | usize::from(middle) << 8 | usize::from(high) << 16)
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let field = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(field.try_into().ok()?))
}

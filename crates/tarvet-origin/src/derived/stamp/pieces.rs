//! A line, cut at what a release stamps into it.

use bstr::ByteSlice;
use jiff::civil::Date;

use super::{date, version};

/// What stands in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Any other text.
    Text(&'a [u8]),
    /// A version: digits, a dot, and more of the strict alphabet.
    Version(&'a [u8]),
    /// A day or a month.
    Date(&'a [u8], Date),
    /// Seven or more hexadecimal digits.
    Commit(&'a [u8]),
    /// A word that stands for what is not known yet: `@VERSION@`, `[unreleased]`.
    Placeholder(&'a [u8]),
}

/// Words that stand for the version or the date of the next release. Without brackets they may be a program's own.
const UNRELEASED: [&str; 2] = ["[unreleased]", "[Unreleased]"];

/// Whether a text is one such word.
pub fn is_unreleased(text: &[u8]) -> bool {
    UNRELEASED.iter().any(|word| word.as_bytes() == text)
}

/// The name in a placeholder: `VERSION` of `@VERSION@`.
pub fn name(text: &[u8]) -> Option<&[u8]> {
    let name = text.strip_prefix(b"@")?.strip_suffix(b"@")?;
    (!name.is_empty()).then_some(name)
}

/// Cuts a line. Linear: each byte is looked at a bounded number of times.
pub fn cut(line: &[u8]) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut from, mut at) = (0, 0);
    while at < line.len() {
        let piece = if is_boundary(line, at) {
            stamp(line.get(at..).unwrap_or_default())
        } else {
            None
        };
        let Some((piece, length)) = piece else {
            at += 1;
            continue;
        };
        if let Some(text) = line.get(from..at).filter(|text| !text.is_empty()) {
            pieces.push(Piece::Text(text));
        }
        pieces.push(piece);
        at += length;
        from = at;
    }
    if let Some(text) = line.get(from..).filter(|text| !text.is_empty()) {
        pieces.push(Piece::Text(text));
    }
    pieces
}

/// Whether a word may begin here: at the start, after a byte that is none of a version, or after a `v` or a `-` that
/// joins a name and its version.
fn is_boundary(line: &[u8], at: usize) -> bool {
    let before = |back: usize| at.checked_sub(back).and_then(|index| line.get(index)).copied();
    match before(1) {
        None => true,
        Some(b'v' | b'V') => !before(2).is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_'),
        Some(b'-') => true,
        Some(byte) => !version::is_version_byte(byte),
    }
}

/// The stamp at the start of a text, with its length.
fn stamp(text: &[u8]) -> Option<(Piece<'_>, usize)> {
    if let Some((date, length)) = date::at_start(text) {
        return Some((Piece::Date(text.get(..length)?, date), length));
    }
    if let Some(word) = placeholder(text) {
        return Some((Piece::Placeholder(word), word.len()));
    }
    let length = text
        .iter()
        .take(65)
        .take_while(|&&byte| version::is_version_byte(byte))
        .count();
    // A full stop at the end is the sentence's.
    let word = text.get(..length)?.trim_end_with(|letter| letter == '.');
    if word.contains(&b'.') && version::is_version(word) {
        return Some((Piece::Version(word), word.len()));
    }
    let is_commit = (7..=64).contains(&word.len()) && word.iter().all(u8::is_ascii_hexdigit);
    is_commit.then_some((Piece::Commit(word), word.len()))
}

/// A word that stands for another.
fn placeholder(text: &[u8]) -> Option<&[u8]> {
    if let Some(word) = UNRELEASED.iter().find(|word| text.starts_with(word.as_bytes())) {
        let after = text.get(word.len());
        return if after.is_some_and(|&byte| version::is_version_byte(byte) && byte != b'.') {
            None
        } else {
            text.get(..word.len())
        };
    }
    let mark = text.first().filter(|&&byte| byte == b'@')?;
    let name = text
        .get(1..)?
        .iter()
        .take(48)
        .take_while(|&&byte| byte.is_ascii_alphabetic() || byte == b'_')
        .count();
    if name == 0 || text.get(1 + name) != Some(mark) {
        return None;
    }
    text.get(..name + 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_line_is_cut_at_its_stamps() {
        let day = Date::new(2026, 6, 24).unwrap();
        assert_eq!(
            cut(b"foo-1.2 @VERSION@ (2026-06-24) v1.3. abcdef1"),
            [
                Piece::Text(b"foo-"),
                Piece::Version(b"1.2"),
                Piece::Text(b" "),
                Piece::Placeholder(b"@VERSION@"),
                Piece::Text(b" ("),
                Piece::Date(b"2026-06-24", day),
                Piece::Text(b") v"),
                Piece::Version(b"1.3"),
                Piece::Text(b". "),
                Piece::Commit(b"abcdef1"),
            ]
        );
        assert_eq!(
            cut(b"x1.2 a_v1.2 12 1.x"),
            [Piece::Text(b"x1.2 a_v1.2 12 "), Piece::Version(b"1.x")]
        );
    }

    proptest! {
        #[test]
        fn nothing_is_lost(line in proptest::collection::vec(proptest::sample::select(b"1.2-v@%A_ [unrelsd]abf/".to_vec()), 0..80)) {
            let mut joined = Vec::new();
            for piece in cut(&line) {
                joined.extend_from_slice(match piece {
                    Piece::Text(text) | Piece::Version(text) | Piece::Date(text, _) | Piece::Commit(text) | Piece::Placeholder(text) => text,
                });
            }
            prop_assert_eq!(joined, line);
        }
    }
}

//! A member against pieces some of which only have a shape.
//!
//! The naive way, a regular expression, backtracks. Instead the set of all positions the pieces so far can end at
//! is carried along: a literal keeps those it stands at, a mask widens each by every length its shape allows. Sets and
//! lengths are bounded, so the whole is linear in the member.

use bstr::{BStr, BString, ByteSlice};

use super::format::{Piece, Shape};

/// The longest value of a mask, in bytes.
const MAX_VALUE: usize = 256;
/// Positions carried along.
const MAX_POSITIONS: usize = 512;
/// Placeholders that cannot be recomputed, in one file.
const MAX_MASKS: usize = 16;
/// A member with masks may have this many bytes; version stamps are small.
const MAX_MEMBER: usize = 4 << 20;
/// Fewest digits of an abbreviated id, as in git.
const MIN_ABBREVIATION: usize = 4;

/// What the member has where only a shape is known.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) placeholders: Vec<String>,
    pub(super) values: Vec<BString>,
}

/// Where in the member a piece can end, and which position of the piece before leads there.
type Ends = Vec<(usize, usize)>;

/// Matches the whole member. `Err` says why it does not.
pub(super) fn find(pieces: &[Piece], tag_name: Option<&BStr>, member: &[u8]) -> Result<Found, String> {
    let loose = pieces.iter().any(|piece| !matches!(piece, Piece::Literal(_)));
    if loose && member.len() > MAX_MEMBER {
        return Err("too long to compare around irreproducible placeholders".to_owned());
    }
    if pieces
        .iter()
        .filter(|piece| matches!(piece, Piece::Mask { .. }))
        .count()
        > MAX_MASKS
    {
        return Err("too many irreproducible placeholders in one file".to_owned());
    }
    let mut steps: Vec<Ends> = vec![vec![(0, 0)]];
    for piece in pieces {
        let starts = steps.last().map_or(&[][..], Vec::as_slice);
        let mut ends = Ends::new();
        for (index, &(start, _)) in starts.iter().enumerate() {
            let rest = &member[start..];
            match piece {
                Piece::Literal(text) => {
                    ends.extend(rest.starts_with(text).then_some((start + text.len(), index)))
                }
                Piece::Either(one, other) => {
                    for text in [one, other] {
                        ends.extend(rest.starts_with(text).then_some((start + text.len(), index)));
                    }
                }
                Piece::Mask { shape, .. } => {
                    lengths(shape, tag_name, rest, |length| ends.push((start + length, index)));
                }
            }
        }
        ends.sort_unstable();
        ends.dedup_by_key(|(end, _)| *end);
        if ends.is_empty() {
            return Err(unlike(piece));
        }
        if ends.len() > MAX_POSITIONS {
            return Err("too many ways to read the irreproducible placeholders".to_owned());
        }
        steps.push(ends);
    }
    trace(pieces, &steps, member)
}

fn unlike(piece: &Piece) -> String {
    match piece {
        Piece::Mask { placeholder, .. } => {
            format!("the value of {placeholder} is not what git could have put there")
        }
        _ => "the file differs outside irreproducible placeholders".to_owned(),
    }
}

/// Walks back from the end of the member.
fn trace(pieces: &[Piece], steps: &[Ends], member: &[u8]) -> Result<Found, String> {
    let last = steps
        .last()
        .and_then(|ends| ends.iter().position(|(end, _)| *end == member.len()));
    let mut index = last.ok_or_else(|| "the member goes on after the expanded file's end".to_owned())?;
    let mut found = Found::default();
    for (piece, window) in pieces.iter().zip(steps.windows(2)).rev() {
        let [before, after] = window else { continue };
        let Some(&(end, previous)) = after.get(index) else {
            continue;
        };
        let start = before.get(previous).map_or(0, |(start, _)| *start);
        if let Piece::Mask { placeholder, .. } = piece {
            found.placeholders.push(placeholder.clone());
            found
                .values
                .push(member.get(start..end).unwrap_or_default().into());
        }
        index = previous;
    }
    found.placeholders.reverse();
    found.values.reverse();
    Ok(found)
}

/// Calls `allow` with every length at which the text's start has the shape.
fn lengths(shape: &Shape, tag_name: Option<&BStr>, text: &[u8], mut allow: impl FnMut(usize)) {
    let text = &text[..text.len().min(MAX_VALUE)];
    match shape {
        Shape::Abbreviation(id) => {
            let common = id.bytes().zip(text).take_while(|(a, b)| a == *b).count();
            (MIN_ABBREVIATION..=common).for_each(allow);
        }
        Shape::Refs { wrapped: false } => {
            allow(0);
            refs(text, tag_name, allow);
        }
        Shape::Refs { wrapped: true } => {
            allow(0);
            if let Some(inner) = text.strip_prefix(b" (") {
                refs(inner, tag_name, |length| {
                    if inner.get(length) == Some(&b')') {
                        allow(length + 3);
                    }
                });
            }
        }
        Shape::Describe { literal } => {
            (0..=run(text, is_plain)).for_each(&mut allow);
            for exact in [Some(literal.as_bstr()), tag_name.filter(|name| is_one_line(name))]
                .into_iter()
                .flatten()
            {
                if text.starts_with(exact) {
                    allow(exact.len());
                }
            }
        }
        Shape::Mapped(unmapped) => {
            if text.starts_with(unmapped) {
                allow(unmapped.len());
            }
            // A blank ends a word for a shell: one may stand only where upstream itself put one.
            let like = |byte: u8| matches!(byte, b' ' | b'@') && unmapped.contains(&byte);
            (1..=run(text, |byte| is_plain(byte) || like(byte)).min(100)).for_each(allow);
        }
        Shape::Ago => words(text, allow),
        Shape::SignatureState => {
            if text.first().is_some_and(|byte| b"GBUXYREN".contains(byte)) {
                allow(1);
            }
        }
        Shape::Fingerprint => {
            let prefix = if text.starts_with(b"SHA256:") { 7 } else { 0 };
            let more = run(&text[prefix..], |byte| {
                byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')
            });
            (0..=prefix + more.min(64)).for_each(allow);
        }
        Shape::Trust => {
            for level in ["undefined", "never", "marginal", "fully", "ultimate", ""] {
                if text.starts_with(level.as_bytes()) {
                    allow(level.len());
                }
            }
        }
    }
}

/// Ends of lists like `HEAD -> main, tag: v1.2, origin/main`, after each name's every character: what stands behind
/// the list decides which is meant.
fn refs(text: &[u8], tag_name: Option<&BStr>, mut allow: impl FnMut(usize)) {
    let mut at = 0;
    loop {
        for word in ["HEAD -> ", "tag: "] {
            at += if text[at..].starts_with(word.as_bytes()) {
                word.len()
            } else {
                0
            };
        }
        let signed = tag_name.filter(|name| is_one_line(name) && text[at..].starts_with(name));
        let length = run(&text[at..], is_plain).max(signed.map_or(0, |name| name.len()));
        if length == 0 {
            return;
        }
        (at + 1..=at + length).for_each(&mut allow);
        at += length;
        if !text[at..].starts_with(b", ") {
            return;
        }
        at += 2;
    }
}

/// Ends of texts like `3 years, 2 months ago`.
fn words(text: &[u8], mut allow: impl FnMut(usize)) {
    const WORDS: [&str; 12] = [
        "second", "minute", "hour", "day", "week", "month", "year", "ago", "in", "the", "future", "",
    ];
    let mut at = 0;
    for word in text.split_inclusive(|byte| *byte == b' ').take(8) {
        let bare = word.trim_end_with(|c| c == ' ');
        let known = |part: &[u8]| WORDS.iter().any(|known| known.as_bytes() == part);
        let stem = run(bare, |byte| byte.is_ascii_lowercase());
        let number = run(bare, |byte| byte.is_ascii_digit());
        let part = &bare[..stem];
        let whole = stem > 0 && (known(part) || part.strip_suffix(b"s").is_some_and(known));
        if whole {
            allow(at + stem);
        }
        let complete = bare.len() == stem || &bare[stem..] == b",";
        if !(whole && complete || number > 0 && number == bare.len()) {
            return;
        }
        at += word.len();
    }
}

fn run(text: &[u8], kind: impl Fn(u8) -> bool) -> usize {
    text.iter().take_while(|byte| kind(**byte)).count()
}

/// Characters of ordinary ref names that mean nothing to a shell, a compiler or a string literal.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'+' | b'/' | b'-')
}

/// The signed tag's own name is trusted for its characters, not for line ends.
fn is_one_line(name: &BStr) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte > b' ' && byte != 0x7f)
}

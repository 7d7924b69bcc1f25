//! `$Format:…$` expanded as `git log --pretty=format:` does (git-log(1), PRETTY FORMATS), into pieces.
//!
//! What follows from the commit becomes literal bytes. What only the producing repository knows becomes a mask: a
//! piece of which just the shape is known. Formats whose text depends on more than that (line wrapping, padding,
//! trailers, forced colours) are refused, so that the file counts as different.

use bstr::{BString, ByteSlice};

use super::commit::{CommitFacts, Person};
use super::date;

/// Masks in one file; more are no honest version stamp.
const MAX_MASKS: usize = 64;
/// Bytes an expansion may exceed the member by before it is given up: blank lines that `%-` may still take back.
const SLACK: usize = 1 << 16;

/// A piece of a file after expansion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Just these bytes.
    Literal(Vec<u8>),
    /// Either of two texts, which versions of git disagree on.
    Either(Vec<u8>, Vec<u8>),
    /// Something only the producing repository knows.
    Mask {
        /// As it stands in the format, e.g. `%d`.
        placeholder: String,
        shape: Shape,
    },
}

/// What a masked placeholder can have become. Each is one line, and none has room for code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// An abbreviation of this id, in hex.
    Abbreviation(String),
    /// Ref names as `%D` lists them; `wrapped` as `%d` does, in ` (…)`.
    Refs { wrapped: bool },
    /// A description by tag, or the placeholder itself: only the first in an archive is expanded.
    Describe { literal: Vec<u8> },
    /// A name or address after a mailmap: this one, or a plain one.
    Mapped(BString),
    /// A time relative to the day of the archive.
    Ago,
    /// One letter of `%G?`.
    SignatureState,
    /// A key id or fingerprint.
    Fingerprint,
    /// A level of trust.
    Trust,
}

/// Expands every `$Format:…$` of a file. `Err` says which part of which format cannot be redone.
///
/// `member` is the length of what the result is compared with; an expansion that outgrows it is given up, for a short
/// file can ask for a long one.
pub(super) fn expand(file: &[u8], commit: &CommitFacts, member: usize) -> Result<Vec<Piece>, String> {
    let mut out = Output {
        pieces: Vec::new(),
        text: Vec::new(),
        masks: 0,
        size: 0,
        limit: member + SLACK,
    };
    let mut rest = file;
    while let Some(start) = rest.find(b"$Format:") {
        let body = &rest[start + 8..];
        let Some(end) = body.find_byte(b'$') else { break };
        out.add(&rest[..start])?;
        // git's format is a C string.
        let format = &body[..end];
        let format = &format[..format.find_byte(0).unwrap_or(end)];
        one(format, commit, &mut out)?;
        rest = &body[end + 1..];
    }
    out.add(rest)?;
    out.flush();
    Ok(out.pieces)
}

struct Output {
    pieces: Vec<Piece>,
    /// The literal being built.
    text: Vec<u8>,
    masks: usize,
    size: usize,
    limit: usize,
}

impl Output {
    fn add(&mut self, bytes: &[u8]) -> Result<(), String> {
        self.size = self.size.saturating_add(bytes.len());
        if self.size > self.limit {
            return Err("the expansion of $Format:…$ is longer than the member".to_owned());
        }
        self.text.extend_from_slice(bytes);
        Ok(())
    }

    fn flush(&mut self) {
        if !self.text.is_empty() {
            self.pieces.push(Piece::Literal(std::mem::take(&mut self.text)));
        }
    }

    fn piece(&mut self, piece: Piece) -> Result<(), String> {
        self.flush();
        self.masks += usize::from(matches!(piece, Piece::Mask { .. }));
        self.pieces.push(piece);
        if self.masks > MAX_MASKS {
            Err("too many irreproducible placeholders".to_owned())
        } else {
            Ok(())
        }
    }

    /// `%-x`: line ends before a placeholder that gave nothing are taken back, also those before the `$Format:`.
    fn take_back_line_ends(&mut self) -> Result<(), String> {
        let kept = self.text.trim_end_with(|c| c == '\n').len();
        self.text.truncate(kept);
        if kept == 0 && !self.pieces.is_empty() {
            return Err("%- reaches back over a placeholder that cannot be redone".to_owned());
        }
        Ok(())
    }
}

/// How much of the format a placeholder takes, behind the `%`, and what it gives.
enum Item {
    Unknown,
    Text(usize, Vec<u8>),
    Piece(usize, Piece),
}

fn one(format: &[u8], commit: &CommitFacts, out: &mut Output) -> Result<(), String> {
    let mut rest = format;
    while let Some(percent) = rest.find_byte(b'%') {
        out.add(&rest[..percent])?;
        rest = &rest[percent + 1..];
        if let Some(after) = rest.strip_prefix(b"%") {
            out.add(b"%")?;
            rest = after;
            continue;
        }
        let magic = rest
            .first()
            .copied()
            .filter(|byte| matches!(byte, b'+' | b'-' | b' '));
        let name = if magic.is_some() { &rest[1..] } else { rest };
        if magic.is_some() && name.first() == Some(&b'w') {
            out.add(b"%")?;
            continue;
        }
        let skipped = usize::from(magic.is_some());
        match item(name, commit)? {
            // A modifier is swallowed even before a placeholder nobody knows.
            Item::Unknown if magic == Some(b'-') => {
                out.take_back_line_ends()?;
                rest = &rest[1..];
            }
            Item::Unknown if magic.is_some() => rest = &rest[1..],
            Item::Unknown => out.add(b"%")?,
            Item::Text(used, text) => {
                match magic {
                    Some(b'-') if text.is_empty() => out.take_back_line_ends()?,
                    Some(b'+') if !text.is_empty() => out.add(b"\n")?,
                    Some(b' ') if !text.is_empty() => out.add(b" ")?,
                    _ => {}
                }
                out.add(&text)?;
                rest = rest.get(skipped + used..).unwrap_or_default();
            }
            Item::Piece(..) if magic.is_some() => return Err(refused(rest)),
            Item::Piece(used, piece) => {
                out.piece(piece)?;
                rest = rest.get(used..).unwrap_or_default();
            }
        }
    }
    out.add(rest)
}

/// The placeholder this starts with.
fn item(name: &[u8], commit: &CommitFacts) -> Result<Item, String> {
    let text = |used, text: &[u8]| Ok(Item::Text(used, text.to_vec()));
    let Some(&first) = name.first() else {
        return Ok(Item::Unknown);
    };
    match first {
        b'n' => text(1, b"\n"),
        b'm' => text(1, b">"),
        b'H' => text(1, commit.id.to_string().as_bytes()),
        b'T' => text(1, commit.tree.to_string().as_bytes()),
        b'P' => text(1, join(commit).as_bytes()),
        b'e' => text(1, &commit.encoding),
        b's' => text(1, &subject(&commit.message).0),
        b'b' => text(1, subject(&commit.message).1),
        b'B' => text(1, c_string(&commit.message)),
        b'f' => text(1, &sanitized(&commit.message)),
        b'x' => Ok(hex_byte(name).map_or(Item::Unknown, |byte| Item::Text(3, vec![byte]))),
        b'a' => person(name, &commit.author),
        b'c' => person(name, &commit.committer),
        b'h' => Ok(abbreviated('h', &commit.id.to_string())),
        b't' => Ok(abbreviated('t', &commit.tree.to_string())),
        b'p' => match commit.parents.as_slice() {
            [] => text(1, b""),
            [parent] => Ok(abbreviated('p', &parent.to_string())),
            _ => Err("%p of a merge cannot be redone".to_owned()),
        },
        b'd' | b'D' => Ok(mask(
            1,
            name,
            Shape::Refs {
                wrapped: first == b'd',
            },
        )),
        b'G' => Ok(match name.get(1) {
            Some(b'?') => mask(2, name, Shape::SignatureState),
            Some(b'K' | b'F' | b'P') => mask(2, name, Shape::Fingerprint),
            Some(b'T') => mask(2, name, Shape::Trust),
            // A signer's name and a verifier's output are free text: no shape would keep code out.
            Some(b'G' | b'S') => return Err(refused(name)),
            _ => Item::Unknown,
        }),
        // There is no reflog to show.
        b'g' => match name.get(1) {
            Some(b'd' | b'D' | b's' | b'n' | b'N' | b'e' | b'E' | b'l' | b'L') => text(2, b""),
            _ => Ok(Item::Unknown),
        },
        b'C' => colour(name),
        b'(' => parenthesis(name),
        b'<' | b'>' | b'w' => Err(refused(name)),
        _ => Ok(Item::Unknown),
    }
}

fn mask(used: usize, name: &[u8], shape: Shape) -> Item {
    let placeholder = format!("%{}", name.get(..used).unwrap_or(name).as_bstr());
    Item::Piece(used, Piece::Mask { placeholder, shape })
}

fn abbreviated(letter: char, id: &str) -> Item {
    let shape = Shape::Abbreviation(id.to_owned());
    Item::Piece(
        1,
        Piece::Mask {
            placeholder: format!("%{letter}"),
            shape,
        },
    )
}

fn join(commit: &CommitFacts) -> String {
    commit
        .parents
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(" ")
}

fn hex_byte(name: &[u8]) -> Option<u8> {
    let digits = name.get(1..3)?;
    digits
        .iter()
        .all(u8::is_ascii_hexdigit)
        .then(|| u8::from_str_radix(digits.to_str().ok()?, 16).ok())?
}

/// `%an` and its kin: `name[0]` is whose, `name[1]` what.
fn person(name: &[u8], person: &Person) -> Result<Item, String> {
    let local = |email: &BString| BString::from(&email[..email.find_byte(b'@').unwrap_or(email.len())]);
    let Some(&part) = name.get(1) else {
        return Ok(Item::Unknown);
    };
    Ok(match part {
        b'n' => Item::Text(2, person.name.to_vec()),
        b'e' => Item::Text(2, person.email.to_vec()),
        b'l' => Item::Text(2, local(&person.email).to_vec()),
        b'N' => mask(2, name, Shape::Mapped(person.name.clone())),
        b'E' => mask(2, name, Shape::Mapped(person.email.clone())),
        b'L' => mask(2, name, Shape::Mapped(local(&person.email))),
        b'd' | b'D' | b'i' | b'I' | b's' | b't' => match person.time {
            // A line without a sound date gives nothing, or in some versions of git the epoch.
            None => return Err(refused(name)),
            Some((seconds, offset)) => match date::format(part, seconds, offset) {
                None => Item::Unknown,
                Some((text, None)) => Item::Text(2, text.into_bytes()),
                Some((text, Some(other))) => {
                    Item::Piece(2, Piece::Either(text.into_bytes(), other.into_bytes()))
                }
            },
        },
        b'r' => mask(2, name, Shape::Ago),
        b'h' => return Err(refused(name)),
        _ => Item::Unknown,
    })
}

/// Archives have no colours, so all but those that insist give nothing.
fn colour(name: &[u8]) -> Result<Item, String> {
    let nothing = |used| Ok(Item::Text(used, Vec::new()));
    if let Some(spec) = name.strip_prefix(b"C(") {
        return match spec.find_byte(b')') {
            None => Ok(Item::Unknown),
            Some(_) if spec.starts_with(b"always,") => Err(refused(name)),
            Some(end) => nothing(end + 3),
        };
    }
    for plain in ["Cred", "Cgreen", "Cblue", "Creset"] {
        if name.starts_with(plain.as_bytes()) {
            return nothing(plain.len());
        }
    }
    Ok(Item::Unknown)
}

fn parenthesis(name: &[u8]) -> Result<Item, String> {
    let known = |word: &[u8]| {
        name.strip_prefix(word)
            .is_some_and(|rest| matches!(rest.first(), Some(b':' | b')')))
    };
    if known(b"(describe") {
        let Some(end) = name.find_byte(b')') else {
            return Ok(Item::Unknown);
        };
        let whole = &name[..=end];
        if whole.contains(&b'%') || whole.contains(&b'\n') {
            return Err(refused(name));
        }
        let literal = [b"%", whole].concat();
        return Ok(mask(end + 1, name, Shape::Describe { literal }));
    }
    if known(b"(trailers") || known(b"(decorate") {
        return Err(refused(name));
    }
    Ok(Item::Unknown)
}

fn refused(name: &[u8]) -> String {
    let end = name
        .find_byte(b')')
        .map_or(2, |at| at + 1)
        .min(40)
        .min(name.len());
    format!("the placeholder %{:?} cannot be redone", name[..end].as_bstr())
}

/// git treats a message as text up to its first NUL.
fn c_string(message: &BString) -> &[u8] {
    &message[..message.find_byte(0).unwrap_or(message.len())]
}

fn is_blank(line: &[u8]) -> bool {
    trimmed(line).is_empty()
}

/// Without what git calls space at the end.
fn trimmed(line: &[u8]) -> &[u8] {
    line.trim_end_with(|c| matches!(c, ' ' | '\t' | '\n' | '\r'))
}

fn skip_blank(text: &[u8]) -> &[u8] {
    let mut rest = text;
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        if !is_blank(line) {
            break;
        }
        rest = &rest[line.len()..];
    }
    rest
}

/// The lines of the first paragraph joined by spaces, and the body behind it.
fn subject(message: &BString) -> (Vec<u8>, &[u8]) {
    let start = skip_blank(c_string(message));
    let (mut joined, mut rest) = (Vec::new(), start);
    for line in start.split_inclusive(|byte| *byte == b'\n') {
        rest = &rest[line.len()..];
        if is_blank(line) {
            break;
        }
        if !joined.is_empty() {
            joined.push(b' ');
        }
        joined.extend_from_slice(trimmed(line));
    }
    (joined, skip_blank(rest))
}

/// The first line of the subject as a file name: letters, digits, `.` and `_`, other runs as one `-`.
fn sanitized(message: &BString) -> Vec<u8> {
    let start = skip_blank(c_string(message));
    let line = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let mut out: Vec<u8> = Vec::new();
    let (mut gap, mut dot) = (false, false);
    for &byte in line {
        let kept = byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_');
        if kept && !(dot && byte == b'.') {
            if gap && !out.is_empty() {
                out.push(b'-');
            }
            out.push(byte);
        }
        gap = !kept;
        dot = byte == b'.';
    }
    while matches!(out.last(), Some(b'.' | b'-')) {
        out.pop();
    }
    out
}

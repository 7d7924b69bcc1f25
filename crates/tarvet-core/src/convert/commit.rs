//! What `$Format:…$` can say of a commit, from the commit's raw bytes.

use bstr::{BString, ByteSlice};
use gix::ObjectId;

/// The parts of a commit that placeholders name, as bytes in whatever encoding the commit has: git converts to UTF-8
/// and, in an archive, back again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitFacts {
    /// Its id.
    pub id: ObjectId,
    /// Its tree.
    pub tree: ObjectId,
    /// Its parents, in order.
    pub parents: Vec<ObjectId>,
    /// Who wrote the change; empty if the line is malformed.
    pub author: Person,
    /// Who committed it; empty if the line is malformed.
    pub committer: Person,
    /// The `encoding` header, empty without one.
    pub encoding: BString,
    /// Everything after the blank line.
    pub message: BString,
}

/// An `author` or `committer` line taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// Name, with the space it begins with, if any.
    pub name: BString,
    /// E-mail address without brackets.
    pub email: BString,
    /// Unix seconds and offset as git writes it (+0130 is 130), unless the line has no sound date.
    pub time: Option<(i64, i32)>,
}

impl CommitFacts {
    /// Takes a commit apart. `None` without a tree line as its first, or with a parent that is no object id: git
    /// itself cannot use such a commit.
    pub fn parse(id: ObjectId, raw: &[u8]) -> Option<Self> {
        let (mut tree, mut parents) = (None, Vec::new());
        let (mut author, mut committer, mut encoding) = (None, None, BString::default());
        let mut rest = raw;
        let mut first = true;
        let message = loop {
            let Some(end) = rest.find_byte(b'\n') else {
                break &rest[rest.len()..];
            };
            let (line, tail) = (&rest[..end], &rest[end + 1..]);
            rest = tail;
            if line.is_empty() {
                break rest;
            }
            if let Some(hex) = line.strip_prefix(b"tree ").filter(|_| first) {
                tree = Some(object_id(hex, id)?);
            } else if let Some(hex) = line.strip_prefix(b"parent ").filter(|_| author.is_none()) {
                parents.push(object_id(hex, id)?);
            } else if let Some(who) = line.strip_prefix(b"author ") {
                author = Some(who);
            } else if let Some(who) = line.strip_prefix(b"committer ") {
                committer = Some(who);
            } else if let Some(name) = line.strip_prefix(b"encoding ") {
                encoding = name.into();
            }
            first = false;
        };
        let person = |line: Option<&[u8]>| line.and_then(Person::parse).unwrap_or_default();
        Some(Self {
            id,
            tree: tree?,
            parents,
            author: person(author),
            committer: person(committer),
            message: message.into(),
            encoding,
        })
    }
}

impl Person {
    /// `Name <email> seconds offset`, forgiving as git is: only the brackets are needed.
    fn parse(line: &[u8]) -> Option<Self> {
        let open = line.find_byte(b'<')?;
        let close = open + 1 + line[open + 1..].find_byte(b'>')?;
        let name = line[..open].trim_ascii_end().into();
        let email = line[open + 1..close].into();
        // git looks for the date behind the last bracket, so that a stray one does not hide it.
        let date = line.rfind_byte(b'>').map_or(&b""[..], |last| &line[last + 1..]);
        Some(Self {
            name,
            email,
            time: time(date),
        })
    }
}

fn time(text: &[u8]) -> Option<(i64, i32)> {
    let mut words = text
        .split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty());
    let (seconds, offset) = (words.next()?, words.next()?);
    let sign = match offset.first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits = |text: &[u8]| -> Option<i64> {
        text.iter()
            .all(u8::is_ascii_digit)
            .then(|| text.to_str().ok()?.parse().ok())
            .flatten()
    };
    // Beyond these git itself prints the epoch or worse; no honest commit is there.
    let seconds = digits(seconds).filter(|seconds| *seconds < 1 << 40)?;
    let offset = digits(&offset[1..]).filter(|offset| *offset < 10_000)?;
    Some((seconds, sign * i32::try_from(offset).ok()?))
}

fn object_id(hex: &[u8], like: ObjectId) -> Option<ObjectId> {
    ObjectId::from_hex(hex).ok().filter(|id| id.kind() == like.kind())
}

//! The files below debian/, as dpkg-source would put them there: from an unpacked tree or from a tarball.
//!
//! Nothing is unpacked and no symbolic link is followed out of debian/. What a builder would read but this does not
//! hold (a link elsewhere, a file too large to keep) answers [`Content::Unknown`], never [`Content::Absent`]: from a
//! file that is absent a reader draws conclusions.

mod directory;
mod tarball;

pub use tarball::Root;

use crate::dsc::Fault;
use bstr::{BStr, BString, ByteSlice};
use std::collections::BTreeMap;
use tarvet_archive::{MemberKind, Oddity, Sha256};

/// How much is kept in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// Bytes of one file; larger files are listed without their contents.
    pub file: u64,
    /// Bytes of all contents together.
    pub total: u64,
    /// Entries below debian/.
    pub entries: usize,
}

impl Default for Room {
    fn default() -> Self {
        Room {
            file: 4 << 20,
            total: 64 << 20,
            entries: 200_000,
        }
    }
}

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link.
    Symlink,
    /// A hard link to an earlier member; only in tarballs.
    HardLink,
    /// A device, fifo or socket.
    Other,
}

/// One entry below debian/.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DebianFile {
    /// What it is.
    pub kind: Kind,
    /// Permission bits (`07777`).
    pub mode: u32,
    /// Length of a regular file in bytes, else 0.
    pub size: u64,
    /// SHA-256 of the contents, where they were read.
    pub sha256: Option<Sha256>,
    /// The contents of a regular file, where they fitted.
    pub content: Option<Vec<u8>>,
    /// Target of a link, as spelled.
    pub link: Option<BString>,
}

/// A member of the packaging tarball that is not below debian/ and is unpacked over upstream's files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outside {
    /// Its name as spelled.
    pub path: BString,
    /// What it is.
    pub kind: Kind,
}

/// What is below debian/.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DebianDir {
    /// Entries by path from the root of the tree (`debian/rules`), without a slash at the end. `debian` itself is
    /// among them where it is listed.
    pub files: BTreeMap<BString, DebianFile>,
    /// What else the tarball holds, of a `.debian.tar` only.
    pub outside: Vec<Outside>,
    /// What is odd about the tarball as an archive.
    pub oddities: Vec<Oddity>,
    /// What kept it from being read in full.
    pub faults: Vec<Fault>,
}

/// The answer to "what does this file say?".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content<'a> {
    /// All of it.
    Bytes(&'a [u8]),
    /// There is no such file.
    Absent,
    /// There is something, and what a builder would read there is not known. In words.
    Unknown(String),
}

/// Links that lead to a file, one after the other.
const MOST_HOPS: usize = 8;

impl DebianDir {
    /// The entry at `path` (`debian/rules`) itself, links not followed.
    pub fn get(&self, path: impl AsRef<[u8]>) -> Option<&DebianFile> {
        self.files.get(path.as_ref().as_bstr())
    }

    /// What a builder reads at `path`, with links inside debian/ followed.
    pub fn content(&self, path: impl AsRef<[u8]>) -> Content<'_> {
        let mut path = BString::from(path.as_ref());
        for _ in 0..MOST_HOPS {
            if let Some(through) = self.not_a_directory(path.as_bstr()) {
                return Content::Unknown(format!("{through} is no directory of its own"));
            }
            let Some(file) = self.files.get(&path) else {
                return match self.faults.is_empty() {
                    true => Content::Absent,
                    false => Content::Unknown(format!("debian/ was not read in full, {path} may be there")),
                };
            };
            let target = match (file.kind, &file.content, &file.link) {
                (Kind::File, Some(content), _) => return Content::Bytes(content),
                (Kind::File, None, _) => return Content::Unknown(format!("{path} is too large to be read")),
                (Kind::Symlink, _, Some(link)) => resolve(path.as_bstr(), link.as_bstr()),
                (Kind::HardLink, _, Some(link)) => parts(link.as_bstr()).map(|parts| joined(&parts)),
                _ => return Content::Unknown(format!("{path} is no file")),
            };
            match target.filter(|target| target.starts_with(b"debian/")) {
                Some(target) => path = target,
                None => return Content::Unknown(format!("{path} is a link that leads out of debian/")),
            }
        }
        Content::Unknown(format!("{path}: too many links"))
    }

    /// The first directory on the way to `path` that is something else, such as a symbolic link.
    fn not_a_directory(&self, path: &BStr) -> Option<BString> {
        let ends = path.find_iter("/");
        let mut ways = ends.filter_map(|end| path.get(..end)).map(BStr::new);
        let found = ways.find(|way| {
            self.files
                .get(*way)
                .is_some_and(|file| file.kind != Kind::Directory)
        });
        found.map(BString::from)
    }
}

/// The components of a member's name without `.`; None where it starts at the root or has a `..`.
fn parts(path: &BStr) -> Option<Vec<&[u8]>> {
    if path.starts_with(b"/") {
        return None;
    }
    let parts: Vec<&[u8]> = path
        .split_str("/")
        .filter(|part| !part.is_empty() && *part != b".")
        .collect();
    (!parts.contains(&&b".."[..])).then_some(parts)
}

fn joined(parts: &[&[u8]]) -> BString {
    BString::from(bstr::join("/", parts))
}

/// Where the symbolic link at `path` leads, by names alone; None: out of the tree.
fn resolve(path: &BStr, link: &BStr) -> Option<BString> {
    if link.starts_with(b"/") {
        return None;
    }
    let mut at: Vec<&[u8]> = path.split_str("/").collect();
    at.pop();
    for part in link.split_str("/") {
        match part {
            b"" | b"." => {}
            b".." => {
                at.pop()?;
            }
            other => at.push(other),
        }
    }
    Some(joined(&at))
}

fn kind(kind: MemberKind) -> Kind {
    match kind {
        MemberKind::File => Kind::File,
        MemberKind::Directory => Kind::Directory,
        MemberKind::Symlink => Kind::Symlink,
        MemberKind::HardLink => Kind::HardLink,
        MemberKind::Other(_) => Kind::Other,
    }
}

#[cfg(test)]
mod tests;

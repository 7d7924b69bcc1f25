use bstr::BString;
use gix_hash::ObjectId;

use crate::Oddity;

/// A SHA-256 digest.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Sha256(pub [u8; 32]);

impl std::fmt::Display for Sha256 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl std::fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sha256({self})")
    }
}

/// How a run of bytes is identified: its length and its digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digested {
    /// Length in bytes.
    pub len: u64,
    /// SHA-256 of all bytes.
    pub sha256: Sha256,
}

/// The compression format of a tarball, decided by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Compression {
    /// A plain tar.
    None,
    /// gzip (RFC 1952).
    Gzip,
    /// bzip2.
    Bzip2,
    /// The .xz container.
    Xz,
    /// The older .lzma container.
    Lzma,
    /// Zstandard (RFC 8878).
    Zstd,
}

/// What a member of a tarball is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MemberKind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link; `Member::link` is its target.
    Symlink,
    /// A hard link; `Member::link` names an earlier member.
    HardLink,
    /// A device, fifo or any other type flag.
    Other(u8),
}

/// One entry of a tarball.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Name as the archive spells it after pax and GNU overrides: raw bytes, never normalised.
    pub path: BString,
    /// What the member is.
    pub kind: MemberKind,
    /// Permission bits (`07777`).
    pub mode: u32,
    /// Length of the contents in bytes.
    pub size: u64,
    /// Modification time in seconds since 1970.
    pub mtime: i64,
    /// The git blob id of the contents (of the link target for a symlink; of the target's contents for a hard
    /// link), in the object format asked for. The null id for directories and hard links without a target.
    pub blob: ObjectId,
    /// SHA-256 of the same bytes as `blob`; all zeros where that is null.
    pub sha256: Sha256,
    /// Target of a symlink or hard link, as spelled.
    pub link: Option<BString>,
    /// The contents, when the caller asked for them and they fitted into [`crate::Limits::kept_bytes`].
    pub content: Option<Vec<u8>>,
}

/// The members of a tarball in archive order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    /// Every member, directories included, in the order of the archive.
    pub members: Vec<Member>,
}

/// Everything one pass over a tarball told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tarball {
    /// The format of the outer container.
    pub compression: Compression,
    /// The file as read.
    pub file: Digested,
    /// The tar inside, after decompression (equal to `file` for a plain tar), if [`crate::Options::tar_digest`] asked
    /// for it. Where a limit or damage ended the reading it covers the bytes until there.
    pub tar: Option<Digested>,
    /// The members.
    pub manifest: Manifest,
    /// `comment` values of pax global headers, in order: `git archive` writes the commit id there. A hint, never proof.
    pub pax_comments: Vec<BString>,
    /// Whatever was wrong or unusual, in the order met.
    pub oddities: Vec<Oddity>,
}

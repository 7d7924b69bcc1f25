use std::collections::HashSet;

use bstr::BString;

/// What is wrong with a cpio archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FaultKind {
    /// Not cpio, a field that is no number, an end inside a member, padding that is not zero.
    Malformed,
    /// A name that leads elsewhere: absolute, with `..`, with a NUL, through a symlink, or none at all.
    UnsafeName,
    /// A name for the second time.
    DuplicateMember,
    /// A member with several links: where its contents are is up to the reader.
    HardLink,
    /// A member that no source needs: device, fifo, socket, setuid.
    UnsafeKind,
    /// Bytes behind the trailer that are not zero.
    TrailingData,
    /// A limit was hit; the rest was not read.
    Limit,
}

impl FaultKind {
    /// Every kind.
    pub const ALL: [FaultKind; 7] = [
        FaultKind::Malformed,
        FaultKind::UnsafeName,
        FaultKind::DuplicateMember,
        FaultKind::HardLink,
        FaultKind::UnsafeKind,
        FaultKind::TrailingData,
        FaultKind::Limit,
    ];

    /// The code of its finding, without the word for the file that it is in.
    pub fn code(self) -> &'static str {
        match self {
            FaultKind::Malformed => "malformed",
            FaultKind::UnsafeName => "unsafe-name",
            FaultKind::DuplicateMember => "duplicate-member",
            FaultKind::HardLink => "hard-link",
            FaultKind::UnsafeKind => "unsafe-kind",
            FaultKind::TrailingData => "trailing-data",
            FaultKind::Limit => "limit",
        }
    }

    /// What to do about it, one sentence.
    pub fn help(self) -> &'static str {
        match self {
            FaultKind::Malformed => "Make the archive anew with `cpio -o -H newc`, or fetch it again.",
            FaultKind::UnsafeName => {
                "Do not unpack it. Find out who made it; names must be relative and without `..`."
            }
            FaultKind::DuplicateMember => "Make the archive anew, with every file once.",
            FaultKind::HardLink => "Make the archive anew from files that are not links of one another.",
            FaultKind::UnsafeKind => {
                "Make the archive anew, with regular files, directories and symlinks only."
            }
            FaultKind::TrailingData => "Find out what was added behind the archive, and make it anew.",
            FaultKind::Limit => {
                "If the archive is meant to be this large, raise the limit that the message names."
            }
        }
    }
}

/// One thing wrong with a cpio archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What kind of thing.
    pub kind: FaultKind,
    /// The member concerned, as spelled.
    pub member: Option<BString>,
    /// Expected and found, in one sentence without a full stop. Raw text.
    pub detail: String,
}

/// Faults kept per archive. The first of each kind is kept beyond that.
const KEPT: usize = 1000;

/// Collects faults without letting an archive flood the report.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    faults: Vec<Fault>,
    kinds: HashSet<FaultKind>,
}

impl Faults {
    pub(crate) fn push(&mut self, kind: FaultKind, member: Option<&[u8]>, detail: impl Into<String>) {
        if self.kinds.insert(kind) || self.faults.len() < KEPT {
            self.faults.push(Fault {
                kind,
                member: member.map(BString::from),
                detail: detail.into(),
            });
        }
    }

    pub(crate) fn finish(self) -> Vec<Fault> {
        self.faults
    }
}

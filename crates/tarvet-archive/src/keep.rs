use bstr::BStr;
use gix_hash::ObjectId;

use crate::Sha256;

/// Decides which contents are worth memory while a tarball streams by. Asked by one thread, in archive order.
pub trait Keep: Sync {
    /// How many bytes from the start of the regular file at `path` (as spelled) are wanted. With `None` the file is
    /// not asked about again.
    fn wants(&self, path: &BStr, size: u64) -> Option<u64>;

    /// Whether the contents stay in [`crate::Member::content`]; asked once they were read and identified, where
    /// it was wanted. Only whole contents can stay.
    fn keeps(&self, seen: &Seen<'_>) -> bool;
}

/// A regular file that has just gone by.
#[derive(Debug)]
pub struct Seen<'a> {
    /// Its path as spelled.
    pub path: &'a BStr,
    /// Length of the contents in bytes.
    pub size: u64,
    /// Their git blob id.
    pub blob: &'a ObjectId,
    /// Their SHA-256.
    pub sha256: &'a Sha256,
    /// As many bytes from the start as were wanted, up to 4 MiB or what is left of [`crate::Limits::kept_bytes`].
    pub content: &'a [u8],
}

impl Seen<'_> {
    /// The contents, if all of them are here.
    pub fn whole(&self) -> Option<&[u8]> {
        (self.content.len() as u64 == self.size).then_some(self.content)
    }
}

/// Keeps nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct KeepNothing;

impl Keep for KeepNothing {
    fn wants(&self, _path: &BStr, _size: u64) -> Option<u64> {
        None
    }

    fn keeps(&self, _seen: &Seen<'_>) -> bool {
        false
    }
}

/// Keeps whatever fits.
#[derive(Debug, Clone, Copy, Default)]
pub struct KeepAll;

impl Keep for KeepAll {
    fn wants(&self, _path: &BStr, size: u64) -> Option<u64> {
        Some(size)
    }

    fn keeps(&self, _seen: &Seen<'_>) -> bool {
        true
    }
}

/// What one file that is not kept may take while it goes by, in bytes, however little room is left.
const SCRATCH: u64 = 4 << 20;

/// The memory for contents.
pub(crate) struct Room {
    /// What is left of [`crate::Limits::kept_bytes`].
    pub left: u64,
    /// The file that is going by; one allocation for all that are not kept.
    pub scratch: Vec<u8>,
    wanted: usize,
}

impl Room {
    pub fn new(left: u64) -> Self {
        Room {
            left,
            scratch: Vec::new(),
            wanted: 0,
        }
    }

    pub fn begin(&mut self, wanted: u64) {
        self.scratch.clear();
        self.wanted = usize::try_from(wanted.min(self.left.max(SCRATCH))).unwrap_or(usize::MAX);
    }

    pub fn take(&mut self, bytes: &[u8]) {
        let missing = self.wanted - self.scratch.len();
        if missing > 0 {
            self.scratch
                .extend_from_slice(bytes.get(..missing).unwrap_or(bytes));
        }
    }

    /// Hands the file over, if it is whole.
    pub fn keep(&mut self, size: u64) -> Option<Vec<u8>> {
        if self.scratch.len() as u64 != size || size > self.left {
            return None;
        }
        self.left -= size;
        let mut content = std::mem::take(&mut self.scratch);
        content.shrink_to_fit();
        Some(content)
    }
}

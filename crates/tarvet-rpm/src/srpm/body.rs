//! Bytes that are digested while somebody else reads them.

use std::io::{self, Read};

use super::digest::Hasher;

/// Passes bytes on, and digests and counts them.
pub(super) struct Tap<R> {
    input: R,
    hasher: Option<Hasher>,
    len: u64,
}

impl<R> Tap<R> {
    pub(super) fn new(input: R, hasher: Option<Hasher>) -> Self {
        Tap {
            input,
            hasher,
            len: 0,
        }
    }

    /// Bytes that went by, and the digits of their digest.
    pub(super) fn finish(self) -> (u64, Option<String>) {
        (self.len, self.hasher.map(Hasher::finish))
    }
}

impl<R: Read> Read for Tap<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(out)?;
        if let (Some(hasher), Some(bytes)) = (&mut self.hasher, out.get(..count)) {
            hasher.update(bytes);
        }
        self.len += count as u64;
        Ok(count)
    }
}

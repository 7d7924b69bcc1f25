//! Three threads in a row: one decodes, one reads the tar and takes blob ids, one takes SHA-256.
//! Few, large, recycled blocks go from hand to hand.

use std::{
    io::{self, BufRead, Read},
    sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel},
};

use sha2::Digest;

use crate::{Digested, Sha256, codec::Decoder, log::Log};

/// Bytes per block: smaller costs up to half the speed, larger only memory.
const BLOCK: usize = 1 << 20;
/// Blocks waiting between two threads.
const DEPTH: usize = 4;

struct Block {
    bytes: Vec<u8>,
    len: usize,
}

/// Where decoding happens.
pub(crate) struct Inlet {
    full: SyncSender<Block>,
    empty: Receiver<Vec<u8>>,
}

/// Where the tar is read.
pub(crate) struct Outlet {
    full: Receiver<Block>,
    read: SyncSender<Block>,
    extents: Sender<Extent>,
    block: Block,
    start: usize,
}

/// Where SHA-256 is taken.
pub(crate) struct Digester {
    read: Receiver<Block>,
    extents: Receiver<Extent>,
    empty: Sender<Vec<u8>>,
    tar: Option<sha2::Sha256>,
}

/// The contents of one member: where they lie in the tar.
struct Extent {
    start: u64,
    len: u64,
}

/// What the digester found.
pub(crate) struct Digests {
    /// One digest per member announced, in order; a truncated last member has none.
    pub(crate) members: Vec<Sha256>,
    /// The whole tar, if asked for.
    pub(crate) tar: Option<Digested>,
}

pub(crate) fn pipe(tar_digest: bool) -> (Inlet, Outlet, Digester) {
    let (full_in, full) = sync_channel(DEPTH);
    let (read_in, read) = sync_channel(DEPTH);
    let (empty_in, empty) = channel();
    let (extents_in, extents) = channel();
    let block = Block {
        bytes: Vec::new(),
        len: 0,
    };
    let tar = tar_digest.then(sha2::Sha256::new);
    (
        Inlet { full: full_in, empty },
        Outlet {
            full,
            read: read_in,
            extents: extents_in,
            block,
            start: 0,
        },
        Digester {
            read,
            extents,
            empty: empty_in,
            tar,
        },
    )
}

impl Inlet {
    /// Decodes until the end or until nobody reads any more; then reads the file to its last byte.
    pub(crate) fn run(self, mut decoder: Decoder) -> io::Result<(Digested, Log)> {
        loop {
            let mut bytes = self.empty.try_recv().unwrap_or_default();
            bytes.resize(BLOCK, 0);
            let len = decoder.pull(&mut bytes)?;
            let last = len < bytes.len();
            if self.full.send(Block { bytes, len }).is_err() || last {
                break;
            }
        }
        drop(self);
        decoder.finish()
    }
}

impl Outlet {
    /// Has the digester take the SHA-256 of `len` bytes from `start` on; must be called before they are read.
    pub(crate) fn announce(&self, start: u64, len: u64) {
        // The digester outlives every outlet; were it gone, its own panic is what gets told.
        let _ = self.extents.send(Extent { start, len });
    }

    /// Passes on what was read last.
    pub(crate) fn finish(mut self) {
        self.pass_on(Block {
            bytes: Vec::new(),
            len: 0,
        });
    }

    fn pass_on(&mut self, next: Block) {
        let used = std::mem::replace(&mut self.block, next);
        self.start = 0;
        if !used.bytes.is_empty() {
            let _ = self.read.send(used);
        }
    }
}

impl BufRead for Outlet {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.start == self.block.len {
            let Ok(block) = self.full.recv() else {
                return Ok(&[]);
            };
            self.pass_on(block);
        }
        Ok(&self.block.bytes[self.start..self.block.len])
    }

    fn consume(&mut self, count: usize) {
        self.start = (self.start + count).min(self.block.len);
    }
}

impl Read for Outlet {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let bytes = self.fill_buf()?;
        let count = bytes.len().min(out.len());
        out[..count].copy_from_slice(&bytes[..count]);
        self.consume(count);
        Ok(count)
    }
}

/// An extent whose bytes are still coming.
struct Open {
    extent: Extent,
    digest: sha2::Sha256,
}

impl Digester {
    pub(crate) fn run(mut self) -> Digests {
        let mut members = Vec::new();
        let mut open = None;
        let mut base = 0_u64;
        while let Ok(block) = self.read.recv() {
            let bytes = &block.bytes[..block.len];
            if let Some(tar) = &mut self.tar {
                tar.update(bytes);
            }
            // Every extent that starts in this block was announced before the block was passed on.
            open = self.digest(open, base, bytes, &mut members);
            base += bytes.len() as u64;
            // Nobody takes it back at the end of the file, and then it is simply freed.
            let _ = self.empty.send(block.bytes);
        }
        self.digest(open, base, &[], &mut members);
        let tar = self.tar.map(|tar| Digested {
            len: base,
            sha256: Sha256(tar.finalize().into()),
        });
        Digests { members, tar }
    }

    /// Digests what `bytes`, which start at `base`, have of the extents announced; gives the unfinished one.
    fn digest(&self, open: Option<Open>, base: u64, bytes: &[u8], members: &mut Vec<Sha256>) -> Option<Open> {
        let end = base + bytes.len() as u64;
        let next = || {
            self.extents.try_recv().ok().map(|extent| Open {
                extent,
                digest: sha2::Sha256::new(),
            })
        };
        let mut open = open.or_else(next);
        while let Some(Open { extent, digest }) = &mut open {
            if extent.start < end {
                let take = extent.len.min(end - extent.start);
                let from = (extent.start - base) as usize;
                digest.update(&bytes[from..from + take as usize]);
                extent.start += take;
                extent.len -= take;
            }
            if extent.len > 0 {
                break;
            }
            let done = std::mem::replace(&mut open, next());
            members.extend(done.map(|done| Sha256(done.digest.finalize().into())));
        }
        open
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extents_are_digested_across_blocks() {
        let (_, mut outlet, digester) = pipe(true);
        let tar: Vec<u8> = (0..100).collect();
        for (start, len) in [(3, 0), (3, 5), (10, 60), (70, 0), (70, 30), (100, 0), (100, 9)] {
            outlet.announce(start, len);
        }
        for part in [&tar[..1], &tar[1..11], &tar[11..12], &tar[12..70], &tar[70..]] {
            outlet.pass_on(Block {
                bytes: part.to_vec(),
                len: part.len(),
            });
        }
        let digesting = std::thread::spawn(|| digester.run());
        outlet.finish();
        let digests = digesting.join().unwrap();
        let expected = [&tar[3..3], &tar[3..8], &tar[10..70], &[], &tar[70..], &[]];
        let expected: Vec<_> = expected
            .iter()
            .map(|bytes| Sha256(sha2::Sha256::digest(bytes).into()))
            .collect();
        assert_eq!(digests.members, expected);
        let whole = Digested {
            len: 100,
            sha256: Sha256(sha2::Sha256::digest(&tar).into()),
        };
        assert_eq!(digests.tar, Some(whole));
    }
}

//! Two threads: one decodes, the other reads the tar and hashes. A third for SHA-256 was measured and gained nothing on
//! two processors. Few, large, recycled blocks go from hand to hand.

use std::{
    io::{self, BufRead, Read},
    sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel},
};

use sha2::Digest;

use crate::{Digested, Sha256, codec::Decoder, log::Log};

/// Bytes per block: smaller costs up to half the speed, larger only memory.
const BLOCK: usize = 1 << 20;
/// Blocks under way.
const DEPTH: usize = 4;

struct Block {
    bytes: Vec<u8>,
    len: usize,
}

/// The end of the pipe where decoding happens.
pub(crate) struct Inlet {
    full: SyncSender<Block>,
    empty: Receiver<Vec<u8>>,
}

/// The end of the pipe from which the tar is read.
pub(crate) struct Outlet {
    full: Receiver<Block>,
    empty: Sender<Vec<u8>>,
    block: Block,
    start: usize,
    len: u64,
    digest: Option<sha2::Sha256>,
}

/// A pipe of few, large, recycled blocks between two threads.
pub(crate) fn pipe(with_digest: bool) -> (Inlet, Outlet) {
    let (full_in, full_out) = sync_channel(DEPTH);
    let (empty_in, empty_out) = channel();
    let block = Block {
        bytes: Vec::new(),
        len: 0,
    };
    let digest = with_digest.then(sha2::Sha256::new);
    let outlet = Outlet {
        full: full_out,
        empty: empty_in,
        block,
        start: 0,
        len: 0,
        digest,
    };
    (
        Inlet {
            full: full_in,
            empty: empty_out,
        },
        outlet,
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
    /// Bytes that came through, and their digest if one was asked for.
    pub(crate) fn finish(self) -> (u64, Option<Digested>) {
        let len = self.len;
        (
            len,
            self.digest.map(|digest| Digested {
                len,
                sha256: Sha256(digest.finalize().into()),
            }),
        )
    }
}

impl BufRead for Outlet {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.start == self.block.len {
            let Ok(block) = self.full.recv() else {
                return Ok(&[]);
            };
            let used = std::mem::replace(&mut self.block, block);
            if !used.bytes.is_empty() {
                // Nobody takes it back at the end of the file, and then it is simply freed.
                let _ = self.empty.send(used.bytes);
            }
            self.start = 0;
            self.len += self.block.len as u64;
            if let Some(digest) = &mut self.digest {
                digest.update(&self.block.bytes[..self.block.len]);
            }
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

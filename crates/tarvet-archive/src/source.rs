use std::{
    io::{self, ErrorKind, Read},
    sync::atomic::{AtomicU64, Ordering},
};

use sha2::Digest;

use crate::{Digested, Sha256};

/// Size of the buffer in front of the decoders; nothing may ask [`Source::want`] for more.
pub(crate) const BUFFER: usize = 256 * 1024;

/// The file as it comes from the medium: buffered, counted and digested while it is read.
pub(crate) struct Source<'a> {
    input: Box<dyn Read + Send + 'a>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    at_end: bool,
    digest: sha2::Sha256,
    len: u64,
    progress: Option<&'a AtomicU64>,
}

impl<'a> Source<'a> {
    pub(crate) fn new(input: impl Read + Send + 'a, progress: Option<&'a AtomicU64>) -> Self {
        Source {
            input: Box::new(input),
            buffer: vec![0; BUFFER],
            start: 0,
            end: 0,
            at_end: false,
            digest: sha2::Sha256::new(),
            len: 0,
            progress,
        }
    }

    /// At least `count` unread bytes, fewer only at the end of the file. An empty slice is the end.
    pub(crate) fn want(&mut self, count: usize) -> io::Result<&[u8]> {
        let count = count.min(BUFFER);
        if self.end - self.start < count && !self.at_end {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
            while self.end < count && !self.at_end {
                self.read_more()?;
            }
        }
        Ok(&self.buffer[self.start..self.end])
    }

    /// Whether what [`Source::want`] gave last is all there is.
    pub(crate) fn at_end(&self) -> bool {
        self.at_end
    }

    /// Marks `count` bytes of the last [`Source::want`] as read.
    pub(crate) fn consume(&mut self, count: usize) {
        self.start = (self.start + count).min(self.end);
    }

    /// Bytes consumed so far.
    pub(crate) fn consumed(&self) -> u64 {
        self.len - (self.end - self.start) as u64
    }

    /// Reads whatever is left, so that the digest covers the whole file.
    pub(crate) fn finish(mut self) -> io::Result<Digested> {
        while !self.at_end {
            self.start = 0;
            self.end = 0;
            self.read_more()?;
        }
        Ok(Digested {
            len: self.len,
            sha256: Sha256(self.digest.finalize().into()),
        })
    }

    fn read_more(&mut self) -> io::Result<()> {
        match self.input.read(&mut self.buffer[self.end..]) {
            Ok(0) => self.at_end = true,
            Ok(count) => {
                self.digest.update(&self.buffer[self.end..self.end + count]);
                self.end += count;
                self.len += count as u64;
                if let Some(progress) = self.progress {
                    progress.store(self.len, Ordering::Relaxed);
                }
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

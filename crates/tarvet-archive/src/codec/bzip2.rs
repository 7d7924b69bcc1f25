use std::io;

use bzip2::{Decompress, Status};

use super::{Codec, damaged, tail, truncated};
use crate::{log::Log, source::Source};

/// bzip2, one stream after another.
pub(super) struct Bzip2 {
    stream: Option<Decompress>,
}

impl Bzip2 {
    pub(super) fn new() -> Self {
        Bzip2 {
            stream: Some(Decompress::new(false)),
        }
    }
}

impl Codec for Bzip2 {
    fn pull(&mut self, source: &mut Source, out: &mut [u8], log: &mut Log) -> io::Result<usize> {
        let mut written = 0;
        while let Some(stream) = &mut self.stream
            && written < out.len()
        {
            let input = source.want(1)?;
            let (before_in, before_out) = (stream.total_in(), stream.total_out());
            let result = stream.decompress(input, &mut out[written..]);
            let count = (stream.total_out() - before_out) as usize;
            let consumed = (stream.total_in() - before_in) as usize;
            let starved = input.is_empty() && count == 0;
            written += count;
            source.consume(consumed);
            match result {
                Ok(Status::StreamEnd) if source.want(3)?.starts_with(b"BZh") => {
                    self.stream = Some(Decompress::new(false));
                }
                Ok(Status::StreamEnd) => {
                    tail(source, log)?;
                    self.stream = None;
                }
                Ok(Status::MemNeeded) => {
                    return Err(io::Error::new(io::ErrorKind::OutOfMemory, "bzip2 decoder"));
                }
                Ok(_) if starved => {
                    truncated(log, "bzip2");
                    self.stream = None;
                }
                Ok(_) if count == 0 && consumed == 0 => {
                    damaged(log, "bzip2", "no progress");
                    self.stream = None;
                }
                Ok(_) => {}
                Err(error) => {
                    damaged(log, "bzip2", &error.to_string());
                    self.stream = None;
                }
            }
        }
        Ok(written)
    }
}

use std::io;

use zstd::stream::raw::{DParameter, Decoder, Operation};

use super::{Codec, damaged, dictionary_too_large, tail, truncated};
use crate::{OddityClass, log::Log, source::Source};

/// A skippable frame up to this size is what parallel compressors leave behind.
const TOLERATED_FRAME: u64 = 64;

/// Zstandard (RFC 8878): every frame, skippable ones included, checksums verified.
pub(super) struct Zstd {
    decoder: Decoder<'static>,
    window: u64,
    state: State,
}

/// Logarithms of the window sizes that the decoder can be told to stop at; 31 is the largest zstd itself makes.
const SMALLEST_LOG: u32 = 10;
const LARGEST_LOG: u32 = 31;

enum State {
    Between { first: bool },
    Frame,
    End,
}

impl Zstd {
    pub(super) fn new(window: u64) -> io::Result<Self> {
        let mut decoder = Decoder::new()?;
        decoder.set_parameter(DParameter::WindowLogMax(
            window.max(1).ilog2().clamp(SMALLEST_LOG, LARGEST_LOG),
        ))?;
        Ok(Zstd {
            decoder,
            window,
            state: State::Between { first: true },
        })
    }

    fn frame(&mut self, source: &mut Source, out: &mut [u8], log: &mut Log) -> io::Result<usize> {
        let input = source.want(1)?;
        let at_end = input.is_empty();
        match self.decoder.run_on_buffers(input, out) {
            Ok(status) => {
                source.consume(status.bytes_read);
                if status.remaining == 0 {
                    self.decoder.reinit()?;
                    self.state = State::Between { first: false };
                } else if at_end && status.bytes_written == 0 {
                    truncated(log, "zstd");
                    self.state = State::End;
                }
                Ok(status.bytes_written)
            }
            Err(error) => {
                let message = error.to_string();
                if message.contains("memory") {
                    dictionary_too_large(log, "zstd", self.window);
                } else {
                    damaged(log, "zstd", &message);
                }
                self.state = State::End;
                Ok(0)
            }
        }
    }
}

impl Codec for Zstd {
    fn pull(&mut self, source: &mut Source, out: &mut [u8], log: &mut Log) -> io::Result<usize> {
        let mut written = 0;
        while written < out.len() {
            match self.state {
                State::Between { first } => self.state = between(source, log, first)?,
                State::Frame => written += self.frame(source, &mut out[written..], log)?,
                State::End => break,
            }
        }
        Ok(written)
    }
}

/// Steps over skippable frames to the next frame of data or the end.
fn between(source: &mut Source, log: &mut Log, first: bool) -> io::Result<State> {
    loop {
        match source.want(8)? {
            [0x28, 0xb5, 0x2f, 0xfd, ..] => return Ok(State::Frame),
            &[magic, 0x2a, 0x4d, 0x18, a, b, c, d, ..] if magic & 0xf0 == 0x50 => {
                let size = u64::from(u32::from_le_bytes([a, b, c, d]));
                source.consume(8);
                if !skip(source, size)? {
                    truncated(log, "zstd");
                    return Ok(State::End);
                }
                if size > TOLERATED_FRAME {
                    let detail = format!("{size} bytes in a skippable zstd frame");
                    log.note(OddityClass::Stowaway, "skippable-frame", detail);
                }
            }
            [] if first => {
                truncated(log, "zstd");
                return Ok(State::End);
            }
            _ => {
                tail(source, log)?;
                return Ok(State::End);
            }
        }
    }
}

fn skip(source: &mut Source, mut size: u64) -> io::Result<bool> {
    while size > 0 {
        let available = source.want(1)?.len() as u64;
        if available == 0 {
            return Ok(false);
        }
        let step = available.min(size);
        source.consume(step as usize);
        size -= step;
    }
    Ok(true)
}

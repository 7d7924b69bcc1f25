use std::io;

use liblzma::stream::{Action, Error, MtStreamBuilder, Status, Stream};

use super::{Codec, damaged, dictionary_too_large, tail, truncated};
use crate::{OddityClass, log::Log, source::Source};

/// Memory the multi-threaded decoder may plan for before it falls back to one thread.
const THREADED_MEMORY: u64 = 256 << 20;
/// What the decoders take besides the dictionary, generously.
const OVERHEAD: u64 = 1 << 20;
const MAGIC: &[u8] = b"\xfd7zXZ\0";

/// The .xz container: every stream, its padding, index and footer; several blocks on several threads.
pub(super) struct Xz {
    threads: u32,
    dictionary: u64,
    state: State,
}

enum State {
    Start,
    Body(Stream),
    End,
}

impl Xz {
    pub(super) fn new(threads: usize, dictionary: u64) -> Self {
        Xz {
            threads: u32::try_from(threads).unwrap_or(1).clamp(1, 64),
            dictionary,
            state: State::Start,
        }
    }

    /// Looks at the stream header for the kind of check, which the decoder would not tell.
    fn start(&self, source: &mut Source, log: &mut Log) -> io::Result<State> {
        if let Some(&[_, _, _, _, _, _, _, check, ..]) = source.want(12)?.first_chunk::<12>() {
            match check & 0x0f {
                0 => {
                    let detail = "the xz data carries no integrity check";
                    log.note(OddityClass::Curious, "no-integrity-check", detail);
                }
                1 | 4 | 10 => {}
                other => {
                    let detail =
                        format!("the xz integrity check {other} is not known, contents are not verified");
                    log.note(OddityClass::Curious, "unknown-integrity-check", detail);
                }
            }
        }
        let threads = if cut_by_size(source.want(48)?) {
            self.threads
        } else {
            1
        };
        Ok(match decoder(threads, self.dictionary) {
            Ok(stream) => State::Body(stream),
            Err(error) => return Err(io::Error::other(format!("xz decoder: {error}"))),
        })
    }

    /// Stream padding is zero bytes in multiples of four; then another stream or the end.
    fn next_stream(source: &mut Source, log: &mut Log) -> io::Result<State> {
        let mut padding = 0;
        while source.want(4)?.first() == Some(&0) {
            source.consume(1);
            padding += 1_u64;
        }
        if padding % 4 != 0 {
            damaged(
                log,
                "xz",
                &format!("{padding} bytes of stream padding are not a multiple of four"),
            );
            return Ok(State::End);
        }
        if source.want(MAGIC.len())?.starts_with(MAGIC) {
            return Ok(State::Start);
        }
        tail(source, log)?;
        Ok(State::End)
    }
}

impl Codec for Xz {
    fn pull(&mut self, source: &mut Source, out: &mut [u8], log: &mut Log) -> io::Result<usize> {
        let mut written = 0;
        while written < out.len() {
            match &mut self.state {
                State::Start => self.state = self.start(source, log)?,
                State::Body(stream) => {
                    match run(stream, source, &mut out[written..], log, "xz", self.dictionary)? {
                        Ran::More(count) => written += count,
                        Ran::StreamEnd(count) => {
                            written += count;
                            self.state = Self::next_stream(source, log)?;
                        }
                        Ran::Broken(count) => {
                            written += count;
                            self.state = State::End;
                        }
                    }
                }
                State::End => break,
            }
        }
        Ok(written)
    }
}

fn decoder(threads: u32, dictionary: u64) -> Result<Stream, Error> {
    if threads == 1 {
        return Stream::new_stream_decoder(dictionary.saturating_add(OVERHEAD), 0);
    }
    MtStreamBuilder::new()
        .threads(threads)
        .memlimit_threading(THREADED_MEMORY)
        .memlimit_stop(dictionary.saturating_add(OVERHEAD))
        .decoder()
}

/// Whether the first block of a stream was cut off at a round size, so that others follow. A multi-threaded
/// encoder records the size of a single block too, and decoding that on a thread of its own only costs.
fn cut_by_size(stream: &[u8]) -> bool {
    const STREAM_HEADER: usize = 12;
    const COMPRESSED_SIZE: u8 = 0x40;
    const UNCOMPRESSED_SIZE: u8 = 0x80;
    let Some([_, flags, sizes @ ..]) = stream.get(STREAM_HEADER..) else {
        return false;
    };
    if flags & COMPRESSED_SIZE == 0 || flags & UNCOMPRESSED_SIZE == 0 {
        return false;
    }
    let number_end = |bytes: &[u8]| bytes.iter().take(9).position(|byte| byte & 0x80 == 0);
    let uncompressed = number_end(sizes)
        .and_then(|end| sizes.get(end + 1..))
        .unwrap_or_default();
    let Some(end) = number_end(uncompressed) else {
        return false;
    };
    let digits = uncompressed.iter().take(end + 1).rev();
    let size = digits.fold(0_u64, |size, byte| size << 7 | u64::from(byte & 0x7f));
    size.is_multiple_of(4096) && !size.is_multiple_of(10_240)
}

/// The older .lzma container: one stream, no check.
pub(super) struct Lzma {
    dictionary: u64,
    state: State,
}

impl Lzma {
    pub(super) fn new(dictionary: u64) -> Self {
        Lzma {
            dictionary,
            state: State::Start,
        }
    }
}

impl Codec for Lzma {
    fn pull(&mut self, source: &mut Source, out: &mut [u8], log: &mut Log) -> io::Result<usize> {
        let mut written = 0;
        while written < out.len() {
            match &mut self.state {
                State::Start => {
                    let stream = Stream::new_lzma_decoder(self.dictionary.saturating_add(OVERHEAD))
                        .map_err(|error| io::Error::other(format!("lzma decoder: {error}")))?;
                    self.state = State::Body(stream);
                }
                State::Body(stream) => {
                    match run(stream, source, &mut out[written..], log, "lzma", self.dictionary)? {
                        Ran::More(count) => written += count,
                        Ran::StreamEnd(count) => {
                            written += count;
                            tail(source, log)?;
                            self.state = State::End;
                        }
                        Ran::Broken(count) => {
                            written += count;
                            self.state = State::End;
                        }
                    }
                }
                State::End => break,
            }
        }
        Ok(written)
    }
}

enum Ran {
    More(usize),
    StreamEnd(usize),
    Broken(usize),
}

/// One call of liblzma. Sets `Finish` once the source has nothing more, so that truncation is told at once.
fn run(
    stream: &mut Stream,
    source: &mut Source,
    out: &mut [u8],
    log: &mut Log,
    format: &str,
    dictionary: u64,
) -> io::Result<Ran> {
    source.want(1)?;
    let at_end = source.at_end();
    let input = source.want(1)?;
    let action = if at_end { Action::Finish } else { Action::Run };
    let (before_in, before_out) = (stream.total_in(), stream.total_out());
    let result = stream.process(input, out, action);
    let count = (stream.total_out() - before_out) as usize;
    let consumed = (stream.total_in() - before_in) as usize;
    source.consume(consumed);
    Ok(match result {
        Ok(Status::StreamEnd) => Ran::StreamEnd(count),
        Ok(Status::MemNeeded) => {
            truncated(log, format);
            Ran::Broken(count)
        }
        Ok(Status::Ok | Status::GetCheck) => Ran::More(count),
        Err(Error::MemLimit | Error::Mem) => {
            dictionary_too_large(log, format, dictionary);
            Ran::Broken(count)
        }
        Err(error) => {
            damaged(log, format, &error.to_string());
            Ran::Broken(count)
        }
    })
}

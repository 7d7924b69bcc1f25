use std::io;

use flate2::{Crc, Decompress, FlushDecompress, Status};

use super::{Codec, damaged, tail, truncated};
use crate::{OddityClass, log::Log, source::Source};

/// Longest file name or comment we look for the end of in a header.
const LONGEST_TEXT: usize = 64 * 1024;

/// gzip (RFC 1952), every member to the last byte, checksums and lengths verified.
pub(super) struct Gzip {
    inflate: Decompress,
    crc: Crc,
    state: State,
}

enum State {
    Header { first: bool },
    Body,
    Trailer,
    End,
}

impl Gzip {
    pub(super) fn new() -> Self {
        Gzip {
            inflate: Decompress::new(false),
            crc: Crc::new(),
            state: State::Header { first: true },
        }
    }

    /// Inflates until `out` is full or the member ends.
    fn body(&mut self, source: &mut Source, out: &mut [u8], log: &mut Log) -> io::Result<usize> {
        let mut written = 0;
        while written < out.len() {
            let input = source.want(1)?;
            let (before_in, before_out) = (self.inflate.total_in(), self.inflate.total_out());
            let room = &mut out[written..];
            let result = self.inflate.decompress(input, room, FlushDecompress::None);
            let consumed = (self.inflate.total_in() - before_in) as usize;
            let count = (self.inflate.total_out() - before_out) as usize;
            self.crc.update(&room[..count]);
            written += count;
            let starved = input.is_empty() && count == 0;
            source.consume(consumed);
            match result {
                Ok(Status::StreamEnd) => {
                    self.state = State::Trailer;
                    break;
                }
                Ok(_) if starved => {
                    truncated(log, "gzip");
                    self.state = State::End;
                    break;
                }
                Ok(_) if consumed == 0 && count == 0 => {
                    damaged(log, "gzip", "no progress");
                    self.state = State::End;
                    break;
                }
                Ok(_) => {}
                Err(error) => {
                    damaged(log, "gzip", error.message().unwrap_or("invalid deflate data"));
                    self.state = State::End;
                    break;
                }
            }
        }
        Ok(written)
    }

    fn trailer(&mut self, source: &mut Source, log: &mut Log) -> io::Result<State> {
        let Some((trailer, _)) = source.want(8)?.split_first_chunk::<8>() else {
            truncated(log, "gzip");
            return Ok(State::End);
        };
        let [a, b, c, d, e, f, g, h] = *trailer;
        let (crc, len) = (u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h]));
        source.consume(8);
        if crc != self.crc.sum() || len != self.crc.amount() {
            let what = format!(
                "crc {crc:08x} and length {len} promised, {:08x} and {} found",
                self.crc.sum(),
                self.crc.amount()
            );
            damaged(log, "gzip", &what);
            return Ok(State::End);
        }
        if source.want(2)?.starts_with(b"\x1f\x8b") {
            self.inflate.reset(false);
            self.crc.reset();
            return Ok(State::Header { first: false });
        }
        tail(source, log)?;
        Ok(State::End)
    }
}

impl Codec for Gzip {
    fn pull(&mut self, source: &mut Source, out: &mut [u8], log: &mut Log) -> io::Result<usize> {
        let mut written = 0;
        while written < out.len() {
            match self.state {
                State::Header { first } => {
                    self.state = if header(source, log, first)? {
                        State::Body
                    } else {
                        State::End
                    };
                }
                State::Body => written += self.body(source, &mut out[written..], log)?,
                State::Trailer => self.state = self.trailer(source, log)?,
                State::End => break,
            }
        }
        Ok(written)
    }
}

/// Reads one member's header; `false` when there is no going on.
fn header(source: &mut Source, log: &mut Log, first: bool) -> io::Result<bool> {
    const HEADER_CRC: u8 = 2;
    const EXTRA: u8 = 4;
    const NAME: u8 = 8;
    const COMMENT: u8 = 16;
    const RESERVED: u8 = 0xe0;

    let Some(&[_, _, method, flags, ..]) = source.want(10)?.first_chunk::<10>() else {
        truncated(log, "gzip");
        return Ok(false);
    };
    if method != 8 || flags & RESERVED != 0 {
        damaged(
            log,
            "gzip",
            &format!("method {method} and flags {flags:#04x} are not defined"),
        );
        return Ok(false);
    }
    source.consume(10);
    if flags & EXTRA != 0 {
        let Some(&[low, high]) = source.want(2)?.first_chunk::<2>() else {
            truncated(log, "gzip");
            return Ok(false);
        };
        let len = usize::from(u16::from_le_bytes([low, high]));
        if source.want(2 + len)?.len() < 2 + len {
            truncated(log, "gzip");
            return Ok(false);
        }
        source.consume(2 + len);
        log.note(
            OddityClass::Stowaway,
            "gzip-extra-field",
            format!("{len} bytes in a gzip extra field"),
        );
    }
    if flags & NAME != 0 {
        match text(source, log)? {
            Some(len) if len > 4096 => {
                log.note(
                    OddityClass::Stowaway,
                    "gzip-name",
                    format!("{len} bytes in a gzip file name"),
                );
            }
            Some(_) => {}
            None => return Ok(false),
        }
    }
    if flags & COMMENT != 0 {
        let Some(len) = text(source, log)? else {
            return Ok(false);
        };
        log.note(
            OddityClass::Stowaway,
            "gzip-comment",
            format!("{len} bytes in a gzip comment"),
        );
    }
    if flags & HEADER_CRC != 0 {
        if source.want(2)?.len() < 2 {
            truncated(log, "gzip");
            return Ok(false);
        }
        source.consume(2);
        if first {
            log.note(
                OddityClass::Curious,
                "gzip-header-crc",
                "the gzip header has a checksum, not verified",
            );
        }
    }
    Ok(true)
}

/// Skips a zero-terminated text and gives its length.
fn text(source: &mut Source, log: &mut Log) -> io::Result<Option<usize>> {
    let bytes = source.want(LONGEST_TEXT)?;
    let Some(len) = bytes.iter().position(|byte| *byte == 0) else {
        damaged(log, "gzip", "a text of the header has no end");
        return Ok(None);
    };
    source.consume(len + 1);
    Ok(Some(len))
}

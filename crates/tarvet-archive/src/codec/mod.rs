//! Containers: what stands between the file and the tar.

mod bzip2;
mod gzip;
mod plain;
mod xz;
mod zstd;

use std::io;

use crate::{Compression, Digested, Limits, OddityClass, format, log::Log, source::Source};

/// The ratio limit is not applied to archives smaller than this after decompression.
const RATIO_FLOOR: u64 = 64 << 20;

/// A decoder of one container format.
trait Codec: Send {
    /// Fills `out`; what it returns is less than `out.len()` only where the container ends or breaks,
    /// and whatever broke is in `log`.
    fn pull(&mut self, source: &mut Source, out: &mut [u8], log: &mut Log) -> io::Result<usize>;
}

/// The bytes of the tar inside `source`, under [`Limits`].
pub(crate) struct Decoder<'a> {
    source: Source<'a>,
    codec: Option<Box<dyn Codec>>,
    limits: Limits,
    produced: u64,
    /// What the container has to tell; complete once [`Decoder::pull`] returned less than asked.
    pub(crate) log: Log,
    pub(crate) compression: Compression,
}

impl<'a> Decoder<'a> {
    /// Looks at the first bytes and chooses the codec.
    pub(crate) fn open(mut source: Source<'a>, limits: &Limits, threads: usize) -> io::Result<Self> {
        use format::Format;
        let mut log = Log::default();
        let (compression, decodable) = match format::detect(source.want(format::SNIFF)?) {
            Format::Known(compression) => (compression, true),
            Format::Both(compression) => {
                let detail = "the first block is a tar header and carries the magic of another format too";
                log.note(OddityClass::Ambiguous, "polyglot", detail);
                (compression, true)
            }
            Format::Unsupported(name) => {
                let detail = format!("compressed with {name}, which is not supported");
                log.note(OddityClass::Corrupt, "unsupported-compression", detail);
                (Compression::None, false)
            }
            Format::NotTar(why) => {
                log.note(
                    OddityClass::Corrupt,
                    "not-a-tar",
                    format!("not a tar archive: {why}"),
                );
                (Compression::None, false)
            }
        };
        let codec: Option<Box<dyn Codec>> = match compression {
            _ if !decodable => None,
            Compression::None => Some(Box::new(plain::Plain)),
            Compression::Gzip => Some(Box::new(gzip::Gzip::new())),
            Compression::Bzip2 => Some(Box::new(bzip2::Bzip2::new())),
            Compression::Xz => Some(Box::new(xz::Xz::new(threads, limits.dictionary_bytes))),
            Compression::Lzma => Some(Box::new(xz::Lzma::new(limits.dictionary_bytes))),
            Compression::Zstd => Some(Box::new(zstd::Zstd::new(limits.dictionary_bytes)?)),
        };
        Ok(Decoder {
            source,
            codec,
            limits: *limits,
            produced: 0,
            log,
            compression,
        })
    }

    /// Whether there is anything to decode at all.
    pub(crate) fn is_tar(&self) -> bool {
        self.codec.is_some()
    }

    /// Fills `out` with the next bytes of the tar; less than `out.len()` only at the end.
    pub(crate) fn pull(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let Some(codec) = &mut self.codec else {
            return Ok(0);
        };
        let room = self.limits.bytes.saturating_sub(self.produced);
        let count = codec.pull(&mut self.source, out, &mut self.log)?;
        if self.produced == 0 && self.compression != Compression::None {
            let head = &out[..count.min(format::SNIFF)];
            if format::nested(head) {
                let detail = "the decoded data starts like another compressed or packed format";
                self.log.note(OddityClass::Ambiguous, "polyglot", detail);
            }
        }
        let allowed = count.min(usize::try_from(room).unwrap_or(usize::MAX));
        self.produced += allowed as u64;
        let consumed = self.source.consumed().max(1);
        let over_ratio = self.produced > RATIO_FLOOR && self.produced / consumed > self.limits.ratio;
        if allowed < count {
            let detail = format!(
                "more than {} bytes after decompression (limit bytes, --limit-bytes)",
                self.limits.bytes
            );
            self.log.note(OddityClass::Limit, "size-limit", detail);
        } else if over_ratio {
            let detail = format!(
                "more than {} bytes out of each byte read (limit ratio, --limit-ratio)",
                self.limits.ratio
            );
            self.log.note(OddityClass::Limit, "ratio-limit", detail);
        }
        if allowed < out.len() || over_ratio {
            self.codec = None;
        }
        Ok(allowed)
    }

    /// Reads the file to its last byte without decoding, and says what it was and what the container told.
    pub(crate) fn finish(self) -> io::Result<(Digested, Log)> {
        Ok((self.source.finish()?, self.log))
    }
}

/// Reads what follows the last stream of a container. Zero bytes alone are padding; of anything else some readers
/// make another stream (gzip decodes three older formats, Python goes on after zeros) and some make nothing.
fn tail(source: &mut Source, log: &mut Log) -> io::Result<()> {
    let mut stowed = 0;
    loop {
        let bytes = source.want(1)?;
        if bytes.is_empty() {
            break;
        }
        let count = bytes.len();
        stowed += match bytes.iter().position(|byte| *byte != 0) {
            Some(at) if stowed == 0 => (count - at) as u64,
            None if stowed == 0 => 0,
            _ => count as u64,
        };
        source.consume(count);
    }
    if stowed > 0 {
        log.note(
            OddityClass::Ambiguous,
            "trailing-data",
            format!("{stowed} bytes after the end of the compressed data"),
        );
    }
    Ok(())
}

fn dictionary_too_large(log: &mut Log, format: &str, limit: u64) {
    let detail = format!(
        "the {format} data needs a dictionary of more than {limit} bytes (limit dictionary_bytes, \
         --limit-dictionary-bytes)"
    );
    log.note(OddityClass::Limit, "dictionary-limit", detail);
}

fn truncated(log: &mut Log, format: &str) {
    log.note(
        OddityClass::Corrupt,
        "truncated-container",
        format!("the {format} data ends early"),
    );
}

fn damaged(log: &mut Log, format: &str, what: &str) {
    log.note(
        OddityClass::Corrupt,
        "damaged-container",
        format!("the {format} data is damaged: {what}"),
    );
}

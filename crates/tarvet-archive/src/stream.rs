//! One compressed stream that is not a tarball: the payload of a package.
//!
//! [`crate::read`] joins several streams, as tar does. Readers of packages stop after the first, or do not (rpm goes on
//! with gzip and zstd, and stops with bzip2 and xz), so here exactly one is read, and whatever follows it is told.

use std::{
    fmt,
    io::{self, BufRead, ErrorKind, Read},
};

use sha2::Digest;

use crate::{Compression, Digested, Limits, Oddity, OddityClass, Sha256, log::Log, source::BUFFER};

/// The ratio limit is not applied below this many decoded bytes.
const RATIO_FLOOR: u64 = 64 << 20;
/// What the decoders take besides the dictionary, generously.
const OVERHEAD: u64 = 1 << 20;

/// The decoded bytes of one compressed stream.
///
/// Damage and limits are the end of the bytes, and an [`Oddity`] of [`Stream::finish`]; an error is one of the medium.
pub struct Stream<'a> {
    decoder: Decoder<'a>,
    compression: Compression,
    limits: Limits,
    len: u64,
    digest: sha2::Sha256,
    ended: bool,
    log: Log,
}

/// What there is to tell about a [`Stream`] that was read to its end.
#[derive(Debug)]
pub struct StreamEnd {
    /// Every byte of the input, those after the stream included.
    pub encoded: Digested,
    /// The bytes that came out.
    pub decoded: Digested,
    /// What was wrong: damage, limits, and bytes after the end.
    pub oddities: Vec<Oddity>,
}

impl fmt::Debug for Stream<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream")
            .field("compression", &self.compression)
            .field("len", &self.len)
            .finish_non_exhaustive()
    }
}

impl<'a> Stream<'a> {
    /// Decodes `input` as `compression`, whatever its first bytes look like. Err: the decoder could not be made.
    pub fn new(
        input: impl Read + Send + 'a,
        compression: Compression,
        limits: &Limits,
    ) -> io::Result<Stream<'a>> {
        let medium = Medium::new(Box::new(input));
        let memory = limits.dictionary_bytes.saturating_add(OVERHEAD);
        let xz = |made: Result<liblzma::stream::Stream, liblzma::stream::Error>| {
            made.map_err(|error| io::Error::other(format!("xz decoder: {error}")))
        };
        let decoder = match compression {
            Compression::None => Decoder::Plain(medium),
            Compression::Gzip => Decoder::Gzip(Box::new(flate2::bufread::GzDecoder::new(medium))),
            Compression::Bzip2 => Decoder::Bzip2(Box::new(bzip2::bufread::BzDecoder::new(medium))),
            Compression::Xz => {
                let stream = xz(liblzma::stream::Stream::new_stream_decoder(memory, 0))?;
                Decoder::Xz(Box::new(liblzma::bufread::XzDecoder::new_stream(medium, stream)))
            }
            Compression::Lzma => {
                let stream = xz(liblzma::stream::Stream::new_lzma_decoder(memory))?;
                Decoder::Xz(Box::new(liblzma::bufread::XzDecoder::new_stream(medium, stream)))
            }
            Compression::Zstd => {
                let mut decoder = zstd::Decoder::with_buffer(medium)?.single_frame();
                decoder.window_log_max(limits.dictionary_bytes.max(1).ilog2().clamp(10, 31))?;
                Decoder::Zstd(Box::new(decoder))
            }
        };
        Ok(Stream {
            decoder,
            compression,
            limits: *limits,
            len: 0,
            digest: sha2::Sha256::new(),
            ended: false,
            log: Log::default(),
        })
    }

    /// Reads to the end of the stream, then to the end of the input.
    pub fn finish(mut self) -> io::Result<StreamEnd> {
        let mut block = vec![0; BUFFER];
        while self.read(&mut block)? > 0 {}
        let follows = self.tail(&mut block)?;
        if follows > 0 && self.log.fault().is_none() {
            let detail = format!("{follows} bytes follow the end of the compressed data, nothing may");
            self.log.note(OddityClass::Ambiguous, "trailing-data", detail);
        }
        let medium = self.decoder.medium();
        Ok(StreamEnd {
            encoded: Digested {
                len: medium.len,
                sha256: Sha256(std::mem::take(&mut medium.digest).finalize().into()),
            },
            decoded: Digested {
                len: self.len,
                sha256: Sha256(self.digest.finalize().into()),
            },
            oddities: self.log.finish(),
        })
    }

    /// Counts the bytes behind the stream.
    fn tail(&mut self, block: &mut [u8]) -> io::Result<u64> {
        let medium = self.decoder.medium();
        let mut follows = 0;
        loop {
            match medium.read(block) {
                Ok(0) => return Ok(follows),
                Ok(count) => follows += count as u64,
                Err(error) => return Err(medium.failure.take().unwrap_or(error)),
            }
        }
    }

    fn decode(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            let result = self.decoder.read(out);
            let error = match result {
                Ok(count) => return Ok(count),
                Err(error) => error,
            };
            if let Some(failure) = self.decoder.medium().failure.take() {
                return Err(failure);
            }
            if error.kind() == ErrorKind::Interrupted {
                continue;
            }
            self.damage(&error);
            return Ok(0);
        }
    }

    /// Turns a decoder's complaint into an oddity.
    fn damage(&mut self, error: &io::Error) {
        let format = crate::format::name(self.compression);
        let text = error.to_string();
        if error.kind() == ErrorKind::UnexpectedEof || text.contains("premature eof") {
            let detail = format!("the {format} data ends early");
            self.log.note(OddityClass::Corrupt, "truncated-container", detail);
        } else if text.to_ascii_lowercase().contains("memory") {
            let detail = format!(
                "the {format} data needs a dictionary of more than {} bytes (limit dictionary_bytes, \
                 --limit-dictionary-bytes)",
                self.limits.dictionary_bytes
            );
            self.log.note(OddityClass::Limit, "dictionary-limit", detail);
        } else {
            let detail = format!("the {format} data is damaged: {text}");
            self.log.note(OddityClass::Corrupt, "damaged-container", detail);
        }
    }

    /// Applies the limits to `count` more decoded bytes, and gives how many of them may pass.
    fn allow(&mut self, count: usize) -> usize {
        let room = self.limits.bytes.saturating_sub(self.len);
        let allowed = count.min(usize::try_from(room).unwrap_or(usize::MAX));
        let read = self.decoder.medium().len.max(1);
        let len = self.len + allowed as u64;
        if allowed < count {
            let detail = format!(
                "more than {} bytes after decompression (limit bytes, --limit-bytes)",
                self.limits.bytes
            );
            self.log.note(OddityClass::Limit, "size-limit", detail);
            self.ended = true;
        } else if len > RATIO_FLOOR && len / read > self.limits.ratio {
            let detail = format!(
                "more than {} bytes out of each byte read (limit ratio, --limit-ratio)",
                self.limits.ratio
            );
            self.log.note(OddityClass::Limit, "ratio-limit", detail);
            self.ended = true;
        }
        allowed
    }
}

impl Read for Stream<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.ended || out.is_empty() {
            return Ok(0);
        }
        // In steps, so that the limits are asked often enough.
        let step = out.len().min(BUFFER);
        let count = self.decode(out.get_mut(..step).unwrap_or_default())?;
        if count == 0 {
            self.ended = true;
            return Ok(0);
        }
        let allowed = self.allow(count);
        if let Some(passed) = out.get(..allowed) {
            self.digest.update(passed);
        }
        self.len += allowed as u64;
        Ok(allowed)
    }
}

enum Decoder<'a> {
    Plain(Medium<'a>),
    Gzip(Box<flate2::bufread::GzDecoder<Medium<'a>>>),
    Bzip2(Box<bzip2::bufread::BzDecoder<Medium<'a>>>),
    Xz(Box<liblzma::bufread::XzDecoder<Medium<'a>>>),
    Zstd(Box<zstd::Decoder<'static, Medium<'a>>>),
}

impl<'a> Decoder<'a> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self {
            Decoder::Plain(medium) => medium.read(out),
            Decoder::Gzip(decoder) => decoder.read(out),
            Decoder::Bzip2(decoder) => decoder.read(out),
            Decoder::Xz(decoder) => decoder.read(out),
            Decoder::Zstd(decoder) => decoder.read(out),
        }
    }

    fn medium(&mut self) -> &mut Medium<'a> {
        match self {
            Decoder::Plain(medium) => medium,
            Decoder::Gzip(decoder) => decoder.get_mut(),
            Decoder::Bzip2(decoder) => decoder.get_mut(),
            Decoder::Xz(decoder) => decoder.get_mut(),
            Decoder::Zstd(decoder) => decoder.get_mut(),
        }
    }
}

/// The input: buffered, counted and digested. It remembers its own errors, so that they are not taken for damage.
struct Medium<'a> {
    input: Box<dyn Read + Send + 'a>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    len: u64,
    digest: sha2::Sha256,
    failure: Option<io::Error>,
}

impl<'a> Medium<'a> {
    fn new(input: Box<dyn Read + Send + 'a>) -> Self {
        Medium {
            input,
            buffer: vec![0; BUFFER],
            start: 0,
            end: 0,
            len: 0,
            digest: sha2::Sha256::new(),
            failure: None,
        }
    }

    fn refill(&mut self) -> io::Result<()> {
        loop {
            match self.input.read(&mut self.buffer) {
                Ok(count) => {
                    self.start = 0;
                    self.end = count.min(self.buffer.len());
                    self.len += self.end as u64;
                    self.digest
                        .update(self.buffer.get(..self.end).unwrap_or_default());
                    return Ok(());
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    let kind = error.kind();
                    self.failure = Some(error);
                    return Err(kind.into());
                }
            }
        }
    }
}

impl BufRead for Medium<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.start == self.end {
            self.refill()?;
        }
        Ok(self.buffer.get(self.start..self.end).unwrap_or_default())
    }

    fn consume(&mut self, count: usize) {
        self.start = (self.start + count).min(self.end);
    }
}

impl Read for Medium<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let bytes = self.fill_buf()?;
        let count = bytes.len().min(out.len());
        if let (Some(to), Some(from)) = (out.get_mut(..count), bytes.get(..count)) {
            to.copy_from_slice(from);
        }
        self.consume(count);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    const TEXT: &[u8] = b"a payload, and not a tar";

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn encoded(compression: Compression) -> Vec<u8> {
        match compression {
            Compression::None => TEXT.to_vec(),
            Compression::Gzip => gzip(TEXT),
            Compression::Bzip2 => {
                let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
                encoder.write_all(TEXT).unwrap();
                encoder.finish().unwrap()
            }
            Compression::Xz => liblzma::encode_all(TEXT, 6).unwrap(),
            Compression::Lzma => {
                let options = liblzma::stream::LzmaOptions::new_preset(6).unwrap();
                let stream = liblzma::stream::Stream::new_lzma_encoder(&options).unwrap();
                let mut encoder = liblzma::write::XzEncoder::new_stream(Vec::new(), stream);
                encoder.write_all(TEXT).unwrap();
                encoder.finish().unwrap()
            }
            Compression::Zstd => zstd::encode_all(TEXT, 19).unwrap(),
        }
    }

    fn decode(bytes: &[u8], compression: Compression, limits: &Limits) -> (Vec<u8>, StreamEnd) {
        let mut stream = Stream::new(bytes, compression, limits).unwrap();
        let mut out = Vec::new();
        stream.read_to_end(&mut out).unwrap();
        (out, stream.finish().unwrap())
    }

    const COMPRESSED: [Compression; 5] = [
        Compression::Gzip,
        Compression::Bzip2,
        Compression::Xz,
        Compression::Lzma,
        Compression::Zstd,
    ];

    #[test]
    fn every_format_is_decoded_and_digested() {
        for compression in COMPRESSED.into_iter().chain([Compression::None]) {
            let bytes = encoded(compression);
            let (out, end) = decode(&bytes, compression, &Limits::default());
            assert_eq!(out, TEXT, "{compression:?}");
            assert_eq!(end.oddities, [], "{compression:?}");
            assert_eq!(end.encoded.len, bytes.len() as u64);
            assert_eq!(
                end.encoded.sha256.0,
                <[u8; 32]>::from(sha2::Sha256::digest(&bytes))
            );
            assert_eq!(end.decoded.sha256.0, <[u8; 32]>::from(sha2::Sha256::digest(TEXT)));
        }
    }

    #[test]
    fn a_second_stream_and_any_other_byte_behind_the_first_are_told() {
        for compression in COMPRESSED {
            for more in [encoded(compression), b"\0".to_vec(), b"x".to_vec()] {
                let mut bytes = encoded(compression);
                bytes.extend_from_slice(&more);
                let (out, end) = decode(&bytes, compression, &Limits::default());
                assert_eq!(out, TEXT, "{compression:?}");
                assert_eq!(end.oddities.len(), 1, "{compression:?}");
                assert_eq!(end.oddities[0].code, "trailing-data", "{compression:?}");
                assert_eq!(end.encoded.len, bytes.len() as u64);
            }
        }
    }

    #[test]
    fn each_cut_is_told_and_none_is_an_error() {
        for compression in COMPRESSED {
            let bytes = encoded(compression);
            for cut in 0..bytes.len() {
                let (_, end) = decode(&bytes[..cut], compression, &Limits::default());
                assert_eq!(end.oddities.len(), 1, "{compression:?} cut at {cut}");
                assert_eq!(
                    end.oddities[0].class,
                    OddityClass::Corrupt,
                    "{compression:?} {cut}"
                );
            }
        }
    }

    #[test]
    fn another_format_than_named_is_damage() {
        let (out, end) = decode(&gzip(TEXT), Compression::Xz, &Limits::default());
        assert!(out.is_empty());
        assert_eq!(end.oddities[0].code, "damaged-container");
    }

    #[test]
    fn limits_end_the_bytes() {
        let limits = Limits {
            bytes: 5,
            ..Limits::default()
        };
        for compression in COMPRESSED {
            let (out, end) = decode(&encoded(compression), compression, &limits);
            assert_eq!(out, &TEXT[..5]);
            assert_eq!(end.oddities[0].code, "size-limit");
        }
        let bomb = gzip(&vec![0; 80 << 20]);
        let limits = Limits {
            ratio: 100,
            ..Limits::default()
        };
        let (out, end) = decode(&bomb, Compression::Gzip, &limits);
        assert!(out.len() < 70 << 20);
        assert_eq!(end.oddities[0].code, "ratio-limit");
    }

    #[test]
    fn a_dictionary_above_the_limit_is_told() {
        let limits = Limits {
            dictionary_bytes: 64 << 10,
            ..Limits::default()
        };
        let mut zeros = zstd::Encoder::new(Vec::new(), 19).unwrap();
        zeros.long_distance_matching(true).unwrap();
        zeros.window_log(27).unwrap();
        zeros.write_all(&vec![7; 1 << 20]).unwrap();
        let zeros = zeros.finish().unwrap();
        for (compression, bytes) in [
            (Compression::Xz, encoded(Compression::Xz)),
            (Compression::Zstd, zeros),
        ] {
            let (_, end) = decode(&bytes, compression, &limits);
            assert_eq!(end.oddities[0].code, "dictionary-limit", "{compression:?}");
        }
    }

    #[test]
    fn an_error_of_the_medium_stays_an_error() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(ErrorKind::PermissionDenied.into())
            }
        }
        for compression in COMPRESSED {
            let mut stream = Stream::new(Broken, compression, &Limits::default()).unwrap();
            let error = stream.read(&mut [0; 9]).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::PermissionDenied, "{compression:?}");
        }
    }
}

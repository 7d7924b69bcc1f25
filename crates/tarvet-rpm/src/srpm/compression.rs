//! Which decoder reads the payload.

use std::io::{self, Read};

use tarvet_archive::Compression;

use super::facts::Compressor;

/// The compression, and the input from its first byte. `None` where there is none that we know.
pub(super) fn choose<R: Read>(
    compressor: Compressor,
    mut input: R,
) -> io::Result<(Option<Compression>, impl Read + use<R>)> {
    let mut start = Vec::new();
    let compression = match compressor {
        Compressor::Named(compression) => Some(compression),
        Compressor::Unknown => None,
        Compressor::Unnamed => {
            // rpm reads with zlib then, which passes on what is not gzip.
            input.by_ref().take(2).read_to_end(&mut start)?;
            Some(if start == b"\x1f\x8b" {
                Compression::Gzip
            } else {
                Compression::None
            })
        }
    };
    Ok((compression, io::Cursor::new(start).chain(input)))
}

//! Decompresses tarballs to nowhere, with the same libraries as `read`: the floor to measure against.
//! `decode_only [--threads N] FILE…`.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a test may panic and say why it skips"
)]
use std::{
    fs::File,
    io::{self, Read},
};

use liblzma::stream::{MtStreamBuilder, Stream};

fn main() -> io::Result<()> {
    let mut threads = 1;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == "--threads" {
            threads = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(1);
            continue;
        }
        let file = io::BufReader::with_capacity(256 * 1024, File::open(&argument)?);
        let mut input: Box<dyn Read> = match argument.rsplit('.').next().unwrap_or_default() {
            "gz" | "tgz" => Box::new(flate2::bufread::MultiGzDecoder::new(file)),
            "bz2" => Box::new(bzip2::bufread::MultiBzDecoder::new(file)),
            "xz" if threads > 1 => {
                let stream = MtStreamBuilder::new()
                    .threads(threads)
                    .memlimit_threading(256 << 20)
                    .memlimit_stop(256 << 20)
                    .decoder()?;
                Box::new(liblzma::bufread::XzDecoder::new_stream(file, stream))
            }
            "xz" => {
                let stream = Stream::new_stream_decoder(u64::MAX, liblzma::stream::CONCATENATED)?;
                Box::new(liblzma::bufread::XzDecoder::new_stream(file, stream))
            }
            "zst" => Box::new(zstd::stream::read::Decoder::with_buffer(file)?),
            _ => Box::new(file),
        };
        let mut block = vec![0; 1 << 20];
        while input.read(&mut block)? > 0 {}
    }
    Ok(())
}

//! Tars and containers around them.
use std::io::Write;

use liblzma::stream::{Check, LzmaOptions, Stream};
use tarvet_testkit::tar::Tar;

pub fn tar() -> Vec<u8> {
    let noise: Vec<u8> = (0..300_000_u32)
        .flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes())
        .collect();
    Tar::new()
        .dir("foo/")
        .file("foo/main.c", "int main;\n")
        .file("foo/noise", noise)
        .finish()
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("in memory");
    encoder.finish().expect("in memory")
}

pub fn gzip_with(builder: flate2::GzBuilder, bytes: &[u8]) -> Vec<u8> {
    let mut encoder = builder.write(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("in memory");
    encoder.finish().expect("in memory")
}

pub fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    encoder.write_all(bytes).expect("in memory");
    encoder.finish().expect("in memory")
}

pub fn encode(stream: Stream, bytes: &[u8]) -> Vec<u8> {
    let mut encoder = liblzma::write::XzEncoder::new_stream(Vec::new(), stream);
    encoder.write_all(bytes).expect("in memory");
    encoder.finish().expect("in memory")
}

pub fn xz(bytes: &[u8]) -> Vec<u8> {
    encode(
        Stream::new_easy_encoder(1, Check::Crc64).expect("in memory"),
        bytes,
    )
}

pub fn lzma(bytes: &[u8]) -> Vec<u8> {
    encode(
        Stream::new_lzma_encoder(&LzmaOptions::new_preset(1).expect("in memory")).expect("in memory"),
        bytes,
    )
}

pub fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).expect("in memory")
}

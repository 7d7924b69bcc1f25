//! Files that are more or less than a tar in a container: rows T13 and T24.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a test may panic and say why it skips"
)]
mod support;

use std::io::Write;

use liblzma::stream::{Check, LzmaOptions, Stream};
use support::{
    codes,
    pack::{encode, gzip, tar, xz, zstd},
    quiet, read, read_with, tells,
};
use tarvet_archive::{
    Limits,
    OddityClass::{Ambiguous, Corrupt, Limit},
};
use tarvet_testkit::tar::{Header, Tar};

#[test]
fn t24_what_is_no_tar() {
    for head in [
        &b"PK\x03\x04zip"[..],
        b"!<arch>\ndebian",
        b"070701cpio",
        b"",
        b"hello",
        b"\xed\xab\xee\xdb",
    ] {
        let tarball = read(head);
        assert_eq!(codes(&tarball), [(Corrupt, "not-a-tar")], "{head:?}");
        assert_eq!(tarball.file.len, head.len() as u64);
    }
    for head in [&b"LZIP\x01data"[..], b"\x1f\x9d\x90data", b"\x04\x22\x4d\x18lz4"] {
        assert_eq!(codes(&read(head)), [(Corrupt, "unsupported-compression")]);
    }
    assert_eq!(codes(&read(&gzip(b"no tar inside"))), [(Corrupt, "truncated")]);
    assert_eq!(codes(&read(&gzip(&[b'x'; 2000]))), [(Corrupt, "not-a-tar")]);
    assert_eq!(codes(&read(&gzip(b""))), [(Corrupt, "not-a-tar")]);
    tells(
        &read(&Tar::new().file("BZh91AY", "x").finish()),
        Ambiguous,
        "polyglot",
    );
    tells(
        &read(&Tar::new().file(b"PK\x03\x04", "x").finish()),
        Ambiguous,
        "polyglot",
    );
    for magic in [
        &b"\x5d\0\0\x80\0\xff\xff\xff\xff\xff\xff\xff\xff\0\x23\x10"[..],
        b"\x5d\0\0\x01\0\0\x0c\0\0\0\0\0\0\0\x23\x10",
        b"\x5d\x01\x02\x03\x04\xff\xff\xff\xff\xff\xff\xff\xff\0\x23\x10",
        b"begin 644 a",
        b"text\nbegin-base64 644 a",
        b"LRZI\0\x06",
        b"\x1f\x9d\x90",
        b"\x1f\x9e\x08",
        b"\x1f\x8b\x08",
        b"7z\xbc\xaf\x27\x1c",
        b"\x28\xb5\x2f\xfd",
    ] {
        for (flag, content) in [(b'0', &b"x"[..]), (b'g', b"13 comment=x\n")] {
            let tar = Tar::new().member(Header::new(flag, magic), content).file("x", "");
            let tar = tar.finish();
            tells(&read(&tar), Ambiguous, "polyglot");
            tells(&read(&gzip(&tar)), Ambiguous, "polyglot");
            tells(&read(&xz(&tar)), Ambiguous, "polyglot");
        }
    }
    for inner in [gzip(&tar()), xz(&tar()), b"PK\x03\x04zip".to_vec()] {
        tells(&read(&gzip(&inner)), Ambiguous, "polyglot");
    }
    for name in ["a", "a0", "a@", "v ", "begin", "x/begin 644 a", "\u{fd}\u{fe}"] {
        quiet(&read(&Tar::new().file(name, "x").finish()));
        quiet(&read(&gzip(&Tar::new().file(name, "x").finish())));
    }
    let zip_tail = [tar(), b"PK\x05\x06".to_vec(), vec![0; 18]].concat();
    tells(&read(&zip_tail), Ambiguous, "data-after-end");
}

#[test]
fn large_dictionaries_need_a_larger_limit() {
    let tar = tar();
    let mut options = LzmaOptions::new_preset(1).unwrap();
    options.dict_size(8 << 20);
    let lzma = encode(Stream::new_lzma_encoder(&options).unwrap(), &tar);
    let mut filters = liblzma::stream::Filters::new();
    filters.lzma2(&options);
    let xz = encode(Stream::new_stream_encoder(&filters, Check::Crc64).unwrap(), &tar);
    let mut zstd = zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
    zstd.window_log(23).unwrap();
    zstd.write_all(&tar).unwrap();
    let zstd = zstd.finish().unwrap();
    for (bytes, demanded) in [(lzma, 8 << 20), (xz, 8 << 20), (zstd, 8 << 20)] {
        let limited = |dictionary_bytes| {
            read_with(
                &bytes,
                Limits {
                    dictionary_bytes,
                    ..Limits::default()
                },
            )
        };
        quiet(&limited(demanded));
        quiet(&limited(u64::MAX));
        let refused = limited(1 << 20);
        tells(&refused, Limit, "dictionary-limit");
        assert!(
            refused.oddities[0].detail.contains("--limit-dictionary-bytes"),
            "{:?}",
            refused.oddities
        );
    }
}

#[test]
fn t13_bombs() {
    let zeros = vec![0; 80 << 20];
    let bomb = zstd(&Tar::new().file("z", &zeros).finish());
    let tarball = read(&bomb);
    assert_eq!(codes(&tarball), [(Limit, "ratio-limit")]);
    assert_eq!(tarball.file.len, bomb.len() as u64);
    let tarball = read_with(
        &bomb,
        Limits {
            ratio: u64::MAX,
            ..Limits::default()
        },
    );
    quiet(&tarball);
    let tarball = read_with(
        &bomb,
        Limits {
            ratio: u64::MAX,
            bytes: 1 << 20,
            ..Limits::default()
        },
    );
    assert_eq!(codes(&tarball), [(Limit, "size-limit")]);
}

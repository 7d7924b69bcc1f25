//! Containers: honest ones in every format, and the tricks of rows T17 to T19 and T24.
#![allow(clippy::unwrap_used, clippy::expect_used)] // a test may fail loudly
mod support;

use std::io::{Read, Write};

use liblzma::stream::{Check, LzmaOptions, MtStreamBuilder, Stream};
use support::pack::{bzip2, encode, gzip, gzip_with, lzma, tar, xz, zstd};
use support::{codes, options, quiet, read, tells};
use tarvet_archive::{
    Compression, Limits,
    OddityClass::{Ambiguous, Corrupt, Curious, Limit, NameMismatch, Stowaway},
    Tarball,
};
use tarvet_testkit::tar::Tar;

type Compress = fn(&[u8]) -> Vec<u8>;
const ALL: &[(Compression, Compress)] = &[
    (Compression::Gzip, gzip),
    (Compression::Bzip2, bzip2),
    (Compression::Xz, xz),
    (Compression::Lzma, lzma),
    (Compression::Zstd, zstd),
    (Compression::None, |bytes| bytes.to_vec()),
];

fn same_contents(tarball: &Tarball, plain: &Tarball) {
    assert_eq!(tarball.manifest, plain.manifest);
    assert_eq!(tarball.tar, plain.tar);
}

#[test]
fn every_format_gives_the_same_manifest() {
    let tar = tar();
    let plain = read(&tar);
    assert_eq!(plain.tar, Some(plain.file));
    for (compression, compress) in ALL {
        let tarball = read(&compress(&tar));
        quiet(&tarball);
        assert_eq!(tarball.compression, *compression);
        same_contents(&tarball, &plain);
    }
}

#[test]
fn several_streams_are_one_tar() {
    let tar = tar();
    let plain = read(&tar);
    let (a, b) = tar.split_at(700_001);
    for (compression, compress) in ALL {
        let joined = [compress(a), compress(b)].concat();
        if *compression == Compression::Lzma {
            tells(&read(&joined), Ambiguous, "trailing-data");
        } else {
            quiet(&read(&joined));
            same_contents(&read(&joined), &plain);
        }
    }
    let empty = [gzip(b""), gzip(&tar), gzip(b""), vec![0; 5000]].concat();
    quiet(&read(&empty));
    let padded = [xz(a), vec![0; 8], xz(b), vec![0; 4]].concat();
    quiet(&read(&padded));
    same_contents(&read(&padded), &plain);
}

#[test]
fn xz_of_several_blocks_on_any_number_of_threads() {
    let tar = tar();
    let plain = read(&tar);
    let stream = MtStreamBuilder::new()
        .threads(2)
        .preset(0)
        .block_size(64 << 10)
        .check(Check::Crc32)
        .encoder();
    let blocks = encode(stream.unwrap(), &tar);
    let twice = [blocks.clone(), blocks.clone()].concat();
    for threads in [0, 1, 2, 8] {
        let options = tarvet_archive::Options { threads, ..options() };
        let tarball = tarvet_archive::read(&blocks[..], None, &options, None).unwrap();
        quiet(&tarball);
        same_contents(&tarball, &plain);
        tells(
            &tarvet_archive::read(&twice[..], None, &options, None).unwrap(),
            Ambiguous,
            "data-after-end",
        );
        let mut damaged = blocks.clone();
        damaged[500_000] ^= 1;
        tells(
            &tarvet_archive::read(&damaged[..], None, &options, None).unwrap(),
            Corrupt,
            "damaged-container",
        );
        let cut = tarvet_archive::read(&blocks[..blocks.len() - 20], None, &options, None).unwrap();
        tells(&cut, Corrupt, "truncated-container");
    }
}

#[test]
fn cut_anywhere_is_told() {
    let tar = tar();
    for (compression, compress) in &ALL[..5] {
        let whole = compress(&tar);
        for cut in [whole.len() - 1, whole.len() - 9, whole.len() / 2, 20] {
            let tarball = read(&whole[..cut]);
            assert!(
                codes(&tarball).iter().any(|(class, _)| *class == Corrupt),
                "{compression:?} {cut}: {:?}",
                tarball.oddities
            );
            assert_eq!(tarball.file.len, cut as u64);
        }
    }
}

#[test]
fn t17_gzip() {
    let tar = tar();
    let good = gzip(&tar);
    let evil = Tar::new().file("foo/main.c", "evil").finish();
    tells(
        &read(&[good.clone(), gzip(&evil)].concat()),
        Ambiguous,
        "data-after-end",
    );
    assert_eq!(
        codes(&read(&[&good[..], b"junk"].concat())),
        [(Ambiguous, "trailing-data")]
    );
    assert_eq!(
        codes(&read(&[&good[..], &[7; 5000]].concat())),
        [(Ambiguous, "trailing-data")]
    );
    for second in [&b"junk"[..], &gzip(&evil), b"x"] {
        for zeros in [8, 600, 300_000] {
            assert_eq!(
                codes(&read(&[&good[..], &vec![0; zeros], second].concat())),
                [(Ambiguous, "trailing-data")]
            );
        }
    }
    for magic in [b"\x1f\x9d", b"\x1f\x9e", b"\x1f\x1e", b"\x1f\xa0"] {
        assert_eq!(
            codes(&read(&[&good[..], magic, &gzip(&evil)[2..]].concat())),
            [(Ambiguous, "trailing-data")]
        );
    }
    quiet(&read(&[&good[..], &[0; 600]].concat()));
    for at in [good.len() - 1, good.len() - 8] {
        let mut wrong = good.clone();
        wrong[at] ^= 1;
        assert_eq!(codes(&read(&wrong)), [(Corrupt, "damaged-container")]);
    }
    let new = flate2::GzBuilder::new;
    quiet(&read(&gzip_with(new().filename("foo.tar").mtime(1), &tar)));
    assert_eq!(
        codes(&read(&gzip_with(new().extra(vec![1; 60_000]), &tar))),
        [(Stowaway, "gzip-extra-field")]
    );
    assert_eq!(
        codes(&read(&gzip_with(new().comment("cargo"), &tar))),
        [(Stowaway, "gzip-comment")]
    );
    assert_eq!(
        codes(&read(&gzip_with(new().filename("n".repeat(9000)), &tar))),
        [(Stowaway, "gzip-name")]
    );
    let mut reserved = good;
    reserved[3] = 0x80;
    tells(&read(&reserved), Corrupt, "damaged-container");
}

#[test]
fn t18_xz() {
    let tar = tar();
    let good = xz(&tar);
    let evil = Tar::new().file("foo/main.c", "evil").finish();
    tells(
        &read(&[good.clone(), xz(&evil)].concat()),
        Ambiguous,
        "data-after-end",
    );
    assert_eq!(
        codes(&read(&[&good[..], b"junk"].concat())),
        [(Ambiguous, "trailing-data")]
    );
    assert_eq!(
        codes(&read(&[&good[..], &[0; 3]].concat())),
        [(Corrupt, "damaged-container")]
    );
    for back in [1, 5, 14, 22] {
        let mut wrong = good.clone();
        let at = wrong.len() - back;
        wrong[at] ^= 1;
        assert_eq!(
            codes(&read(&wrong)),
            [(Corrupt, "damaged-container")],
            "{back} from the end"
        );
    }
    let unchecked = encode(Stream::new_easy_encoder(1, Check::None).unwrap(), &tar);
    assert_eq!(codes(&read(&unchecked)), [(Curious, "no-integrity-check")]);
    let sha256 = encode(Stream::new_easy_encoder(1, Check::Sha256).unwrap(), &tar);
    quiet(&read(&sha256));
    let mut options = LzmaOptions::new_preset(1).unwrap();
    options.dict_size(1 << 30);
    let mut huge = lzma(&tar);
    huge[1..5].copy_from_slice(&(1_u32 << 30).to_le_bytes());
    tells(&read(&huge), Limit, "dictionary-limit");
}

#[test]
fn t19_zstd_and_bzip2() {
    let tar = tar();
    let good = zstd(&tar);
    let skippable = |len: u32| {
        [
            &0x184d_2a53_u32.to_le_bytes()[..],
            &len.to_le_bytes(),
            &vec![9; len as usize],
        ]
        .concat()
    };
    quiet(&read(&[skippable(4), good.clone(), skippable(64)].concat()));
    assert_eq!(
        codes(&read(&[good.clone(), skippable(65)].concat())),
        [(Stowaway, "skippable-frame")]
    );
    assert_eq!(
        codes(&read(&[skippable(700_000), good.clone()].concat())),
        [(Stowaway, "skippable-frame")]
    );
    assert_eq!(
        codes(&read(&[&good[..], b"junk"].concat())),
        [(Ambiguous, "trailing-data")]
    );
    let cut = skippable(500);
    tells(
        &read(&[&good[..], &cut[..300]].concat()),
        Corrupt,
        "truncated-container",
    );
    let mut checked = zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
    checked.include_checksum(true).unwrap();
    checked.write_all(&tar).unwrap();
    let mut checked = checked.finish().unwrap();
    quiet(&read(&checked));
    *checked.last_mut().unwrap() ^= 1;
    assert_eq!(codes(&read(&checked)), [(Corrupt, "damaged-container")]);
    let mut with_dictionary =
        zstd::stream::write::Encoder::with_dictionary(Vec::new(), 1, b"int main; int main; int main;")
            .unwrap();
    with_dictionary.write_all(&tar).unwrap();
    let _ = read(&with_dictionary.finish().unwrap());

    let good = bzip2(&tar);
    let evil = Tar::new().file("foo/main.c", "evil").finish();
    tells(
        &read(&[good.clone(), bzip2(&evil)].concat()),
        Ambiguous,
        "data-after-end",
    );
    assert_eq!(
        codes(&read(&[&good[..], b"junk"].concat())),
        [(Ambiguous, "trailing-data")]
    );
    let mut wrong = good.clone();
    let at = wrong.len() / 2;
    wrong[at] ^= 1;
    tells(&read(&wrong), Corrupt, "damaged-container");
}

#[test]
fn names_are_only_compared() {
    let tar = tar();
    let named = |bytes: &[u8], name: &str| tarvet_archive::read(bytes, Some(name), &options(), None).unwrap();
    for name in [
        "foo.tar.gz",
        "foo.tgz",
        "FOO.TAR.GZ",
        "foo",
        "foo.orig",
        "foo.crate",
    ] {
        quiet(&named(&gzip(&tar), name));
    }
    for (bytes, name) in [
        (gzip(&tar), "foo.tar.xz"),
        (xz(&tar), "foo.tgz"),
        (tar.clone(), "foo.tar.bz2"),
        (gzip(&tar), "foo.tar"),
    ] {
        assert_eq!(codes(&named(&bytes, name)), [(NameMismatch, "name-mismatch")]);
    }
    quiet(&named(&xz(&tar), "foo.txz"));
    quiet(&named(&bzip2(&tar), "foo.tbz"));
    quiet(&named(&zstd(&tar), "foo.tar.zst"));
}

#[test]
fn decompress_gives_the_tar_or_says_why_not() {
    let tar = tar();
    for (_, compress) in ALL {
        let mut bytes = Vec::new();
        let file = compress(&tar);
        tarvet_archive::decompress(&file[..], &Limits::default())
            .unwrap()
            .read_to_end(&mut bytes)
            .unwrap();
        assert!(bytes == tar);
    }
    let mut bytes = Vec::new();
    let cut = &xz(&tar)[..100_000];
    let error = tarvet_archive::decompress(cut, &Limits::default())
        .unwrap()
        .read_to_end(&mut bytes)
        .unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidData);
    assert!(tar.starts_with(&bytes) && !bytes.is_empty());
    let limits = Limits {
        bytes: 1000,
        ..Limits::default()
    };
    let error = tarvet_archive::decompress(&gzip(&tar)[..], &limits)
        .unwrap()
        .read_to_end(&mut bytes)
        .unwrap_err();
    assert!(error.to_string().contains("1000 bytes"), "{error}");
}

/// Wants one file, and keeps it unless it is what was expected.
struct Main {
    wanted: u64,
    expected: Option<gix_hash::ObjectId>,
}

impl tarvet_archive::Keep for Main {
    fn wants(&self, path: &bstr::BStr, size: u64) -> Option<u64> {
        (path == "foo/main.c" && size == 10).then_some(self.wanted)
    }

    fn keeps(&self, seen: &tarvet_archive::Seen<'_>) -> bool {
        assert_eq!(seen.path, "foo/main.c");
        assert!(b"int main;\n".starts_with(seen.content));
        assert_eq!(seen.whole().is_some(), seen.content.len() == 10);
        Some(*seen.blob) != self.expected
    }
}

#[test]
fn contents_are_kept_or_fetched() {
    let file = gzip(&tar());
    let read = |keep: Main, kept_bytes: u64| {
        let mut options = tarvet_archive::Options {
            keep: &keep,
            ..options()
        };
        options.limits.kept_bytes = kept_bytes;
        let tarball = tarvet_archive::read(&file[..], None, &options, None).unwrap();
        let members = tarball.manifest.members;
        let kept: Vec<_> = members.iter().map(|member| member.content.clone()).collect();
        (kept, members[1].blob)
    };
    let main = |wanted, expected| Main { wanted, expected };
    let (kept, blob) = read(main(10, None), 10);
    assert_eq!(kept, [None, Some(b"int main;\n".to_vec()), None]);
    let nothing = vec![None, None, None];
    assert_eq!(read(main(10, Some(blob)), 10).0, nothing, "as expected");
    assert_eq!(read(main(10, None), 9).0, nothing, "no room");
    assert_eq!(read(main(4, None), 10).0, nothing, "only its head was wanted");

    let wanted = ["foo/main.c".into(), "foo/absent".into(), "foo/".into()].into();
    let found = tarvet_archive::contents(&file[..], &Limits::default(), &wanted).unwrap();
    assert_eq!(found, [("foo/main.c".into(), b"int main;\n".to_vec())].into());
}

#[test]
fn progress_and_errors_of_the_medium() {
    let file = gzip(&tar());
    let progress = std::sync::atomic::AtomicU64::new(0);
    tarvet_archive::read(&file[..], None, &options(), Some(&progress)).unwrap();
    assert_eq!(progress.into_inner(), file.len() as u64);

    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the disk is gone"))
        }
    }
    for start in [0, 10, 300_000] {
        let input = file[..start].chain(Failing);
        let error = tarvet_archive::read(input, None, &options(), None).unwrap_err();
        assert_eq!(error.to_string(), "the disk is gone");
    }
}

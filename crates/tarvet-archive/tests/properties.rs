//! Random honest archives are read back; random damage never panics.
#![allow(clippy::unwrap_used, clippy::expect_used)] // a test may fail loudly
mod support;

use std::io::Write;

use proptest::{collection, prelude::*};
use support::{options, quiet, read};
use tarvet_archive::MemberKind;

#[derive(Debug, Clone)]
enum Kind {
    File(Vec<u8>, u32),
    Directory,
    Symlink(String),
}

fn entry() -> impl Strategy<Value = Kind> {
    prop_oneof![
        (
            collection::vec(any::<u8>(), 0..2000),
            prop_oneof![Just(0o644), Just(0o755)]
        )
            .prop_map(|(content, mode)| Kind::File(content, mode)),
        Just(Kind::Directory),
        "[a-z]{1,150}".prop_map(Kind::Symlink),
    ]
}

/// Distinct names below one directory, long enough to need GNU long names now and then.
fn entries() -> impl Strategy<Value = Vec<(String, Kind)>> {
    let name = "[a-z0-9._-]{1,60}(/[a-z0-9_-]{1,60}){0,3}";
    collection::vec((name, entry()), 0..20).prop_map(|entries| {
        let numbered = entries.into_iter().enumerate();
        numbered
            .map(|(n, (name, kind))| (format!("top/{n}-{name}"), kind))
            .collect()
    })
}

fn build(entries: &[(String, Kind)], gnu: bool) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, kind) in entries {
        let mut header = if gnu {
            tar::Header::new_gnu()
        } else {
            tar::Header::new_ustar()
        };
        header.set_mtime(1_700_000_000);
        match kind {
            Kind::File(content, mode) => {
                // Of an old flag and a name cut at a slash Python makes a directory.
                header.set_entry_type(tar::EntryType::Regular);
                header.set_mode(*mode);
                header.set_size(content.len() as u64);
                builder.append_data(&mut header, path, &content[..])
            }
            Kind::Directory => {
                header.set_entry_type(tar::EntryType::Directory);
                header.set_mode(0o755);
                header.set_size(0);
                builder.append_data(&mut header, path.clone() + "/", &b""[..])
            }
            Kind::Symlink(target) => {
                header.set_entry_type(tar::EntryType::Symlink);
                header.set_mode(0o777);
                header.set_size(0);
                builder.append_link(&mut header, path, target)
            }
        }
        .expect("the header holds it");
    }
    builder.into_inner().expect("in memory")
}

fn compress(bytes: &[u8], how: u8) -> Vec<u8> {
    match how % 5 {
        0 => bytes.to_vec(),
        1 => {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(bytes).unwrap();
            encoder.finish().unwrap()
        }
        2 => {
            let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
            encoder.write_all(bytes).unwrap();
            encoder.finish().unwrap()
        }
        3 => {
            let mut encoder = liblzma::write::XzEncoder::new(Vec::new(), 0);
            encoder.write_all(bytes).unwrap();
            encoder.finish().unwrap()
        }
        _ => zstd::encode_all(bytes, 1).unwrap(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn honest_archives_come_back(entries in entries(), how in any::<u8>()) {
        let tarball = read(&compress(&build(&entries, true), how));
        quiet(&tarball);
        prop_assert_eq!(tarball.manifest.members.len(), entries.len());
        for (member, (path, kind)) in tarball.manifest.members.iter().zip(&entries) {
            let read = member.path.to_string();
            prop_assert_eq!(read.trim_end_matches('/'), path);
            match kind {
                Kind::File(content, mode) => {
                    let mut blob = gix_hash::hasher(gix_hash::Kind::Sha1);
                    blob.update(format!("blob {}\0", content.len()).as_bytes());
                    blob.update(content);
                    prop_assert_eq!((member.kind, member.mode), (MemberKind::File, *mode));
                    prop_assert_eq!(member.blob, blob.try_finalize().unwrap());
                }
                Kind::Directory => prop_assert_eq!(member.kind, MemberKind::Directory),
                Kind::Symlink(target) => {
                    prop_assert_eq!(member.kind, MemberKind::Symlink);
                    prop_assert_eq!(member.link.as_ref().unwrap(), target);
                }
            }
        }
    }

    #[test]
    fn damage_never_panics(
        entries in entries(),
        how in any::<u8>(),
        changes in collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        cut in any::<prop::sample::Index>(),
        threads in 1_usize..3,
    ) {
        let mut bytes = compress(&build(&entries, true), how);
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if threads == 2 {
            bytes.truncate(cut.index(bytes.len()));
        }
        let options = tarvet_archive::Options { threads, ..options() };
        let tarball = tarvet_archive::read(&bytes[..], None, &options, None).unwrap();
        prop_assert_eq!(tarball.file.len, bytes.len() as u64);
    }

    #[test]
    fn damaged_headers_with_right_checksums_never_panic(
        entries in entries(),
        changes in collection::vec((any::<prop::sample::Index>(), 0_usize..512, any::<u8>()), 1..12),
    ) {
        let mut bytes = build(&entries, true);
        for (block, at, value) in changes {
            let block = block.index(bytes.len() / 512) * 512;
            let header = &mut bytes[block..block + 512];
            header[at] = value;
            header[148..156].fill(b' ');
            let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
            header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        }
        let tarball = read(&bytes);
        prop_assert_eq!(tarball.file.len, bytes.len() as u64);
    }
}

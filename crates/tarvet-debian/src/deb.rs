//! Finished packages: the digests of the files in a `.deb` (deb(5)).

use std::io::{self, Read};

use bstr::{BStr, BString};
use flate2::read::MultiGzDecoder;
use sha2::{Digest, Sha256};
use tarvet_archive::{Keep, Limits, MemberKind, OddityClass, Options, Seen};

/// Most bytes that come out of one compressed file of a package before it is given up.
const LARGEST_INSIDE: u64 = 64 << 20;

/// One regular file of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DebFile {
    /// Its path, without `./` in front.
    pub path: BString,
    /// SHA-256 of its contents.
    pub sha256: [u8; 32],
    /// SHA-256 of what is inside, for a `.gz` that could be kept and decompressed.
    pub inside: Option<[u8; 32]>,
}

/// Reads the files of a `.deb`. Its `data.tar` is streamed; of its contents only `.gz` files are kept, within the limits.
///
/// An error is one of the medium, or says that the file is no `.deb`.
pub fn files(input: impl Read + Send, limits: Limits) -> io::Result<Vec<DebFile>> {
    let mut archive = ar::Archive::new(input);
    let mut is_deb = false;
    while let Some(entry) = archive.next_entry() {
        let entry = entry?;
        let name = entry.header().identifier().to_owned();
        is_deb |= name == b"debian-binary";
        if is_deb && name.starts_with(b"data.tar") {
            return data(entry, limits);
        }
    }
    let what = if is_deb {
        "a .deb without a data.tar"
    } else {
        "not a .deb"
    };
    Err(io::Error::new(io::ErrorKind::InvalidData, what))
}

fn data(input: impl Read + Send, limits: Limits) -> io::Result<Vec<DebFile>> {
    let options = Options {
        object_format: tarvet_archive::ObjectFormat::Sha1,
        limits,
        keep: &KeepCompressed,
        threads: 1,
        tar_digest: false,
    };
    let tarball = tarvet_archive::read(input, None, &options, None)?;
    let cut = |class| matches!(class, OddityClass::Corrupt | OddityClass::Limit);
    if let Some(oddity) = tarball.oddities.iter().find(|oddity| cut(oddity.class)) {
        let what = format!("its data.tar could not be read in full: {}", oddity.detail);
        return Err(io::Error::new(io::ErrorKind::InvalidData, what));
    }
    let members = tarball.manifest.members.into_iter();
    let files = members.filter(|member| matches!(member.kind, MemberKind::File | MemberKind::HardLink));
    Ok(files
        .map(|member| DebFile {
            inside: member.content.as_deref().and_then(inside),
            sha256: member.sha256.0,
            path: match member.path.strip_prefix(b"./") {
                Some(path) => path.into(),
                None => member.path,
            },
        })
        .collect())
}

/// SHA-256 of what a gzip file holds; `None` if it is none, or too large.
pub fn inside(content: &[u8]) -> Option<[u8; 32]> {
    let mut digest = Sha256::new();
    let mut reader = MultiGzDecoder::new(content).take(LARGEST_INSIDE + 1);
    let mut buffer = vec![0; 1 << 16];
    let mut total = 0;
    loop {
        let count = reader.read(&mut buffer).ok()?;
        if count == 0 {
            return (total <= LARGEST_INSIDE).then(|| digest.finalize().into());
        }
        total += count as u64;
        digest.update(buffer.get(..count)?);
    }
}

struct KeepCompressed;

impl Keep for KeepCompressed {
    fn wants(&self, path: &BStr, size: u64) -> Option<u64> {
        path.ends_with(b".gz").then_some(size)
    }

    fn keeps(&self, seen: &Seen<'_>) -> bool {
        seen.content.starts_with(&[0x1f, 0x8b])
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    fn sha256(content: &[u8]) -> [u8; 32] {
        Sha256::digest(content).into()
    }

    #[test]
    fn a_real_package() {
        let there = Command::new("dpkg-deb").arg("--version").output().is_ok();
        assert!(
            there || std::env::var_os("TARVET_REQUIRE_ORACLES").is_none(),
            "no dpkg-deb"
        );
        if !there {
            return;
        }
        let directory = tempfile::tempdir().expect("a directory");
        let root = directory.path().join("root");
        let man = root.join("usr/share/man/man1");
        std::fs::create_dir_all(&man).expect("made");
        std::fs::create_dir_all(root.join("DEBIAN")).expect("made");
        let control =
            "Package: foo\nVersion: 1\nArchitecture: all\nMaintainer: A <a@b.example>\nDescription: x\n";
        std::fs::write(root.join("DEBIAN/control"), control).expect("written");
        std::fs::write(root.join("usr/foo"), "plain").expect("written");
        let mut zipped = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        std::io::Write::write_all(&mut zipped, b".TH foo 1\n").expect("compressed");
        std::fs::write(man.join("foo.1.gz"), zipped.finish().expect("compressed")).expect("written");
        for compression in ["xz", "gzip", "zstd", "none"] {
            let deb = directory.path().join(format!("{compression}.deb"));
            let built = Command::new("dpkg-deb")
                .args(["--root-owner-group", &format!("-Z{compression}"), "-b"])
                .args([&root, &deb])
                .output()
                .expect("run");
            assert!(
                built.status.success(),
                "{}",
                String::from_utf8_lossy(&built.stderr)
            );
            let found = files(std::fs::File::open(&deb).expect("open"), Limits::default()).expect("read");
            let find = |path: &str| found.iter().find(|file| file.path == path).expect(path);
            assert_eq!(find("usr/foo").sha256, sha256(b"plain"));
            assert_eq!(find("usr/foo").inside, None);
            assert_eq!(
                find("usr/share/man/man1/foo.1.gz").inside,
                Some(sha256(b".TH foo 1\n"))
            );
            assert_eq!(found.len(), 2);
        }
    }

    #[test]
    fn what_is_no_package() {
        for bytes in [
            &b""[..],
            b"!<arch>\n",
            b"PK\x03\x04",
            b"!<arch>\ndebian-binary   0           0     0     100644  4         `\n2.0\n",
        ] {
            assert!(files(bytes, Limits::default()).is_err());
        }
    }
}

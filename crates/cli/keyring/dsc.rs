//! The keyring inside a Debian source package: the `.dsc` names the tarball and its digest, the tarball has the keys.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use bstr::{BStr, ByteSlice};
use jiff::Timestamp;
use tarvet_archive::{Keep, Limits, MemberKind, OddityClass, Options, Seen};
use tarvet_core::keyring::audit::{self, Audit};

use super::audit::Judged;
use super::places::IN_DEBIAN;

/// Largest `.dsc` that is read, in bytes.
const LARGEST_DSC: u64 = 1 << 20;
/// Largest packaging of format 1.0 that is searched, in bytes after decompression.
const LARGEST_DIFF: u64 = 64 << 20;
/// Largest key file in a package that is read, in bytes: what is kept of one member.
const LARGEST_KEY: u64 = 4 << 20;

/// What a `.dsc` says of the tarball with `debian/`.
#[derive(Debug, PartialEq, Eq)]
struct Named {
    file: String,
    sha256: String,
}

/// Audits every keyring of the package; none, if it has none.
pub fn audit_package(dsc: &Path, now: Timestamp) -> Vec<Judged> {
    match read(dsc, now) {
        Ok(judged) => judged,
        Err(words) => {
            let label = dsc.display().to_string();
            vec![Judged::new(Audit::unreadable(&label, &words, now), None)]
        }
    }
}

fn read(dsc: &Path, now: Timestamp) -> Result<Vec<Judged>, String> {
    let cannot = |path: &Path, error: &io::Error| format!("{}: cannot be read: {error}", path.display());
    let text = super::audit::read_bounded(dsc, LARGEST_DSC)
        .map_err(|error| cannot(dsc, &error))?
        .ok_or_else(|| format!("larger than {LARGEST_DSC} bytes, which no .dsc is"))?;
    let named = named(&text)?;
    let path = dsc
        .parent()
        .map_or_else(|| PathBuf::from(&named.file), |parent| parent.join(&named.file));
    let limits = Limits {
        bytes: 4 << 30,
        members: 500_000,
        kept_bytes: 32 << 20,
        ..Limits::default()
    };
    if named.file.ends_with(".diff.gz") {
        return match diff_has_keys(&path) {
            Ok(false) => Ok(Vec::new()),
            Ok(true) => Err(format!(
                "its keyring is in {}, which is not read; unpack it with dpkg-source -x and audit the directory",
                named.file
            )),
            Err(error) => Err(cannot(&path, &error)),
        };
    }
    let file = File::open(&path).map_err(|error| cannot(&path, &error))?;
    let options = Options {
        object_format: gix_hash::Kind::Sha1,
        limits,
        keep: &Keys,
        threads: 1,
        tar_digest: false,
    };
    let tarball = tarvet_archive::read(file, Some(&named.file), &options, None)
        .map_err(|error| cannot(&path, &error))?;
    if tarball.file.sha256.to_string() != named.sha256.to_ascii_lowercase() {
        return Err(format!(
            "{} has SHA-256 {}, the .dsc says {}",
            named.file, tarball.file.sha256, named.sha256
        ));
    }
    let grave = |class| {
        matches!(
            class,
            OddityClass::Ambiguous | OddityClass::Corrupt | OddityClass::Limit
        )
    };
    if let Some(oddity) = tarball.oddities.iter().find(|oddity| grave(oddity.class)) {
        return Err(format!("{}: {}: {}", named.file, oddity.code, oddity.detail));
    }
    let mut judged = Vec::new();
    for member in tarball.manifest.members {
        let Some(place) = place(member.path.as_bstr()) else {
            continue;
        };
        let label = format!("{}:{place}", path.display());
        let one = match (member.kind, &member.content) {
            (MemberKind::Directory, _) => continue,
            (MemberKind::File, Some(bytes)) => Judged::new(audit::audit(&label, bytes, now), Some(bytes)),
            (MemberKind::File, None) => {
                Judged::new(Audit::too_large(&label, member.size, LARGEST_KEY, now), None)
            }
            _ => {
                let words = "it is a link or a device, where a file was expected";
                Judged::new(Audit::unreadable(&label, words, now), None)
            }
        };
        judged.push(one);
    }
    Ok(judged)
}

/// Whether a packaging of format 1.0 adds a keyring. One that does not is no reason for a finding.
fn diff_has_keys(path: &Path) -> io::Result<bool> {
    let limits = Limits {
        bytes: LARGEST_DIFF,
        ..Limits::default()
    };
    let mut text = Vec::new();
    tarvet_archive::decompress(File::open(path)?, &limits)?.read_to_end(&mut text)?;
    let adds = |line: &[u8]| {
        line.strip_prefix(b"+++ ")
            .is_some_and(|path| IN_DEBIAN.iter().any(|place| path.contains_str(place)))
    };
    Ok(text.lines().any(adds))
}

/// The place of a keyring that a member's path leads to, whatever directory a native package is wrapped in.
fn place(path: &BStr) -> Option<&'static str> {
    let path = path.strip_prefix(b"./").unwrap_or(path);
    let inner = path.find_byte(b'/').and_then(|at| path.get(at + 1..));
    IN_DEBIAN
        .into_iter()
        .find(|place| path == place.as_bytes() || inner == Some(place.as_bytes()))
}

struct Keys;

impl Keep for Keys {
    fn wants(&self, path: &BStr, size: u64) -> Option<u64> {
        (place(path).is_some() && size <= LARGEST_KEY).then_some(size)
    }

    fn keeps(&self, _: &Seen<'_>) -> bool {
        true
    }
}

/// The file with `debian/` and its SHA-256, from the signed part alone.
fn named(text: &[u8]) -> Result<Named, String> {
    let text = std::str::from_utf8(text).map_err(|_| "it is no text".to_owned())?;
    let mut listed: Vec<Named> = Vec::new();
    let mut inside = false;
    for line in signed(text) {
        if line.starts_with([' ', '\t']) {
            let mut words = line.split_whitespace();
            if let (true, Some(sha256), Some(_), Some(file)) =
                (inside, words.next(), words.next(), words.next())
            {
                if !is_file_name(file) {
                    return Err("it names a file that is no plain file name".to_owned());
                }
                listed.push(Named {
                    file: file.to_owned(),
                    sha256: sha256.to_owned(),
                });
            }
        } else {
            let name = line.split(':').next().unwrap_or_default();
            inside = name.eq_ignore_ascii_case("Checksums-Sha256");
        }
    }
    let wanted = |named: &Named| named.file.contains(".debian.tar.") || named.file.ends_with(".diff.gz");
    let packaging = listed.iter().position(wanted);
    // A native package has one tarball with everything.
    let native = || {
        listed
            .iter()
            .position(|named| named.file.contains(".tar.") && !named.file.contains(".orig"))
    };
    match packaging.or_else(native) {
        Some(at) => Ok(listed.swap_remove(at)),
        None => Err("its Checksums-Sha256 name no tarball with debian/".to_owned()),
    }
}

/// The lines of the first paragraph, without the clear-signature around it.
fn signed(text: &str) -> impl Iterator<Item = &str> {
    let (mut lines, wrapped) = (
        text.lines(),
        text.starts_with("-----BEGIN PGP SIGNED MESSAGE-----"),
    );
    if wrapped {
        lines.by_ref().find(|line| line.is_empty());
    }
    lines
        .skip_while(|line| line.is_empty())
        .take_while(|line| !line.trim().is_empty() && !line.starts_with("-----"))
}

fn is_file_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-+:.,=_~".contains(&byte);
    name.len() > 1 && name.bytes().all(plain) && !name.starts_with('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIGNED: &str = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nFormat: 3.0 (quilt)\nChecksums-Sha1:\n 00 1 \
                          x.debian.tar.xz\nChecksums-Sha256:\n aa 5 x_1.orig.tar.xz\n BB 7 x_1-1.debian.tar.xz\nFiles:\n\
                          \n-----BEGIN PGP SIGNATURE-----\n";

    #[test]
    fn the_tarball_is_named_by_the_signed_part() {
        let found = named(SIGNED.as_bytes()).unwrap();
        assert_eq!(
            (found.file.as_str(), found.sha256.as_str()),
            ("x_1-1.debian.tar.xz", "BB")
        );
        let unsigned_tail = SIGNED
            .replace("-----BEGIN PGP SIGNED", "x")
            .replace("x_1-1.debian", "x_1.orig-b");
        assert!(named(unsigned_tail.as_bytes()).is_err());
        assert!(named(SIGNED.replace("x_1-1.debian", "../x.debian").as_bytes()).is_err());
        assert!(named(b"\xff").is_err());
    }

    #[test]
    fn places_within_a_native_package() {
        assert!(place(b"./debian/upstream/signing-key.asc".as_bstr()).is_some());
        assert!(place(b"foo-1/debian/upstream/signing-key.asc".as_bstr()).is_some());
        assert!(place(b"a/b/debian/upstream/signing-key.asc".as_bstr()).is_none());
    }
}

//! Signed tarballs of RPM packages.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use bstr::{BString, ByteSlice};
use tarvet_rpm::spec::{self, Reach, Source};

use super::super::audit::read_bounded;
use super::beside_spec;
use super::named::is_plain;
use super::srpm::{open, through};

/// A tarball with a signature file over it, both of one package.
pub struct Signed {
    pub tarball: PathBuf,
    /// How the signature is called in reports, and where it lies.
    pub signature: (String, PathBuf),
}

/// The signed tarballs beside a spec, as the names of its sources tell.
pub fn signed_beside(spec: &Path) -> Result<Vec<Signed>, String> {
    let text = read_bounded(spec, spec::LARGEST as u64)
        .map_err(|error| format!("{}: cannot be read: {error}", spec.display()))?
        .unwrap_or_default();
    let spec_read = spec::read(&text, &spec::Options::default());
    let names: BTreeSet<BString> = spec_read
        .sources
        .iter()
        .filter(|source| source.place.reach() != Reach::Never)
        .flat_map(Source::file_names)
        .filter(|name| is_plain(name))
        .map(BString::from)
        .collect();
    let place = |name: &BString| beside_spec(spec, name.as_ref());
    let plain = |path: &Path| fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_file());
    let signed = pairs(&names).into_iter().map(|(tarball, signature)| Signed {
        tarball: place(&tarball),
        signature: (place(&signature).display().to_string(), place(&signature)),
    });
    Ok(signed
        .filter(|signed| plain(&signed.tarball) && plain(&signed.signature.1))
        .collect())
}

/// The signed tarballs of an SRPM, written to `directory`.
pub fn signed_inside(srpm: &Path, directory: &Path) -> Result<Vec<Signed>, String> {
    let cannot = |error: io::Error| format!("{}: cannot be read: {error}", srpm.display());
    let opened = open(srpm).map_err(cannot)?;
    let files = opened.facts().files.iter().map(|file| file.name.clone());
    let pairs = pairs(&files.filter(|name| is_plain(name)).collect());
    let wanted: BTreeSet<&BString> = pairs
        .iter()
        .flat_map(|(tarball, signature)| [tarball, signature])
        .collect();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let place = |name: &BString| directory.join(OsStr::from_bytes(name));
    through(srpm, |file, contents| {
        if wanted.contains(&file.name) {
            io::copy(contents, &mut File::create_new(place(&file.name))?)?;
        }
        Ok(())
    })
    .map_err(|words| format!("{}: {words}", srpm.display()))?;
    let signed = |(tarball, signature): &(BString, BString)| Signed {
        tarball: place(tarball),
        signature: (format!("{}:{signature}", srpm.display()), place(signature)),
    };
    Ok(pairs
        .iter()
        .map(signed)
        .filter(|signed| signed.tarball.is_file() && signed.signature.1.is_file())
        .collect())
}

/// Tarballs and signatures that belong together by their names: `x.tar.xz` and `x.tar.xz.asc`, or `x.tar.sign` of the tar inside.
fn pairs(names: &BTreeSet<BString>) -> Vec<(BString, BString)> {
    const SIGNATURES: [&[u8]; 6] = [b"asc", b"sig", b"sign", b"gpg", b"minisig", b"signify"];
    const PACKED: [&str; 6] = ["xz", "gz", "bz2", "zst", "lzma", "lz"];
    let mut found = Vec::new();
    for name in names {
        let Some((stem, ending)) = name.rsplit_once_str(".") else {
            continue;
        };
        if !SIGNATURES.contains(&ending) {
            continue;
        }
        let packed = PACKED
            .iter()
            .map(|ending| BString::from(format!("{}.{ending}", stem.as_bstr())));
        let tarball = [BString::from(stem)]
            .into_iter()
            .chain(packed.filter(|_| stem.ends_with(b".tar")))
            .find(|name| names.contains(name));
        found.extend(tarball.map(|tarball| (tarball, name.clone())));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_paired_with_what_they_are_over() {
        let names = [
            "a.tar.xz",
            "a.tar.xz.asc",
            "b.tar.gz",
            "b.tar.sign",
            "c.asc",
            "d.zip.sig",
        ];
        let names = names.iter().map(|&name| BString::from(name)).collect();
        let pair = |tarball: &str, signature: &str| (BString::from(tarball), BString::from(signature));
        assert_eq!(
            pairs(&names),
            [pair("a.tar.xz", "a.tar.xz.asc"), pair("b.tar.gz", "b.tar.sign")]
        );
    }
}

//! The key files of RPM packages: beside a spec, and inside an SRPM. Specs are read as text; nothing of a package is run.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use bstr::{BStr, BString, ByteSlice};
use jiff::Timestamp;
use tarvet_archive::Limits;
use tarvet_core::Level;
use tarvet_core::keyring::audit::{self, Audit};
use tarvet_rpm::prep::{self, SourceRef, VerificationState};
use tarvet_rpm::spec::{self, Reach, Source, Spec, file_name};
use tarvet_rpm::srpm::{SourceFile, Srpm};

use super::audit::{self as command, Judged};
use super::places::has_key_name;

/// Largest key file in an SRPM that is read, in bytes.
const LARGEST_KEY: u64 = 4 << 20;
/// Files of an SRPM that may be keyrings though their names do not say so: each, and all together.
const SMALL: u64 = 64 << 10;
const ALL_SMALL: u64 = 16 << 20;
/// All that is kept of an SRPM.
const MOST_KEPT: u64 = 64 << 20;
/// Key files that one spec may name.
const MOST_NAMED: usize = 1_000;

/// Largest payload of an SRPM, decompressed: its signed tarballs are written to the disk.
const LARGEST_PAYLOAD: u64 = 16 << 30;

/// What a spec says of its key files.
#[derive(Default)]
struct Named {
    /// File names, and whether `%prep` verifies with them.
    keys: BTreeMap<BString, bool>,
    /// Sources that may be key files and whose names cannot be told, a sentence each.
    unclear: Vec<String>,
}

impl Named {
    fn of(text: &[u8]) -> Self {
        let spec = spec::read(text, &spec::Options::default());
        let used = used(&spec);
        let names: BTreeSet<&BStr> = spec.sources.iter().flat_map(Source::file_names).collect();
        let mut named = Self::default();
        for source in spec
            .sources
            .iter()
            .filter(|source| source.place.reach() != Reach::Never)
        {
            if named.keys.len() + named.unclear.len() >= MOST_NAMED {
                let words = format!(
                    "it has {MOST_NAMED} key files; sources from line {} on were not looked at",
                    source.value.line
                );
                named.unclear.push(words);
                break;
            }
            let used = used.contains(&source.number);
            let wanted = |name: &BStr| used || has_key_name(name) && !is_signature_name(name, &names);
            for name in source.file_names() {
                if is_plain(name) && wanted(name) {
                    *named.keys.entry(name.to_owned()).or_default() |= used;
                }
            }
            let mut dark = source
                .value
                .readings
                .iter()
                .filter(|reading| !reading.is_resolved());
            if let Some(why) = source.value.why()
                && dark.any(|reading| wanted(file_name(reading.text.as_ref())))
            {
                named.unclear.push(format!(
                    "the file name of Source{} cannot be told without running the spec: {} (line {})",
                    source.number, why.why, why.line
                ));
            }
        }
        named
    }
}

/// Sources that `%prep` takes for keyrings.
fn used(spec: &Spec) -> BTreeSet<u32> {
    prep::read(spec)
        .verifications
        .into_iter()
        .filter(|made| made.state != VerificationState::CommentedOut)
        .filter_map(|made| match made.keyring {
            Some(SourceRef::Number(number)) => Some(number),
            _ => None,
        })
        .collect()
}

/// Whether a file that nobody has looked into is rather a signature: it is named like another source, or like a tarball.
fn is_signature_name(name: &BStr, names: &BTreeSet<&BStr>) -> bool {
    let Some((stem, _)) = name.rsplit_once_str(".") else {
        return false;
    };
    names.contains(&stem.as_bstr())
        || stem.contains_str(".tar")
        || stem.ends_with(b".tgz")
        || stem.ends_with(b".zip")
}

fn is_plain(name: &[u8]) -> bool {
    !name.is_empty() && name != b"." && name != b".." && !name.contains(&b'/') && !name.contains(&0)
}

fn unreadable(label: &str, words: &str, now: Timestamp) -> Judged {
    Judged::new(Audit::unreadable(label, words, now), None)
}

/// Audits the key files that specs of one directory name, and those of `beside` that are such going by their names.
pub fn audit_directory(specs: &[PathBuf], beside: &[PathBuf], now: Timestamp) -> Vec<Judged> {
    let mut judged = Vec::new();
    let mut seen = BTreeSet::new();
    for spec in specs {
        let label = spec.display().to_string();
        let text = match command::read_bounded(spec, spec::LARGEST as u64) {
            Ok(Some(text)) => text,
            Ok(None) => {
                judged.push(unreadable(&label, "larger than any spec", now));
                continue;
            }
            Err(error) => {
                judged.push(unreadable(&label, &format!("cannot be read: {error}"), now));
                continue;
            }
        };
        let named = Named::of(&text);
        for (name, used) in named.keys {
            let path = beside_spec(spec, name.as_ref());
            if seen.insert(path.clone()) {
                judged.extend(source(&path, spec, used, now));
            }
        }
        judged.extend(named.unclear.iter().map(|words| unreadable(&label, words, now)));
    }
    let others = beside.iter().filter(|path| !seen.contains(*path));
    judged.extend(others.filter_map(|path| command::found(path, now)));
    judged
}

/// Where a source of a spec lies: beside it, or in rpmbuild's own tree.
fn beside_spec(spec: &Path, name: &BStr) -> PathBuf {
    let name = OsStr::from_bytes(name);
    let path = spec.with_file_name(name);
    match spec.parent().filter(|parent| parent.ends_with("SPECS")) {
        Some(parent) if !path.exists() => parent.with_file_name("SOURCES").join(name),
        _ => path,
    }
}

fn source(path: &Path, spec: &Path, used: bool, now: Timestamp) -> Option<Judged> {
    let label = path.display().to_string();
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_file() && used => Some(command::file(path, now)),
        Ok(metadata) if metadata.is_file() => command::found(path, now),
        Ok(_) => Some(unreadable(
            &label,
            "it is a link or no file, where a source was expected",
            now,
        )),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let words = format!(
                "{} names it, and it is not there; fetch the package's sources first",
                spec.display()
            );
            Some(unreadable(&label, &words, now))
        }
        Err(error) => Some(unreadable(&label, &format!("cannot be read: {error}"), now)),
    }
}

/// Audits every key file of an SRPM; none, if it has none.
pub fn audit_srpm(path: &Path, now: Timestamp) -> Vec<Judged> {
    let label = path.display().to_string();
    let files = match read_srpm(path) {
        Ok(files) => files,
        Err(words) => return vec![unreadable(&label, &words, now)],
    };
    let named = files.spec.as_deref().map(Named::of).unwrap_or_default();
    let mut judged = Vec::new();
    for (name, file) in files.others {
        let used = named.keys.get(&name).copied().unwrap_or_default();
        if !used && !has_key_name(name.as_ref()) {
            continue;
        }
        let label = format!("{label}:{name}");
        let one = match file.bytes {
            Some(bytes) => Judged::new(audit::audit(&label, &bytes, now), Some(&bytes)),
            None => Judged::new(Audit::too_large(&label, file.size, LARGEST_KEY, now), None),
        };
        judged.extend((used || one.holds_keys(Path::new(OsStr::from_bytes(&name)))).then_some(one));
    }
    judged.extend(named.unclear.iter().map(|words| unreadable(&label, words, now)));
    judged
}

/// What was kept of an SRPM.
#[derive(Default)]
struct Kept {
    spec: Option<Vec<u8>>,
    others: BTreeMap<BString, One>,
    /// Bytes of them.
    size: u64,
}

struct One {
    size: u64,
    /// None: too large.
    bytes: Option<Vec<u8>>,
}

fn read_srpm(path: &Path) -> Result<Kept, String> {
    let mut kept = Kept::default();
    through(path, |file, contents| {
        let mut bytes = Vec::new();
        if file.is_spec() && file.size <= spec::LARGEST as u64 {
            contents.read_to_end(&mut bytes)?;
            kept.spec = Some(bytes);
            return Ok(());
        }
        let is_key = has_key_name(file.name.as_ref());
        let is_small = file.size <= SMALL && kept.size < ALL_SMALL;
        if is_key || is_small {
            let fits = file.size <= LARGEST_KEY;
            if fits {
                if kept.size + file.size > MOST_KEPT {
                    return Err(io::Error::other(format!(
                        "its key files have more than {MOST_KEPT} bytes"
                    )));
                }
                contents.read_to_end(&mut bytes)?;
                kept.size += file.size;
            }
            let one = One {
                size: file.size,
                bytes: fits.then_some(bytes),
            };
            kept.others.insert(file.name.clone(), one);
        }
        Ok(())
    })?;
    Ok(kept)
}

/// A fifo has no contents to wait for.
fn open(path: &Path) -> io::Result<Srpm<BufReader<File>>> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    Srpm::open(BufReader::new(File::open(path)?))
}

/// Shows every file of an SRPM. Err: what is wrong with the package; what was seen counts for nothing then.
fn through(
    path: &Path,
    visit: impl FnMut(&SourceFile, &mut (dyn Read + Send)) -> io::Result<()>,
) -> Result<(), String> {
    let cannot = |error: io::Error| format!("cannot be read: {error}");
    let limits = Limits {
        bytes: LARGEST_PAYLOAD,
        members: 100_000,
        ..Limits::default()
    };
    let payload = open(path)
        .and_then(|srpm| srpm.read_payload(&limits, visit))
        .map_err(cannot)?;
    let grave = payload
        .faults
        .iter()
        .find(|fault| fault.kind.level() >= Level::Error);
    match grave {
        Some(fault) => {
            let member = fault
                .member
                .as_ref()
                .map(|name| format!(" ({name})"))
                .unwrap_or_default();
            Err(format!("{}: {}{member}", fault.kind.code(), fault.detail))
        }
        None => Ok(()),
    }
}

/// A tarball with a signature file over it, both of one package.
pub struct Signed {
    pub tarball: PathBuf,
    /// How the signature is called in reports, and where it lies.
    pub signature: (String, PathBuf),
}

/// The signed tarballs beside a spec, as the names of its sources tell.
pub fn signed_beside(spec: &Path) -> Result<Vec<Signed>, String> {
    let text = command::read_bounded(spec, spec::LARGEST as u64)
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

    const SPEC: &str = "Name: foo\nVersion: 1.0\nRelease: 1\nSource0: https://example.org/foo-%{version}.tar.xz\n\
        Source1: https://example.org/foo-%{version}.tar.xz.asc\nSource2: foo.keyring\nSource3: gpgkey-%{name}.gpg\n\
        Source4: signers\nSource5: %(date).asc\n%if 0\nSource6: dead.asc\n%endif\n%prep\n\
        %{gpgverify} --keyring='%{SOURCE4}' --signature='%{SOURCE1}' --data='%{SOURCE0}'\n";

    #[test]
    fn a_spec_names_its_keys() {
        let named = Named::of(SPEC.as_bytes());
        let keys: Vec<_> = named
            .keys
            .iter()
            .map(|(name, used)| (name.to_string(), *used))
            .collect();
        let expected = [
            ("foo.keyring", false),
            ("gpgkey-foo.gpg", false),
            ("signers", true),
        ];
        assert_eq!(keys, expected.map(|(name, used)| (name.to_owned(), used)));
        assert_eq!(named.unclear.len(), 1, "{:?}", named.unclear);
        assert!(named.unclear[0].contains("Source5"), "{:?}", named.unclear);
        assert!(
            Named::of(b"Source0: foo.tar.gz\nSource1: foo.tar.gz.asc\n")
                .keys
                .is_empty()
        );
    }

    #[test]
    fn a_flood_of_key_files_is_bounded() {
        let many: String = (0..3_000)
            .map(|number| format!("Source{number}: {number}.gpg\n"))
            .collect();
        let named = Named::of(many.as_bytes());
        assert_eq!((named.keys.len(), named.unclear.len()), (MOST_NAMED, 1));
    }

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

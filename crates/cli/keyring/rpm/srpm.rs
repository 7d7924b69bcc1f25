//! Key files inside an SRPM.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use bstr::BString;
use jiff::Timestamp;
use tarvet_archive::Limits;
use tarvet_core::Level;
use tarvet_core::keyring::audit::{self, Audit};
use tarvet_rpm::spec;
use tarvet_rpm::srpm::{SourceFile, Srpm};

use super::super::audit::Judged;
use super::super::places::has_key_name;
use super::named::Named;
use super::unreadable;

/// Largest key file in an SRPM that is read, in bytes.
const LARGEST_KEY: u64 = 4 << 20;
/// Files of an SRPM that may be keyrings though their names do not say so: each, and all together.
const SMALL: u64 = 64 << 10;
const ALL_SMALL: u64 = 16 << 20;
/// All that is kept of an SRPM.
const MOST_KEPT: u64 = 64 << 20;
/// Largest payload of an SRPM, decompressed: its signed tarballs are written to the disk.
const LARGEST_PAYLOAD: u64 = 16 << 30;

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
pub fn open(path: &Path) -> io::Result<Srpm<BufReader<File>>> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    Srpm::open(BufReader::new(File::open(path)?))
}

/// Shows every file of an SRPM. Err: what is wrong with the package; what was seen counts for nothing then.
pub fn through(
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

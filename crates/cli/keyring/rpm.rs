//! The key files of RPM packages: beside a spec, and inside an SRPM. Specs are read as text; nothing of a package is run.

mod named;
mod signed;
mod srpm;

pub use signed::{Signed, signed_beside, signed_inside};
pub use srpm::audit_srpm;

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use bstr::BStr;
use jiff::Timestamp;
use tarvet_core::keyring::audit::Audit;
use tarvet_rpm::spec;

use super::audit::{self as command, Judged};
use named::Named;

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

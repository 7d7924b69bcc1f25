//! What a path means: a `.dsc`, a `.changes`, an unpacked tree, or a directory with one `.dsc`.
//!
//! This is where files are looked for, and the only thing decided here is which. What is missing or doubtful about a
//! package is a fault; an error says that the path is no package at all or could not be read.

mod error;
mod listed;
mod tree;

pub use error::PlaceError;

use crate::changes::Changes;
use crate::clearsign;
use crate::debian_dir::DebianDir;
use crate::dsc::{Dsc, Fault, Format};
use crate::files::Parts;
use crate::version::Version;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

/// A `.dsc` or `.changes` as it was read, once: what is verified is what was parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    /// Where it is.
    pub path: PathBuf,
    /// Its name without directory, as faults spell it.
    pub name: String,
    /// All of it. [`clearsign::take_apart`] finds the signature.
    pub bytes: Vec<u8>,
}

/// A source package, found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Package {
    /// The `.changes`, where one was given.
    pub changes: Option<Described>,
    /// The `.dsc`, given or found beside a tree of the same version.
    pub described: Option<Described>,
    /// What the `.dsc` says; None where it could not be read, with a fault.
    pub dsc: Option<Dsc>,
    /// The unpacked tree, where one was given.
    pub tree: Option<PathBuf>,
    /// The tree's debian/, where a tree was given.
    pub debian: Option<DebianDir>,
    /// Name of the source package.
    pub source: Option<String>,
    /// Its version.
    pub version: Option<Version>,
    /// Its source format.
    pub format: Option<Format>,
    /// Which file is what.
    pub parts: Parts,
    /// Where each file is that the `.dsc` lists, or that was found beside a tree. None: it is not there.
    pub files: BTreeMap<String, Option<PathBuf>>,
    /// What is wrong so far.
    pub faults: Vec<Fault>,
}

/// Finds the package that `path` names.
///
/// A directory that has debian/ is an unpacked tree, even if a `.dsc` lies in it. Files of a tree are looked for in
/// `..`, `../build-area` and `../tarballs`, in this order.
pub fn find(path: &Path) -> Result<Package, PlaceError> {
    let meta = fs::metadata(path).map_err(|error| PlaceError::io(path, error))?;
    if meta.is_dir() {
        if fs::symlink_metadata(path.join("debian")).is_ok() {
            return tree::find(path);
        }
        return listed::from_dsc(read(&only_dsc(path)?)?);
    }
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("dsc") => listed::from_dsc(read(path)?),
        Some("changes") => from_changes(read(path)?),
        _ => Err(PlaceError::NoPackage(path.to_owned())),
    }
}

fn from_changes(changes: Described) -> Result<Package, PlaceError> {
    let reading = Changes::read(&changes.name, &changes.bytes);
    let mut faults = reading.faults;
    let Some(listed) = reading.changes else {
        return Ok(Package {
            changes: Some(changes),
            faults,
            ..Package::default()
        });
    };
    let path = beside(&changes.path, &listed.dsc.name);
    let Some(described) = path.is_file().then(|| read(&path)).transpose()? else {
        faults.push(listed::missing(&changes.name, &listed.dsc.name));
        return Ok(Package {
            changes: Some(changes),
            source: Some(listed.source),
            version: Some(listed.version),
            faults,
            ..Package::default()
        });
    };
    let (_, spoiled) = crate::files::check(&changes.name, &listed.dsc, described.bytes.as_slice())
        .map_err(|error| PlaceError::io(&path, error))?;
    faults.extend(spoiled);
    let mut package = listed::from_dsc(described)?;
    faults.append(&mut package.faults);
    Ok(Package {
        changes: Some(changes),
        faults,
        ..package
    })
}

/// The only `.dsc` of a directory.
fn only_dsc(directory: &Path) -> Result<PathBuf, PlaceError> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).map_err(|error| PlaceError::io(directory, error))? {
        let path = entry.map_err(|error| PlaceError::io(directory, error))?.path();
        if path.extension().is_some_and(|extension| extension == "dsc") {
            found.push(path);
        }
    }
    found.sort();
    match (found.pop(), found.len()) {
        (Some(path), 0) => Ok(path),
        (Some(last), others) => Err(PlaceError::Several(directory.to_owned(), others + 1, last)),
        (None, _) => Err(PlaceError::NoPackage(directory.to_owned())),
    }
}

/// Reads a description, which is a regular file of bounded size.
fn read(path: &Path) -> Result<Described, PlaceError> {
    let io = |error| PlaceError::io(path, error);
    // A fifo would block: looked at before it is opened.
    if !fs::metadata(path).map_err(io)?.is_file() {
        return Err(PlaceError::NoPackage(path.to_owned()));
    }
    let mut bytes = Vec::new();
    let most = clearsign::LONGEST as u64 + 1;
    File::open(path)
        .map_err(io)?
        .take(most)
        .read_to_end(&mut bytes)
        .map_err(io)?;
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    Ok(Described {
        path: path.to_owned(),
        name,
        bytes,
    })
}

/// The file `name` in the directory of `path`.
fn beside(path: &Path, name: &str) -> PathBuf {
    path.parent().unwrap_or(Path::new("")).join(name)
}

#[cfg(test)]
mod tests;

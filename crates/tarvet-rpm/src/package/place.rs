//! What a path is.

use std::io;
use std::path::{Path, PathBuf};

/// Why a path is no package.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// It could not be read.
    #[error("{}: {error}", path.display())]
    Io {
        /// What could not be read.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Nothing that this crate looks at.
    #[error(
        "{}: no RPM source package; give a .spec, a .src.rpm, or a directory with one .spec",
        .0.display()
    )]
    NoPackage(PathBuf),
    /// A directory with more than one spec: how many, and one of them.
    #[error("{}: {} .spec files; give the one that is meant, such as {}", .0.display(), .1, .2.display())]
    Several(PathBuf, usize, PathBuf),
}

impl PlaceError {
    pub(super) fn io(path: &Path, error: io::Error) -> Self {
        PlaceError::Io {
            path: path.to_owned(),
            error,
        }
    }
}

/// What was found.
pub(super) enum Found {
    Spec(PathBuf),
    Srpm(PathBuf),
}

/// Looks at a path. What a file is, its name tells; whether it is that, its contents.
pub(super) fn find(path: &Path) -> Result<Found, PlaceError> {
    let metadata = std::fs::metadata(path).map_err(|error| PlaceError::io(path, error))?;
    if metadata.is_dir() {
        return in_directory(path);
    }
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("spec") if metadata.is_file() => Ok(Found::Spec(path.to_owned())),
        Some("rpm") if metadata.is_file() => Ok(Found::Srpm(path.to_owned())),
        _ => Err(PlaceError::NoPackage(path.to_owned())),
    }
}

/// The name that a file named `_service:SERVICE:NAME` has when OBS builds.
pub(super) fn made_by_service(name: &[u8]) -> Option<&[u8]> {
    let rest = name.strip_prefix(b"_service:")?;
    let at = rest.iter().rposition(|byte| *byte == b':')?;
    rest.get(at + 1..).filter(|name| !name.is_empty())
}

fn in_directory(path: &Path) -> Result<Found, PlaceError> {
    let io = |error| PlaceError::io(path, error);
    let mut specs = Vec::new();
    for entry in std::fs::read_dir(path).map_err(io)? {
        let found = entry.map_err(io)?.path();
        let is_spec = found.extension().is_some_and(|extension| extension == "spec");
        if is_spec && found.is_file() {
            specs.push(found);
        }
    }
    specs.sort();
    // What a service of OBS has made of a spec is built in its place.
    let name = |path: &PathBuf| path.file_name().unwrap_or_default().as_encoded_bytes().to_vec();
    let remade: Vec<Vec<u8>> = specs
        .iter()
        .filter_map(|path| made_by_service(&name(path)).map(<[u8]>::to_vec))
        .collect();
    specs.retain(|path| !remade.contains(&name(path)));
    match specs.as_slice() {
        [] => Err(PlaceError::NoPackage(path.to_owned())),
        [only] => Ok(Found::Spec(only.clone())),
        [first, ..] => Err(PlaceError::Several(path.to_owned(), specs.len(), first.clone())),
    }
}

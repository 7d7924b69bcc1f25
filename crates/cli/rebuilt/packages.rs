//! Files of finished packages: a `.deb`, or the directory that a package is made from.

use std::fs::{self, File};
use std::path::Path;

use bstr::BString;
use tarvet_archive::Limits;
use tarvet_core::rebuilt::InstalledFile;
use tarvet_debian::deb;

use super::candidates::digest;
use crate::error::CliError;

/// Largest file of a directory that is compared, in bytes.
const LARGEST: u64 = 1 << 30;
/// Deepest directory that is looked into.
const DEEPEST: usize = 64;

/// Every regular file of the package at `path`.
pub fn files(path: &Path) -> Result<Vec<InstalledFile>, CliError> {
    let unreadable = |error| CliError::file(path, "read the package", &error);
    let package = path
        .file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned();
    if path.is_dir() {
        let mut files = Vec::new();
        walk(path, path, &package, 0, &mut files)?;
        return Ok(files);
    }
    let file = File::open(path).map_err(unreadable)?;
    let files = deb::files(file, Limits::default()).map_err(unreadable)?;
    Ok(files
        .into_iter()
        .map(|file| InstalledFile {
            package: package.clone(),
            path: file.path,
            digests: [Some(file.sha256), file.inside].into_iter().flatten().collect(),
        })
        .collect())
}

/// Links are not followed: what they lead to is found at its own place.
fn walk(
    root: &Path,
    directory: &Path,
    package: &str,
    depth: usize,
    files: &mut Vec<InstalledFile>,
) -> Result<(), CliError> {
    let unreadable = |error| CliError::file(directory, "read the directory", &error);
    for entry in fs::read_dir(directory).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let (path, kind) = (entry.path(), entry.file_type().map_err(unreadable)?);
        // debhelper's own control files are no part of the package.
        let is_control = depth == 0 && entry.file_name() == "DEBIAN";
        if kind.is_dir() && depth < DEEPEST && !is_control {
            walk(root, &path, package, depth + 1, files)?;
        } else if kind.is_file() {
            let unreadable = |error| CliError::file(&path, "read the file", &error);
            if fs::metadata(&path).map_err(unreadable)?.len() > LARGEST {
                continue;
            }
            let content = fs::read(&path).map_err(unreadable)?;
            let name = path.strip_prefix(root).unwrap_or(&path);
            files.push(InstalledFile {
                package: package.to_owned(),
                path: BString::from(name.as_os_str().as_encoded_bytes()),
                digests: [Some(digest(&content)), deb::inside(&content)]
                    .into_iter()
                    .flatten()
                    .collect(),
            });
        }
    }
    Ok(())
}

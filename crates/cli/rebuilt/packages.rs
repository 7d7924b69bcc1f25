//! Files of finished packages: a `.deb`, an `.rpm`, or the directory that a package is made from.

use std::fs::{self, File};
use std::io::{self, BufReader};
use std::path::Path;

use bstr::BString;
use sha2::{Digest, Sha256};
use tarvet_archive::Limits;
use tarvet_core::rebuilt::InstalledFile;
use tarvet_debian::deb;
use tarvet_rpm::srpm::binary;

use super::candidates::digest;
use crate::error::CliError;

/// Largest file of a directory that is compared, in bytes.
const LARGEST: u64 = 1 << 30;
/// Largest compressed file of an `.rpm` whose contents are compared, in bytes.
const LARGEST_COMPRESSED: usize = 64 << 20;
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
    if path.extension().is_some_and(|extension| extension == "rpm") {
        return rpm(file, &package).map_err(unreadable);
    }
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

/// The files of a binary RPM. Of a compressed one what is inside counts, too.
fn rpm(file: File, package: &str) -> io::Result<Vec<InstalledFile>> {
    let mut files = Vec::new();
    binary::files(BufReader::new(file), &Limits::default(), |path, content| {
        let mut digest = Sha256::new();
        let mut kept = path.ends_with(b".gz").then(Vec::new);
        let mut block = vec![0; 64 << 10];
        loop {
            let count = content.read(&mut block)?;
            let bytes = block.get(..count).unwrap_or_default();
            if bytes.is_empty() {
                break;
            }
            digest.update(bytes);
            kept = kept.filter(|kept| kept.len() + count <= LARGEST_COMPRESSED);
            if let Some(kept) = &mut kept {
                kept.extend_from_slice(bytes);
            }
        }
        let inside = kept.and_then(|kept| deb::inside(&kept));
        files.push(InstalledFile {
            package: package.to_owned(),
            path: path.to_owned(),
            digests: [Some(digest.finalize().into()), inside]
                .into_iter()
                .flatten()
                .collect(),
        });
        Ok(())
    })?;
    Ok(files)
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

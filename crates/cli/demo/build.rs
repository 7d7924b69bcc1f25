//! Makes the demo's files: a proof of the signed tag, and two tarballs that claim to be it.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use flate2::{Compression, GzBuilder};
use tarvet_core::upstream::{MemoryFile, MemoryStore, TagRef, TagWish, TreeLimits, prove, resolve, walk};

use super::sources::{ADDED, COMMIT_OBJECT, KEYRING, RELEASE, TAG, TAG_OBJECT, UPSTREAM};
use crate::error::CliError;

/// Seconds since 1970 of every member: the time of the signed tag.
const MODIFIED: u64 = 1_709_294_400;

/// Where the demo's files are.
pub struct Files {
    pub keyring: PathBuf,
    pub proof: PathBuf,
    pub honest: PathBuf,
    pub doctored: PathBuf,
}

/// Writes all files below `directory`, which exists.
pub fn write_files(directory: &Path) -> Result<Files, CliError> {
    let tarball = format!("{RELEASE}.tar.gz");
    let files = Files {
        keyring: directory.join("keyring.asc"),
        proof: directory.join(format!("{RELEASE}.proof")),
        honest: directory.join("honest").join(&tarball),
        doctored: directory.join("doctored").join(&tarball),
    };
    write(&files.keyring, KEYRING)?;
    write(&files.proof, &proof()?)?;
    // `make dist` leaves files that only git uses behind.
    let honest: Vec<_> = UPSTREAM
        .iter()
        .copied()
        .filter(|file| file.path != ".gitignore")
        .collect();
    write(&files.honest, &packed(&honest)?)?;
    let mut doctored = honest;
    doctored.push(ADDED);
    doctored.sort_by_key(|file| file.path);
    write(&files.doctored, &packed(&doctored)?)?;
    Ok(files)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    let parent = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(parent)
        .and_then(|()| fs::write(path, bytes))
        .map_err(|error| CliError::file(path, "write the file", &error))
}

/// What `tarvet prove` would write if upstream's repository were here.
fn proof() -> Result<Vec<u8>, CliError> {
    let fault = |fault: tarvet_core::upstream::Fault| CliError::new(fault.detail);
    let mut store = MemoryStore::new("the demo's sources");
    let tree = store.put_tree(UPSTREAM).map_err(fault)?;
    store.put_commit(COMMIT_OBJECT).map_err(fault)?;
    let tag = TagRef {
        name: TAG.into(),
        target: Some(store.put_tag(TAG_OBJECT).map_err(fault)?),
    };
    let release = resolve(&store, &[tag], &TagWish::Named(TAG.into()))?;
    let tree = walk(&store, tree, &TreeLimits::default());
    Ok(prove(&store, &release, &tree, &[])?)
}

/// A tarball as `make dist` writes it, but without anything that changes from run to run.
fn packed(files: &[MemoryFile<'_>]) -> Result<Vec<u8>, CliError> {
    pack(files).map_err(|error| CliError::new(format!("cannot make a tarball of the demo: {error}")))
}

fn pack(files: &[MemoryFile<'_>]) -> io::Result<Vec<u8>> {
    let gzip = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    let mut tar = tar::Builder::new(gzip);
    for file in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(file.contents.len() as u64);
        header.set_mode(if file.executable { 0o755 } else { 0o644 });
        header.set_mtime(MODIFIED);
        header.set_uid(0);
        header.set_gid(0);
        tar.append_data(&mut header, format!("{RELEASE}/{}", file.path), file.contents)?;
    }
    let mut gzip = tar.into_inner()?;
    gzip.flush()?;
    gzip.finish()
}

//! Which of upstream's files differ in a tarball: to explain them, their contents have to be at hand.

use std::fs;
use std::path::Path;

use tarvet_archive::{KeepNothing, Limits, Options};
use tarvet_core::origin::differing_blobs;
use tarvet_core::upstream::Tree;

use crate::error::CliError;

/// More differing files than honest releases have are not fetched.
const MOST: usize = 4096;

/// A tarball, and the directory of the repository that it was made from.
#[derive(Clone, Copy)]
pub struct Compared<'a> {
    pub tarball: &'a Path,
    pub subdir: &'a str,
}

/// Blobs of the tree that the tarball has with other bytes.
pub fn blobs(
    compared: Compared<'_>,
    tree: &Tree,
    object_format: gix_hash::Kind,
) -> Result<Vec<gix_hash::ObjectId>, CliError> {
    let unreadable = |error| CliError::file(compared.tarball, "read the tarball", &error);
    let file = fs::File::open(compared.tarball).map_err(unreadable)?;
    let options = Options {
        object_format,
        limits: Limits::default(),
        keep: &KeepNothing,
        threads: std::thread::available_parallelism().map_or(1, Into::into),
        tar_digest: false,
    };
    let tarball = tarvet_archive::read(file, None, &options, None).map_err(unreadable)?;
    let mut blobs = differing_blobs(&tarball, tree, compared.subdir.trim_matches('/').into());
    blobs.truncate(MOST);
    Ok(blobs)
}

//! Whom to trust: for the .dsc the caller's or Debian's keyrings, for upstream the package's where the caller brought none.

use std::path::{Path, PathBuf};

use tarvet_core::keyring::Keyring;
use tarvet_debian::SourcePackage;
use tarvet_debian::keys::ALLOWED_SIGNERS;

use crate::error::CliError;
use crate::inputs;

/// Where debian-keyring installs the certificates of those who may upload.
const INSTALLED: [&str; 6] = [
    "/usr/share/keyrings/debian-keyring.gpg",
    "/usr/share/keyrings/debian-nonupload.gpg",
    "/usr/share/keyrings/debian-maintainers.gpg",
    "/usr/share/keyrings/debian-keyring.pgp",
    "/usr/share/keyrings/debian-nonupload.pgp",
    "/usr/share/keyrings/debian-maintainers.pgp",
];

/// The keyring that a .dsc is checked against: the caller's, else those that are installed.
pub fn uploaders(given: &[PathBuf]) -> Result<Keyring, CliError> {
    if !given.is_empty() {
        return inputs::keyring(given);
    }
    let there = INSTALLED.iter().map(Path::new).filter(|path| path.is_file());
    inputs::keyring(&there.map(Path::to_owned).collect::<Vec<_>>())
}

/// The package's own keyring.
#[derive(Default)]
pub struct Own {
    pub keyring: Keyring,
    /// The files it came from.
    pub places: Vec<String>,
    /// Files that hold no usable key: path, line, what.
    pub faults: Vec<(String, usize, String)>,
}

/// Reads debian/upstream/signing-key.asc (or the first of its former places) and debian/upstream/allowed-signers.
pub fn of_package(source: &SourcePackage) -> Own {
    let mut own = Own::default();
    let first = source.keys.keyrings.first().map(|keyring| keyring.place);
    let signers = source.keys.allowed_signers.then_some(ALLOWED_SIGNERS);
    for place in first.into_iter().chain(signers) {
        let Some(bytes) = source.debian_file(place) else {
            own.faults
                .push((place.to_owned(), 0, "it could not be read".into()));
            continue;
        };
        match own.keyring.add(place, bytes) {
            Ok(()) => own.places.push(place.to_owned()),
            Err(error) => own.faults.push((place.to_owned(), 0, error.to_string())),
        }
    }
    own
}

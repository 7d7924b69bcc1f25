//! Everybody whom one path vouches for: a key file, a package of either kind, or a directory.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use tarvet_core::keyring::Keyring;

use super::audit::{self, Judged};
use super::places::{self, Kind, Place};
use crate::error::CliError;
use crate::inputs;

/// The keyring at `path`. A package whose key files cannot be read in full has none that could be compared.
pub fn keyring(path: &Path, now: Timestamp) -> Result<Keyring, CliError> {
    let places = places::collect(&[path.to_owned()])?;
    if let [
        Place {
            kind: Kind::Named,
            path: file,
        },
    ] = places.as_slice()
    {
        return inputs::keyring(std::slice::from_ref(file));
    }
    let mut keyring = Keyring::new();
    for Judged { audit, bytes, .. } in judged(path, &places, now)? {
        let label = audit.label;
        let unreadable = |words: &str| CliError::new(format!("{label}: {words}"));
        let bytes = match (audit.trouble, bytes) {
            (Some(words), _) => return Err(unreadable(&words)),
            (None, Some(bytes)) => bytes,
            (None, None) => return Err(unreadable("too large for a key file of a package")),
        };
        keyring
            .add(&label, &bytes)
            .map_err(|error| CliError::new(error.to_string()))?;
    }
    Ok(keyring)
}

/// The key files at `path`, each audited.
pub fn files(path: &Path, now: Timestamp) -> Result<Vec<Judged>, CliError> {
    let places = places::collect(&[PathBuf::from(path)])?;
    judged(path, &places, now)
}

fn judged(path: &Path, places: &[Place], now: Timestamp) -> Result<Vec<Judged>, CliError> {
    let judged: Vec<Judged> = places.iter().flat_map(|place| audit::judge(place, now)).collect();
    if judged.is_empty() {
        return Err(
            CliError::new(format!("{}: no key files there", path.display())).hint(
                "give a key file, or a package that ships one: .dsc, .src.rpm, .spec or an unpacked tree",
            ),
        );
    }
    Ok(judged)
}

//! Whom to trust: the caller's keyrings, else for upstream the package's.

use std::path::PathBuf;

use tarvet_core::keyring::Keyring;
use tarvet_rpm::SourcePackage;

use crate::error::CliError;
use crate::inputs;

/// The caller's keyring, if he named one.
pub fn given(paths: &[PathBuf]) -> Result<Option<Keyring>, CliError> {
    match paths {
        [] => Ok(None),
        paths => inputs::keyring(paths).map(Some),
    }
}

/// The package's own keyring.
#[derive(Default)]
pub struct Own {
    pub keyring: Keyring,
    /// The Sources it came from.
    pub names: Vec<String>,
    /// Sources that hold no usable key: name and what.
    pub faults: Vec<(String, String)>,
}

/// Reads every Source that is a keyring.
pub fn of_package(source: &SourcePackage) -> Own {
    let mut own = Own::default();
    for key in source.key_sources() {
        let name = key.name.to_string();
        match own.keyring.add(&name, key.content) {
            Ok(()) => own.names.push(name),
            Err(error) => own.faults.push((name, error.to_string())),
        }
    }
    own
}

//! `--previous`: is the change of the package's keyring since its last version endorsed?

use std::path::Path;

use tarvet_core::checks::Finding;
use tarvet_core::keyring::Keyring;
use tarvet_core::keyring::succession::{Succession, Version};
use tarvet_debian::SourcePackage;

use super::{Shared, keyring, level, upstream};
use crate::error::CliError;
use crate::{check, inputs};

/// Compares the package's own keyring with that of the version before: a .dsc, a tree, or a keyring file.
pub fn compare(source: &SourcePackage, own: &Keyring, shared: &Shared<'_>) -> Result<Vec<Finding>, CliError> {
    let Some(path) = &shared.args.previous else {
        return Ok(Vec::new());
    };
    let before = read(path)?;
    let now = Version {
        keyring: own.clone(),
        release: upstream::upstream_version(source),
    };
    let policy = check::signature_policy(&shared.args.policy, shared.now);
    Ok(Succession::new(&before, &now, &policy).findings(&source.settings().levels))
}

/// The keyring there, and upstream's version if it is a package.
fn read(path: &Path) -> Result<Version, CliError> {
    let is_description = path
        .extension()
        .is_some_and(|extension| extension == "dsc" || extension == "changes");
    if !path.is_dir() && !is_description {
        return Ok(Version {
            keyring: inputs::keyring(&[path.to_owned()])?,
            release: None,
        });
    }
    let package = SourcePackage::open(path, &level).map_err(|error| CliError::new(error.to_string()))?;
    Ok(Version {
        keyring: keyring::of_package(&package).keyring,
        release: upstream::upstream_version(&package),
    })
}

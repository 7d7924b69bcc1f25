//! `--previous`: is the change of the package's keyring since its last version endorsed?

use std::path::Path;

use bstr::BStr;
use tarvet_core::Level;
use tarvet_core::checks::Finding;
use tarvet_core::keyring::Keyring;
use tarvet_core::keyring::succession::{Succession, Version};
use tarvet_rpm::SourcePackage;
use tarvet_rpm::package::Request;

use super::{Shared, keyring, level};
use crate::error::CliError;
use crate::{check, inputs};

/// Compares the package's own keyring with that of the version before: a spec, an SRPM, a directory, or a keyring file.
pub fn compare(source: &SourcePackage, own: &Keyring, shared: &Shared<'_>) -> Result<Vec<Finding>, CliError> {
    let Some(path) = &shared.args.previous else {
        return Ok(Vec::new());
    };
    let before = read(path, shared)?;
    let now = Version {
        keyring: own.clone(),
        release: source.version.clone(),
    };
    let policy = check::signature_policy(&shared.args.policy, shared.now);
    Ok(Succession::new(&before, &now, &policy).findings(&source.settings().levels))
}

/// The keyring there, and upstream's version if it is a package.
fn read(path: &Path, shared: &Shared<'_>) -> Result<Version, CliError> {
    let is_package = path
        .extension()
        .is_some_and(|extension| extension == "spec" || extension == "rpm");
    if !path.is_dir() && !is_package {
        return Ok(Version {
            keyring: inputs::keyring(&[path.to_owned()])?,
            release: None,
        });
    }
    let package = SourcePackage::open(
        path,
        &Request {
            // What the caller says of this version need not hold for the one before.
            defines: &[],
            sources: None,
            limits: check::limits(&shared.args.limits),
            level: &level,
            signers: None,
            copies: &|_: &BStr| Ok(Box::new(std::io::sink())),
        },
    )
    .map_err(|error| CliError::new(error.to_string()))?;
    let own = keyring::of_package(&package);
    if let Some(words) = unusable(&package, &own) {
        let error = CliError::new(format!("{}: {words}", path.display()));
        return Err(error.hint("name the version before as it was, with its sources, or a key file of it"));
    }
    Ok(Version {
        keyring: own.keyring,
        release: package.version,
    })
}

/// Why the package does not tell whom it trusted.
fn unusable(package: &SourcePackage, own: &keyring::Own) -> Option<String> {
    if let Some((_, why)) = own.faults.first() {
        return Some(why.clone());
    }
    let faults = package.envelope.iter().flat_map(|envelope| &envelope.faults);
    if let Some(fault) = faults
        .into_iter()
        .find(|fault| fault.kind.level() >= Level::Error)
    {
        return Some(fault.detail.clone());
    }
    let absent = package.unpacking().absent;
    let first = absent.first().filter(|_| own.keyring.is_empty())?;
    Some(format!("no keys there, and {} is not there either", first.name))
}

//! `--previous`: is the change of the package's keyring since its last version endorsed?

use std::path::Path;

use tarvet_core::checks::{self, Finding};
use tarvet_core::keyring::Keyring;
use tarvet_core::keyring::rollover::{self, ChangeKind, Rollover};
use tarvet_debian::SourcePackage;

use super::{Shared, keyring, level, upstream};
use crate::error::CliError;
use crate::{check, inputs};

/// What the previous version of a package says of this one's keyring.
#[derive(Default)]
pub struct Previous {
    /// Findings about each change.
    pub findings: Vec<Finding>,
    /// Upstream's version then, where a keyring with other keys came together with another release.
    pub changed_since: Option<String>,
}

/// Compares the package's own keyring with that of the version before: a .dsc, a tree, or a keyring file.
pub fn compare(source: &SourcePackage, own: &Keyring, shared: &Shared<'_>) -> Result<Previous, CliError> {
    let Some(path) = &shared.args.previous else {
        return Ok(Previous::default());
    };
    let (old, version) = read(path)?;
    let policy = check::signature_policy(&shared.args.policy, shared.now);
    let rollover = rollover::compare(&old, own, None, &policy);
    let version = version.filter(|version| Some(version) != upstream::upstream_version(source).as_ref());
    Ok(Previous {
        changed_since: version.filter(|_| has_other_keys(&rollover)),
        findings: checks::run(rollover::checks::ALL, &rollover, &source.settings().levels),
    })
}

fn has_other_keys(rollover: &Rollover) -> bool {
    let other = |kind| {
        matches!(
            kind,
            ChangeKind::Added | ChangeKind::Replaced | ChangeKind::Removed
        )
    };
    rollover.changes.iter().any(|change| other(change.kind))
}

/// The keyring there, and upstream's version if it is a package.
fn read(path: &Path) -> Result<(Keyring, Option<String>), CliError> {
    let is_description = path
        .extension()
        .is_some_and(|extension| extension == "dsc" || extension == "changes");
    if !path.is_dir() && !is_description {
        return Ok((inputs::keyring(&[path.to_owned()])?, None));
    }
    let package = SourcePackage::open(path, &level).map_err(|error| CliError::new(error.to_string()))?;
    Ok((
        keyring::of_package(&package).keyring,
        upstream::upstream_version(&package),
    ))
}

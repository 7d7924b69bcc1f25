//! The keyrings of two versions of one package.
//!
//! What [`rollover`] says of the keys holds here as well. A package also brings the tarball that its keyring verifies: both
//! other than before is a finding of its own.

use std::collections::BTreeMap;

use super::rollover::{self, ChangeKind, Rollover};
use super::{Keyring, SignaturePolicy};
use crate::Level;
use crate::checks::{self, Check, Finding};

/// One version of a package, as far as it matters here.
#[derive(Debug, Clone, Default)]
pub struct Version {
    /// The keyring that it ships.
    pub keyring: Keyring,
    /// Upstream's version, if it is known.
    pub release: Option<String>,
}

/// What became of the keyring from one version to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Succession {
    /// Every change of keys.
    pub rollover: Rollover,
    /// Upstream's version before, if it was another one than now.
    pub release_before: Option<String>,
}

impl Succession {
    /// Compares two versions.
    #[must_use]
    pub fn new(before: &Version, now: &Version, policy: &SignaturePolicy) -> Self {
        let other = before
            .release
            .as_ref()
            .filter(|release| Some(*release) != now.release.as_ref());
        Succession {
            rollover: rollover::compare(&before.keyring, &now.keyring, None, policy),
            release_before: other.cloned(),
        }
    }

    /// The findings of [`CHECKS`] and of those on any change of keys; `levels` are the package's own.
    #[must_use]
    pub fn findings(&self, levels: &BTreeMap<String, Level>) -> Vec<Finding> {
        let mut findings = checks::run(CHECKS, self, levels);
        findings.extend(checks::run(rollover::checks::ALL, &self.rollover, levels));
        findings
    }
}

/// Every check that needs both versions, in the order of their codes.
pub static CHECKS: &[&Check<Succession>] = &[&CHANGED_WITH_TARBALL];

static CHANGED_WITH_TARBALL: Check<Succession> = Check {
    code: "keyring-changed-with-tarball",
    summary: "a new upstream release comes together with new keys to check it with",
    level: Level::Warning,
    since: "0.1.0",
    page: include_str!("rollover/pages/keyring_changed_with_tarball.md"),
    run: |succession, sink| {
        let is_other = |kind| {
            matches!(
                kind,
                ChangeKind::Added | ChangeKind::Replaced | ChangeKind::Removed
            )
        };
        let mut changes = succession.rollover.changes.iter();
        if let Some(version) = &succession.release_before
            && changes.any(|change| is_other(change.kind))
        {
            sink.push(
                format!("the keyring has other certificates than with version {version}, and the tarball is new as well"),
                "look at each change (tarvet keyring diff), and find the hand-over in upstream's own words",
            );
        }
    },
};

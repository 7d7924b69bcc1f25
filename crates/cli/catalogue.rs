//! Every check there is, whatever it looks at: what `tarvet checks`, `tarvet explain` and the manual iterate.

use tarvet_core::checks::{self, Description};
use tarvet_core::keyring::audit;
use tarvet_core::keyring::{rollover, succession};
use tarvet_core::rebuilt;

/// Every check, in the order of their codes.
pub fn all() -> impl Iterator<Item = Description> {
    let mut all: Vec<Description> = checks::ALL.iter().map(|check| check.describe()).collect();
    all.extend(tarvet_debian::checks::ALL.iter().map(|check| check.describe()));
    all.extend(tarvet_rpm::checks::ALL.iter().map(|check| check.describe()));
    all.extend(rebuilt::CHECKS.iter().map(|check| check.describe()));
    all.extend(audit::checks::describe());
    all.extend(rollover::checks::ALL.iter().map(|check| check.describe()));
    all.extend(succession::CHECKS.iter().map(|check| check.describe()));
    all.sort_by_key(|check| check.code);
    all.into_iter()
}

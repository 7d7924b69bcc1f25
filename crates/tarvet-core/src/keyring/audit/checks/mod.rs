//! The checks of a keyring: pure functions over [`Audit`] that push findings and cannot fail, one over [`Copies`],
//! and those over [`Roles`].
//!
//! Adding one: a file with a `CHECK`, its page beside it, two lines here, and its cases.

mod algorithm_weak;
mod backsig_missing;
mod binding_sha1;
mod certificate_cannot_sign;
mod certificate_expired;
mod certificate_expires_soon;
mod certificate_revoked;
mod certificate_unverifiable;
mod copy_stale;
mod damaged;
mod empty;
mod encoding_odd;
mod garbage;
mod limit_exceeded;
mod nobody_can_sign;
mod not_minimal;
mod secret_key_inside;
mod several_blocks;
mod signer_outside;
mod signer_unseen;
mod subkey_expired;
mod tarball_signature_bad;
mod unreadable;

use super::{Audit, Copies, Roles};
use crate::checks::{Check, Description, Sink};
use crate::policy::Level;

/// Every check of one file, in the order of their codes.
pub static ALL: &[&Check<Audit>] = &[
    &algorithm_weak::CHECK,
    &backsig_missing::CHECK,
    &binding_sha1::CHECK,
    &certificate_cannot_sign::CHECK,
    &certificate_expired::CHECK,
    &certificate_expires_soon::CHECK,
    &certificate_revoked::CHECK,
    &certificate_unverifiable::CHECK,
    &damaged::CHECK,
    &empty::CHECK,
    &encoding_odd::CHECK,
    &garbage::CHECK,
    &limit_exceeded::CHECK,
    &nobody_can_sign::CHECK,
    &not_minimal::CHECK,
    &secret_key_inside::CHECK,
    &several_blocks::CHECK,
    &subkey_expired::CHECK,
    &unreadable::CHECK,
];

/// Every check of the copies in several files.
pub static OF_COPIES: &[&Check<Copies>] = &[&copy_stale::CHECK];

/// Every check of who signs what, in the order of their codes.
pub static OF_ROLES: &[&Check<Roles>] = &[
    &signer_outside::CHECK,
    &signer_unseen::CHECK,
    &tarball_signature_bad::CHECK,
];

/// What there is to say of each of them.
pub fn describe() -> impl Iterator<Item = Description> {
    let of_files = ALL.iter().map(|check| check.describe());
    of_files
        .chain(OF_COPIES.iter().map(|check| check.describe()))
        .chain(OF_ROLES.iter().map(|check| check.describe()))
}

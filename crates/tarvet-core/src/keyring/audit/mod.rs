//! What each certificate of a keyring file is worth: today, or at any other moment.
//!
//! [`audit`] takes one file apart into [`Audit`], facts alone; [`checks`] look for faults in them, and [`report`] puts
//! both into wire types. [`Copies`] remembers a little of each certificate, so that thousands of files can be compared
//! without being held: which of them have a stale copy. [`roles()`] says who of a keyring signed what, as far as tags and tarballs show it.
//!
//! The file is read as a check reads it, and further: a secret key is never used by a check, but must be found here.
//! Nothing of a secret key goes anywhere; what is kept of it is that it was there.

pub mod checks;
mod copies;
mod facts;
mod plain;
mod read;
pub mod report;
mod roles;

#[cfg(test)]
#[allow(
    clippy::disallowed_methods,
    reason = "tests make and take apart what the judgement may not"
)]
mod tests;

pub use copies::{Copies, Copy};
pub use facts::{Audit, CertificateFacts, KeyFacts, PlainKey, RevocationFacts, Standing};
pub use read::audit;
pub use roles::report::{RolesReport, SpanReport};
pub use roles::{Outsider, Refused, Role, Roles, SignedTarball, TagCount, TagSpan, TarballUse, roles};

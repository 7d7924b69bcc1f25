//! The judgement: is this tarball the source upstream signed, and where does every file in it come from?
//!
//! No terminal, no environment, no hidden clock and no network: everything the judgement depends on is an argument.
//! [`vet`] is the whole of it; read `vet.rs` first.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod checks;
mod claims;
pub mod convert;
pub mod escape;
mod facts;
mod judge;
pub mod keyring;
pub mod origin;
mod packaging;
mod policy;
mod reading;
pub mod rebuilt;
pub mod report;
pub mod settings;
mod signed_bytes;
pub mod signers;
mod subject;
pub mod upstream;
mod vet;

pub use claims::Evidence;
pub use facts::Facts;
pub use judge::{Verdict, judge};
pub use packaging::{Acceptance, Excluded, Packaging, Patched, Touched};
pub use policy::{Claim, Level, Policy, Signers};
pub use subject::{Subject, TarballFile, Upstream};
pub use vet::{VetError, conclude, gather, vet};

//! The judgement: is this tarball the source upstream signed, and where does every file in it come from?
//!
//! No terminal, no environment, no hidden clock and no network: everything the judgement depends on is an argument.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod convert;
pub mod keyring;
pub mod upstream;

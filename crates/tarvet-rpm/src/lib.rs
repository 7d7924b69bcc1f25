//! RPM packages: what specs and SRPMs hold, what the spec does with it, and what the build makes anew.
//!
//! Everything is read as data. Nothing of a package is run, and nothing is written.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod checks;
pub mod cpio;
mod facts;
pub mod package;
pub mod prep;
pub mod service;
pub mod sources;
pub mod spec;
pub mod srpm;

pub use facts::{Facts, TarballFacts};
pub use package::SourcePackage;

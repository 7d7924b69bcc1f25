//! Debian source packages: what they hold, what dpkg-source makes of it, and what the build makes anew.
//!
//! Everything is read as data. Nothing of a package is run, and nothing is written.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod changelog;
pub mod changes;
pub mod checks;
pub mod clearsign;
pub mod copyright;
pub mod deb;
pub mod debian_dir;
pub mod dep3;
pub mod dsc;
pub mod effective;
mod facts;
mod fault;
pub mod files;
pub mod gbp;
mod glob;
pub mod keys;
pub mod metadata;
pub mod overrides;
mod paragraph;
mod patched;
pub mod patches;
pub mod place;
pub mod rules;
mod source;
pub mod version;
pub mod watch;

pub use facts::{Facts, TarballFacts, UnusedOverride};
pub use fault::Fault;
pub use source::{SETTINGS, SourcePackage, UpstreamTarball};

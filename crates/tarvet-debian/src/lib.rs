//! Debian source packages: what they hold, what dpkg-source makes of it, and what the build makes anew.
//!
//! Everything is read as data. Nothing of a package is run, and nothing is written.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod deb;

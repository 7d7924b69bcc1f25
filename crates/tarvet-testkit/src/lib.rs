//! Test material: people with keys, hermetic git, tarballs byte by byte. Never published.
#![forbid(unsafe_code)]

pub mod git;
pub mod people;
pub mod tar;

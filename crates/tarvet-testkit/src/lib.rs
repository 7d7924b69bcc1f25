//! Test material: people with keys, hermetic git, tarballs byte by byte. Never published.
#![forbid(unsafe_code)]
#![allow(
    clippy::expect_used,
    reason = "a test that cannot be set up fails there and then"
)]

pub mod git;
pub mod people;
pub mod tar;

//! What the acceptance tests share: stories told in a few lines, made into files, run, and compared.
#![allow(dead_code)] // each test binary uses a part

pub mod debian;
pub mod git_tricks;
pub mod people;
pub mod prepare;
pub mod rpm;
pub mod run;
pub mod srpm;
pub mod story;
pub mod tar_tricks;
pub mod tarball;
pub mod upstream;

//! Explains files of a release tarball that the signed tree does not have as they are.
//!
//! * [`aclocal`]: the parts of an `aclocal.m4`.
//! * [`known`]: contents that are a published version of a standard build file.
//! * [`derived`]: contents that are recomputed from other, proven files.
//! * [`alleged`]: what a file claims about the tool that made it; never proof.
//!
//! Everything here is a pure function of bytes and names: no git, no keys, no clock, no file system. All inputs are
//! hostile; nothing panics and every cost is bounded by the size of the input.

pub mod aclocal;
pub mod alleged;
pub mod derived;
pub mod known;
pub mod rebuild;

//! The patches of a Debian source package: which files they touch, what of that a person should look at, and what
//! a patched file is like afterwards.
//!
//! - [`series`] reads which patches are applied;
//! - [`parse`] reads one patch, as strictly as dpkg-source and GNU patch together, and sees what each of them sees;
//! - [`judge()`] goes through all patches of a package in order and says what to look at;
//! - [`v1`] does the same for the one diff of format 1.0, and takes `debian/` out of it;
//! - [`apply()`] applies one file patch exactly.
//!
//! Pure functions of bytes: nothing is unpacked, nothing is run.

mod apply;
mod fault;
mod files;
mod git;
mod hunk;
mod hunks;
mod judge;
mod lines;
mod names;
pub mod series;
mod sorts;
#[cfg(test)]
mod tests;
pub mod v1;

pub use apply::{ApplyFault, apply};
pub use fault::{Fault, FaultKind};
pub use files::{Change, FilePatch, Patch, Touched};
pub use git::GitHeader;
pub use hunk::{Hunk, HunkLine, Side};
pub use hunks::parse;
pub use judge::{Judgement, Node, PatchFault, PatchFaultKind, PatchTouches, Source, judge};

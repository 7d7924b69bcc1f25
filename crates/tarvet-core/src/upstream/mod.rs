//! The only place that touches gix: tags, commits and trees, re-hashed as they are read.
//!
//! [`Repository`] and [`Proof`] both are an [`ObjectStore`]; [`resolve`] reads a ref **once** and from
//! then on follows object ids only. Every object is hashed again by us (with collision-detecting SHA-1)
//! before a byte of it is believed, so a lying object store, a replace ref or a false pack index shows as
//! a [`Fault`]. What cannot be read because of the caller (no such tag, not a repository) is an
//! [`UpstreamError`]; what is wrong with the objects is a fault, which the checks turn into findings.

mod changed;
mod error;
mod every_version;
mod files;
mod header;
mod memory;
mod names;
mod nowhere;
mod objects;
mod pack;
mod prove;
mod release;
mod repository;
mod signed;
mod tag_records;
mod tree;
mod wanted;

#[cfg(test)]
mod tests;

pub(crate) use changed::changed;
pub use error::UpstreamError;
pub use every_version::{FileVersion, every_version};
pub use gix::objs::Kind as ObjectKind;
pub use memory::{MemoryFile, MemoryStore};
pub use names::{TagWish, tag_fits};
pub use nowhere::Nowhere;
pub use objects::{Fault, FaultKind, Object, ObjectStore, object_id, read_as};
pub use pack::{Proof, is_pack};
pub use prove::prove;
pub use release::{Release, TagRef, choose, resolve};
pub use repository::Repository;
pub use signed::{CommitObject, EmbeddedSignature, TagObject};
pub use tag_records::{StoredTags, TagRecord};
pub use tree::{EntryKind, Tree, TreeEntry, TreeLimits, walk};
pub use wanted::missing_blobs;
pub(crate) use wanted::read_attributes;

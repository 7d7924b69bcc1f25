use std::sync::Arc;

use bstr::BString;
use gix::hash::Kind as ObjectFormat;
use tarvet_archive::Tarball;

use crate::keyring::{KeyringEntry, SignatureReport};
use crate::origin::{Comparison, Packaged};
use crate::policy::Policy;
use crate::upstream::{Fault, Release, TagWish, Tree};

/// Everything that was found out, before anything is judged. Checks and claims are functions of this.
pub struct Facts {
    /// The project's name, if known.
    pub name: Option<String>,
    /// Upstream's version, if known.
    pub version: Option<String>,
    /// The tag that was wanted.
    pub wish: Option<TagWish>,
    /// The tarball's path as given.
    pub tarball_path: String,
    /// What upstream was read from.
    pub place: String,
    /// The hash function of upstream's object ids.
    pub object_format: ObjectFormat,
    /// What the caller demands.
    pub policy: Policy,
    /// Whom the caller trusts.
    pub keyring: Vec<KeyringEntry>,
    /// Faults of the repository or proof as such.
    pub store_faults: Vec<Fault>,
    /// The release, resolved once.
    pub release: Release,
    /// The directory of the tree that the tarball is compared with; empty for the root.
    pub subdir: BString,
    /// Its tree; `None` when the release leads to none.
    pub tree: Option<Arc<Tree>>,
    /// Faults of submodules, with the path of the gitlink.
    pub submodule_faults: Vec<(BString, Fault)>,
    /// The tarball, read to its last byte.
    pub tarball: Tarball,
    /// Every signature found on tag, commit and tarball.
    pub signatures: Vec<SignatureReport>,
    /// The tarball was another file when its signature was checked than when it was read.
    pub tarball_changed: bool,
    /// Tarball against tree.
    pub comparison: Comparison,
    /// What the package around the tarball said.
    pub packaged: Packaged,
}

impl Facts {
    /// Every fault of upstream's objects.
    pub fn faults(&self) -> impl Iterator<Item = &Fault> {
        let tree = self.tree.as_deref().into_iter().flat_map(|tree| &tree.faults);
        let submodules = self.submodule_faults.iter().map(|(_, fault)| fault);
        self.store_faults
            .iter()
            .chain(&self.release.faults)
            .chain(tree)
            .chain(submodules)
    }
}

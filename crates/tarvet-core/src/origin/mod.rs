//! Where each member comes from, and why each absent tree entry is absent.
//!
//! [`compare`] pairs members with tree entries by path; every pair that is not equal, every member without an
//! entry and every entry without a member becomes a [`Difference`]. The explainers then try to prove an origin
//! for it, each in a file of its own; what nobody proves stays `modified`, `unexplained` or `missing`.

mod absent;
mod compare;
mod links;
mod prefix;
mod submodule;

use bstr::BString;

pub use compare::{Comparison, Inputs, compare};
pub use submodule::SubmoduleTree;

/// The side on which a difference exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// Only the tarball has the path.
    Tarball,
    /// Only the tree has it.
    Tree,
    /// Both have it and disagree.
    Both,
}

impl Side {
    /// The name in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Side::Tarball => "tarball",
            Side::Tree => "tree",
            Side::Both => "both",
        }
    }
}

/// Where a member comes from, or why an entry is absent (DESIGN: "Origin of a member").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Origin {
    /// The blob id equals the tag's at that path.
    Tree,
    /// Equal after the tree's own `export-subst` expansion (perhaps masked).
    ExportSubst,
    /// Equal after git's eol, ident, encoding or LFS conversion.
    Filtered,
    /// A symlink of the tree shipped as what it points to.
    Dereferenced,
    /// The blob of another path of the tree.
    Relocated,
    /// The blob of a submodule's tree at the commit of the gitlink.
    Submodule,
    /// Below a submodule for which the caller gave nothing.
    SubmoduleUnproven,
    /// A tracked path with other bytes.
    Modified,
    /// Nothing explains it.
    Unexplained,
    /// Absent: the tree's attributes say `export-ignore`.
    ExportIgnored,
    /// Absent: a submodule, which `git archive` leaves empty.
    SubmoduleEmpty,
    /// Absent: of use to version control or the forge only.
    VcsOnly,
    /// Absent without a reason.
    Missing,
}

impl Origin {
    /// Every origin, in the order of reports.
    pub const ALL: [Origin; 13] = [
        Origin::Tree,
        Origin::ExportSubst,
        Origin::Filtered,
        Origin::Dereferenced,
        Origin::Relocated,
        Origin::Submodule,
        Origin::SubmoduleUnproven,
        Origin::Modified,
        Origin::Unexplained,
        Origin::ExportIgnored,
        Origin::SubmoduleEmpty,
        Origin::VcsOnly,
        Origin::Missing,
    ];

    /// The name in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Origin::Tree => "tree",
            Origin::ExportSubst => "export-subst",
            Origin::Filtered => "filtered",
            Origin::Dereferenced => "dereferenced",
            Origin::Relocated => "relocated",
            Origin::Submodule => "submodule",
            Origin::SubmoduleUnproven => "submodule-unproven",
            Origin::Modified => "modified",
            Origin::Unexplained => "unexplained",
            Origin::ExportIgnored => "export-ignored",
            Origin::SubmoduleEmpty => "submodule-empty",
            Origin::VcsOnly => "vcs-only",
            Origin::Missing => "missing",
        }
    }

    /// Whether the origin is proof that the signed tree vouches for the bytes (or for the absence).
    pub fn is_accounted(self) -> bool {
        use Origin::{Missing, Modified, SubmoduleUnproven, Unexplained};
        !matches!(self, SubmoduleUnproven | Modified | Unexplained | Missing)
    }
}

/// One path on which tarball and tree disagree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The path, without the tarball's top directory.
    pub path: BString,
    /// Who has it.
    pub side: Side,
    /// What explains it.
    pub origin: Origin,
    /// What was found, in a sentence without a full stop.
    pub detail: String,
    /// The executable bit differs although the contents agree.
    pub executable_bit_differs: bool,
}

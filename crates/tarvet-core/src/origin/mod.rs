//! Where each member comes from, and why each absent tree entry is absent.
//!
//! [`compare`] pairs members with tree entries by path; every pair that is not equal, every member without an
//! entry and every entry without a member becomes a [`Difference`]. The explainers then try to prove an origin
//! for it, each in a file of its own; what nobody proves stays `modified`, `unexplained` or `missing`.

mod absent;
mod accounted;
mod aclocal;
mod compare;
mod describe;

mod explain;
mod history;
mod impostor;
mod inspect;
mod links;
mod namesakes;
mod orders;
mod packaging;
mod prefix;
mod replaced;
mod submodule;

use bstr::BString;

pub use compare::{Comparison, Inputs, compare, differing_blobs};
pub use describe::published;
pub use explain::{Context, explain};
pub use impostor::{Suspect, suspicion};
pub(crate) use inspect::{Inspector, Sketches};
pub use packaging::Packaged;
pub(crate) use packaging::package;
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
    /// A published version of a standard build file, under its own name.
    Known,
    /// An aclocal.m4 that splits completely into what aclocal writes and files that are accounted for.
    Assembled,
    /// Recomputed from files that are accounted for.
    Derived,
    /// Says that a tool made it, and the package's build deletes or overwrites it before anything reads it.
    Discarded,
    /// Unproven, but somebody answers for these very bytes, with a reason.
    Accepted,
    /// Below a submodule for which the caller gave nothing.
    SubmoduleUnproven,
    /// Says, or looks as if, a tool made it from a file of the tree. Not proof.
    Alleged,
    /// Bears the name of a standard build file, or claims to be one, and is no published version of it.
    Impostor,
    /// A tracked path with other bytes.
    Modified,
    /// Nothing explains it.
    Unexplained,
    /// Absent: the tree's attributes say `export-ignore`.
    ExportIgnored,
    /// Absent: the packager left it out, by a pattern that he wrote down.
    Excluded,
    /// Absent: a submodule, which `git archive` leaves empty.
    SubmoduleEmpty,
    /// Absent: of use to version control or the forge only.
    VcsOnly,
    /// Absent without a reason.
    Missing,
}

impl Origin {
    /// Every origin, in the order of reports.
    pub const ALL: [Origin; 21] = [
        Origin::Tree,
        Origin::ExportSubst,
        Origin::Filtered,
        Origin::Dereferenced,
        Origin::Relocated,
        Origin::Submodule,
        Origin::Known,
        Origin::Assembled,
        Origin::Derived,
        Origin::Discarded,
        Origin::Accepted,
        Origin::SubmoduleUnproven,
        Origin::Alleged,
        Origin::Impostor,
        Origin::Modified,
        Origin::Unexplained,
        Origin::ExportIgnored,
        Origin::Excluded,
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
            Origin::Known => "known",
            Origin::Assembled => "assembled",
            Origin::Derived => "derived",
            Origin::Discarded => "discarded",
            Origin::Accepted => "accepted",
            Origin::SubmoduleUnproven => "submodule-unproven",
            Origin::Alleged => "alleged",
            Origin::Impostor => "impostor",
            Origin::Modified => "modified",
            Origin::Unexplained => "unexplained",
            Origin::ExportIgnored => "export-ignored",
            Origin::Excluded => "excluded",
            Origin::SubmoduleEmpty => "submodule-empty",
            Origin::VcsOnly => "vcs-only",
            Origin::Missing => "missing",
        }
    }

    /// Whether the origin is proof: of the bytes, or of the reason for their absence.
    pub fn is_accounted(self) -> bool {
        use Origin::{Alleged, Impostor, Missing, Modified, SubmoduleUnproven, Unexplained};
        !matches!(
            self,
            SubmoduleUnproven | Alleged | Impostor | Modified | Unexplained | Missing
        )
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
    /// The member, by its place in the manifest.
    pub member: Option<usize>,
    /// Both sides have a regular file there, and only the bytes differ.
    pub tracked_file: bool,
    /// What the origin rests on, beyond the detail.
    pub explanation: Explanation,
}

/// What an explained origin rests on. Raw text; the report escapes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Explanation {
    /// The project that published the contents, or the tool that is said to have made them.
    pub tool: Option<String>,
    /// The versions of it.
    pub version: Option<String>,
    /// The files it is, or is said to be, made from.
    pub from: Vec<BString>,
    /// Lines worth a look: of a version stamp, or the head of the difference to the nearest published version.
    pub lines: Vec<BString>,
    /// The serial that is ahead of every published one, and the highest published.
    pub serial: Option<(String, String)>,
}

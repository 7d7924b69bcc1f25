//! The findings, as data.

use bstr::BString;
use tarvet_core::Level;

/// What is to be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PatchFaultKind {
    /// dpkg-source would refuse it, or it is not there: what it does is not known.
    Malformed,
    /// GNU patch reads it otherwise than dpkg-source.
    Ambiguous,
    /// A path with `..`, or inside of `.git` or `.pc`.
    EscapesTree,
    /// A path goes through a symbolic link, of the tarball or of an earlier patch.
    ThroughSymlink,
    /// A symbolic link is made.
    AddsSymlink,
    /// A generated file is patched: one that the signed tree lacks and the tarball has, or that has such a name.
    TouchesGenerated,
    /// A file is patched that decides how the package is built.
    TouchesBuildInput,
    /// Contents with NUL bytes, or git's binary form.
    AddsBinary,
    /// A file is made executable.
    AddsExecutable,
    /// A file below `debian/` is patched.
    TouchesDebian,
    /// A diff of format 1.0 changes a file outside of `debian/`.
    Outside,
    /// A patch that no series names.
    Unlisted,
    /// The series of a vendor differs from the common one.
    VendorSeries,
    /// Options in the series that dpkg-source ignores and quilt does not.
    SeriesOption,
}

impl PatchFaultKind {
    /// Every kind, gravest first.
    pub const ALL: [PatchFaultKind; 14] = [
        PatchFaultKind::Malformed,
        PatchFaultKind::Ambiguous,
        PatchFaultKind::EscapesTree,
        PatchFaultKind::ThroughSymlink,
        PatchFaultKind::AddsBinary,
        PatchFaultKind::AddsSymlink,
        PatchFaultKind::TouchesDebian,
        PatchFaultKind::TouchesGenerated,
        PatchFaultKind::Outside,
        PatchFaultKind::VendorSeries,
        PatchFaultKind::SeriesOption,
        PatchFaultKind::AddsExecutable,
        PatchFaultKind::TouchesBuildInput,
        PatchFaultKind::Unlisted,
    ];

    /// The level we advise, after what honest packages of the Debian archive hold.
    pub fn level(self) -> Level {
        match self {
            PatchFaultKind::Malformed
            | PatchFaultKind::Ambiguous
            | PatchFaultKind::EscapesTree
            | PatchFaultKind::ThroughSymlink => Level::Error,
            PatchFaultKind::AddsBinary
            | PatchFaultKind::AddsSymlink
            | PatchFaultKind::TouchesDebian
            | PatchFaultKind::TouchesGenerated
            | PatchFaultKind::Outside
            | PatchFaultKind::VendorSeries => Level::Warning,
            PatchFaultKind::SeriesOption
            | PatchFaultKind::AddsExecutable
            | PatchFaultKind::TouchesBuildInput
            | PatchFaultKind::Unlisted => Level::Info,
        }
    }
}

/// One finding. Of the kinds that are about paths there is one per patch, with the further paths in `also`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatchFault {
    /// What it is.
    pub kind: PatchFaultKind,
    /// The file it is in, from the root of the source: a patch or a series.
    pub patch: BString,
    /// The line there, from 1; 0 if it is about the whole file.
    pub line: usize,
    /// The path that is touched.
    pub path: Option<BString>,
    /// More paths of the same patch with the same fault, in the patch's order.
    pub also: Vec<BString>,
    /// What was found, about `path`. Names in it are escaped.
    pub message: String,
    /// What to do next.
    pub help: &'static str,
}

//! What about the patches of a package a person should look at.
//!
//! The patches are gone through in the order in which dpkg-source applies them, and what they add, remove and link is
//! remembered, so that a later patch meets what an earlier one left.

mod finding;
mod listing;
mod looks;
mod outline;

use std::collections::HashSet;

use bstr::{BStr, BString};

pub use finding::{PatchFault, PatchFaultKind};
use outline::Outline;

use super::fault::{Fault, FaultKind};
use super::files::Touched;
use super::hunks;

/// What is at a path of the unpacked source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Node {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link.
    Symlink,
    /// Anything else.
    Special,
}

/// The unpacked source before the first patch, as the caller knows it. Paths are relative to its root.
pub trait Source {
    /// What is at the path, with `debian/` as the debian tarball has it.
    fn node(&self, path: &BStr) -> Option<Node>;
    /// The contents of a regular file below `debian/`.
    fn debian_file(&self, path: &BStr) -> Option<&[u8]>;
    /// Every path below `debian/patches/` that is no directory.
    fn patch_files(&self) -> Vec<BString>;
    /// Whether the signed tree has the path; `None` if there is no signed tree to ask.
    fn signed(&self, path: &BStr) -> Option<bool>;
}

/// What a patch does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatchTouches {
    /// The patch, from the root of the source.
    pub patch: BString,
    /// What it touches, in order.
    pub touched: Vec<Touched>,
}

/// The patches of a package.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judgement {
    /// The series that dpkg-source takes, if there is one.
    pub series: Option<BString>,
    /// What each patch of it does, in order.
    pub patches: Vec<PatchTouches>,
    /// What to look at.
    pub faults: Vec<PatchFault>,
}

/// Judges the patches of a source in format 3.0 (quilt). `vendor` is the distribution whose dpkg-source unpacks, in
/// lower case: `debian`.
pub fn judge(source: &dyn Source, vendor: &str) -> Judgement {
    let mut judge = Judge::new(source);
    let Some((path, series)) = judge.series(vendor) else {
        judge.unlisted(&HashSet::new());
        return judge.out;
    };
    judge.out.series = Some(path);
    let mut listed = HashSet::new();
    for entry in &series.entries {
        let path = patch_path(entry.name.as_ref());
        judge.patch(&path, entry.line);
        listed.insert(path);
    }
    judge.unlisted(&listed);
    judge.out
}

/// Where a patch of that name is. dpkg-source takes absolute names for relative ones.
fn patch_path(name: &BStr) -> BString {
    let mut path = b"debian/patches/".to_vec();
    path.extend_from_slice(name);
    super::names::simplest(&path)
}

/// Goes through patches in order.
pub(super) struct Judge<'a> {
    source: &'a dyn Source,
    outline: Outline<'a>,
    pub(super) out: Judgement,
    /// The patch that is looked at.
    pub(super) patch: BString,
}

impl<'a> Judge<'a> {
    pub(super) fn new(source: &'a dyn Source) -> Self {
        Judge {
            source,
            outline: Outline::new(source),
            out: Judgement::default(),
            patch: BString::default(),
        }
    }

    /// One patch of the series.
    fn patch(&mut self, path: &BString, series_line: usize) {
        self.patch = path.clone();
        let Some(text) = self.source.debian_file(path.as_ref()) else {
            let message = match self.source.node(path.as_ref()) {
                None => {
                    format!("line {series_line} of the series names it, and the package does not have it")
                }
                Some(_) => "it is not a regular file, so what it does is not known".to_owned(),
            };
            self.push(
                PatchFaultKind::Malformed,
                0,
                None,
                message,
                "add it as a regular file, or take it out of the series",
            );
            return;
        };
        let patch = hunks::parse(text);
        let mut touches = PatchTouches {
            patch: path.clone(),
            touched: Vec::new(),
        };
        for file in &patch.files {
            let Some(touched) = self.file(file) else { continue };
            self.place(&touched);
            touches.touched.push(touched);
        }
        self.text_faults(patch.faults);
        self.out.patches.push(touches);
    }

    /// What is wrong with the text of a patch.
    pub(super) fn text_faults(&mut self, faults: Vec<Fault>) {
        for fault in faults {
            let kind = match fault.kind {
                FaultKind::Escapes => PatchFaultKind::EscapesTree,
                FaultKind::Ambiguous => PatchFaultKind::Ambiguous,
                FaultKind::Malformed | FaultKind::Limit => PatchFaultKind::Malformed,
            };
            self.push(kind, fault.line, None, fault.message, fault.help);
        }
    }

    /// Adds a finding, or to one: of one kind there is one per patch if it is about paths.
    pub(super) fn push(
        &mut self,
        kind: PatchFaultKind,
        line: usize,
        path: Option<BString>,
        message: String,
        help: &'static str,
    ) {
        if let Some(path) = &path {
            let faults = self.out.faults.iter_mut().rev();
            let mut same_patch = faults.take_while(|fault| fault.patch == self.patch);
            if let Some(fault) = same_patch.find(|fault| fault.kind == kind && fault.path.is_some()) {
                if fault.path.as_ref() != Some(path) && fault.also.last() != Some(path) {
                    fault.also.push(path.clone());
                }
                return;
            }
        }
        let patch = self.patch.clone();
        self.out.faults.push(PatchFault {
            kind,
            patch,
            line,
            path,
            also: Vec::new(),
            message,
            help,
        });
    }
}

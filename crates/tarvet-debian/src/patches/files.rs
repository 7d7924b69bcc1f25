//! What a patch does to one file.

use bstr::{BStr, BString};

use super::fault::Fault;
use super::git::GitHeader;
use super::hunk::Hunk;
use super::lines::Lines;

/// What a patch does to one file.
#[derive(Debug, Clone)]
pub struct FilePatch<'a> {
    /// The line of the patch where it starts, from 1.
    pub line: usize,
    /// The old name without its first component; `None` for `/dev/null` and names that `-p1` leaves empty.
    pub old: Option<BString>,
    /// The new name, likewise.
    pub new: Option<BString>,
    /// The old side says that there is no file (`/dev/null`, or a date at the epoch) and the first hunk agrees.
    pub from_nothing: bool,
    /// The new side says that there is no file, and the first hunk agrees.
    pub to_nothing: bool,
    /// git's extended headers, if there were any.
    pub git: Option<GitHeader>,
    /// `GIT binary patch`, which GNU patch refuses.
    pub binary: bool,
    /// Lines added by all hunks.
    pub added: usize,
    /// Lines removed by all hunks.
    pub removed: usize,
    /// An added line holds a NUL byte.
    pub adds_nul: bool,
    /// How many hunks there are.
    pub hunk_count: usize,
    /// The text of the hunks, and the number of the line before it.
    pub(super) body: &'a [u8],
    pub(super) body_line: usize,
    /// A `\r` before line ends belongs to the patch and not to the contents.
    pub(super) strip_cr: bool,
}

/// A patch as far as it could be read.
#[derive(Debug, Clone, Default)]
pub struct Patch<'a> {
    /// What it does, in order.
    pub files: Vec<FilePatch<'a>>,
    /// What is wrong with it. After one that is [`super::FaultKind::Malformed`] nothing more was read.
    pub faults: Vec<Fault>,
}

/// What is done to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Change {
    /// Other contents.
    Modify,
    /// A new file.
    Add,
    /// Removed.
    Delete,
    /// Moved here from `old_path`, perhaps with other contents.
    Rename,
    /// Copied here from `old_path`, perhaps with other contents.
    Copy,
    /// Only another mode.
    Mode,
    /// git's binary form, which GNU patch refuses.
    Binary,
}

/// A path that a patch touches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touched {
    /// The path, from the root of the source.
    pub path: BString,
    /// Where the contents come from, if elsewhere: renames and copies. A rename removes this path.
    pub old_path: Option<BString>,
    /// What is done.
    pub change: Change,
    /// The mode that a git header gives it, octal.
    pub mode: Option<u32>,
    /// Lines added.
    pub added: usize,
    /// Lines removed.
    pub removed: usize,
    /// The line of the patch, from 1.
    pub line: usize,
}

impl<'a> FilePatch<'a> {
    /// The hunks, in order.
    pub fn hunks(&self) -> impl Iterator<Item = Hunk<'a>> + use<'a> {
        let mut lines = Lines::new(self.body, self.body_line);
        let strip_cr = self.strip_cr;
        std::iter::from_fn(move || Hunk::read(&mut lines, strip_cr).ok().flatten())
    }

    /// Which of the two names GNU patch takes, where `exists` tells which paths are there: the existing one, else the
    /// one with fewest directories, then the shortest.
    pub fn target(&self, exists: impl Fn(&BStr) -> bool) -> Option<&BStr> {
        let (Some(old), Some(new)) = (&self.old, &self.new) else {
            return self.old.as_ref().or(self.new.as_ref()).map(|name| name.as_ref());
        };
        if old == new {
            return Some(old.as_ref());
        }
        let chosen = match (exists(old.as_ref()), exists(new.as_ref())) {
            (true, false) => old,
            (false, true) => new,
            _ if measure(new) < measure(old) => new,
            _ => old,
        };
        Some(chosen.as_ref())
    }

    /// What it does, where `exists` tells which paths are there before it.
    pub fn touched(&self, exists: impl Fn(&BStr) -> bool) -> Option<Touched> {
        let git = self.git.as_ref();
        let moves = git.is_some_and(|git| git.renames || git.copies);
        let (path, old_path) = match (&self.old, &self.new) {
            (Some(old), Some(new)) if moves && old != new => (new.clone(), Some(old.clone())),
            _ => (self.target(&exists)?.to_owned(), None),
        };
        let change = if self.binary {
            Change::Binary
        } else if old_path.is_some() && git.is_some_and(|git| git.renames) {
            Change::Rename
        } else if old_path.is_some() {
            Change::Copy
        } else if self.to_nothing || git.is_some_and(|git| git.deletes) {
            Change::Delete
        } else if self.from_nothing || git.is_some_and(|git| git.creates) || !exists(path.as_ref()) {
            Change::Add
        } else if self.hunk_count == 0 {
            Change::Mode
        } else {
            Change::Modify
        };
        Some(Touched {
            path,
            old_path,
            change,
            mode: git.and_then(|git| git.new_mode),
            added: self.added,
            removed: self.removed,
            line: self.line,
        })
    }
}

/// GNU patch's measure of a name: components, then the length of the last, then the length of all.
fn measure(name: &BString) -> (usize, usize, usize) {
    let components = name.iter().filter(|byte| **byte == b'/').count();
    let last = name.rsplit(|byte| *byte == b'/').next().map_or(0, <[u8]>::len);
    (components, last, name.len())
}

//! All entries below a commit's tree, every tree object re-hashed on the way.

use std::collections::HashSet;

use bstr::BString;
use gix::ObjectId;
use gix::objs::{Kind, TreeRefIter};

use super::{Fault, FaultKind, ObjectStore, read_as};

/// What a tree entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EntryKind {
    /// A regular file.
    File,
    /// A regular file with the executable bit.
    Executable,
    /// A symbolic link; its blob holds the target.
    Symlink,
    /// A submodule; the id is a commit of another repository.
    Gitlink,
}

/// One entry of the tree that is not itself a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeEntry {
    /// Full path, raw bytes, `/` between components.
    pub path: BString,
    /// What it is.
    pub kind: EntryKind,
    /// The blob's id, or the commit's for a gitlink.
    pub id: ObjectId,
}

/// The tree of a release, flattened, in git's order.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    /// Every blob, symlink and gitlink.
    pub entries: Vec<TreeEntry>,
    /// What was wrong with the tree objects.
    pub faults: Vec<Fault>,
}

/// Bounds on walking a tree.
#[derive(Debug, Clone, Copy)]
pub struct TreeLimits {
    /// Entries, trees included; a tree of trees that repeat can name billions.
    pub entries: usize,
    /// Components of a path.
    pub depth: usize,
    /// Bytes of all paths together.
    pub path_bytes: usize,
}

impl Default for TreeLimits {
    fn default() -> Self {
        TreeLimits {
            entries: 600_000,
            depth: 256,
            path_bytes: 128 << 20,
        }
    }
}

/// Reads the tree `root` and everything below it, or below its directory `subdir`.
pub fn walk(store: &dyn ObjectStore, root: ObjectId, limits: &TreeLimits) -> Tree {
    let mut walk = Walk {
        store,
        limits,
        tree: Tree::default(),
        seen: 0,
        path_bytes: 0,
    };
    walk.directory(root, &BString::default(), 0);
    walk.tree
}

struct Walk<'a> {
    store: &'a dyn ObjectStore,
    limits: &'a TreeLimits,
    tree: Tree,
    seen: usize,
    path_bytes: usize,
}

impl Walk<'_> {
    fn directory(&mut self, id: ObjectId, path: &BString, depth: usize) {
        if depth > self.limits.depth {
            let detail = format!("the tree is more than {} directories deep", self.limits.depth);
            return self.fault(FaultKind::Limit, path, detail);
        }
        let object = match read_as(self.store, &id, Kind::Tree) {
            Ok(object) => object,
            Err(fault) => return self.tree.faults.push(fault.at(path.clone())),
        };
        let mut names: HashSet<BString> = HashSet::new();
        for entry in TreeRefIter::from_bytes(&object.data, self.store.format()) {
            let Ok(entry) = entry else {
                return self.fault(
                    FaultKind::TreeMalformed,
                    path,
                    format!("tree {id} is not well formed"),
                );
            };
            self.seen += 1;
            self.path_bytes += path.len() + entry.filename.len() + 1;
            if self.seen > self.limits.entries || self.path_bytes > self.limits.path_bytes {
                let detail = format!(
                    "the tree has more than {} entries, or too long paths",
                    self.limits.entries
                );
                if !self
                    .tree
                    .faults
                    .iter()
                    .any(|fault| fault.kind == FaultKind::Limit)
                {
                    self.fault(FaultKind::Limit, path, detail);
                }
                return;
            }
            let full = join(path, entry.filename);
            if let Some(what) = bad_name(entry.filename) {
                self.fault(
                    FaultKind::TreeMalformed,
                    &full,
                    format!("tree {id} has an entry {what}"),
                );
            }
            if !names.insert(entry.filename.to_owned()) {
                self.fault(
                    FaultKind::TreeMalformed,
                    &full,
                    format!("tree {id} has two entries of this name"),
                );
            }
            self.entry(entry.mode.value(), entry.oid.into(), full, depth);
        }
    }

    fn entry(&mut self, mode: u16, id: ObjectId, path: BString, depth: usize) {
        let kind = match mode {
            0o040000 => return self.directory(id, &path, depth + 1),
            0o100644 => EntryKind::File,
            0o100755 => EntryKind::Executable,
            0o120000 => EntryKind::Symlink,
            0o160000 => EntryKind::Gitlink,
            other => {
                self.fault(
                    FaultKind::OddMode,
                    &path,
                    format!("its mode is {other:o}, which git does not write"),
                );
                match other & 0o170000 {
                    0o040000 => return self.directory(id, &path, depth + 1),
                    0o100000 if other & 0o100 != 0 => EntryKind::Executable,
                    0o120000 => EntryKind::Symlink,
                    0o160000 => EntryKind::Gitlink,
                    _ => EntryKind::File,
                }
            }
        };
        self.tree.entries.push(TreeEntry { path, kind, id });
    }

    fn fault(&mut self, kind: FaultKind, path: &BString, detail: String) {
        self.tree.faults.push(Fault::new(kind, detail).at(path.clone()));
    }
}

fn join(directory: &BString, name: &bstr::BStr) -> BString {
    let mut path = directory.clone();
    if !path.is_empty() {
        path.push(b'/');
    }
    path.extend_from_slice(name);
    path
}

/// What git fsck would refuse in a name.
fn bad_name(name: &bstr::BStr) -> Option<&'static str> {
    if name.is_empty() {
        Some("without a name")
    } else if name.contains(&b'/') {
        Some("with a slash in its name")
    } else if name == "." || name == ".." {
        Some("named `.` or `..`")
    } else if name.eq_ignore_ascii_case(b".git") {
        Some("named `.git`")
    } else {
        None
    }
}

//! Submodules: the gitlink's commit names a tree of another repository, which the caller may give.

use std::collections::HashMap;

use bstr::{BStr, BString, ByteSlice};
use gix::ObjectId;

use crate::upstream::{EntryKind, Tree};

/// A submodule for which the caller gave a repository or proof, walked at the gitlink's commit.
#[derive(Debug, Default)]
pub struct SubmoduleTree {
    /// Path of the gitlink in the tree.
    pub path: BString,
    /// The tree of that very commit; empty with a fault when it could not be read.
    pub tree: Tree,
}

/// Entries of a submodule's tree, by path.
type Index<'a> = HashMap<&'a BStr, (EntryKind, ObjectId)>;

/// Gitlinks of the tree, with what the caller gave for them.
pub(super) struct Gitlinks<'a> {
    given: HashMap<&'a BStr, Option<Index<'a>>>,
}

/// What is known of a member below a gitlink.
pub(super) enum Below<'a> {
    /// The path is not below any gitlink.
    No,
    /// The caller gave nothing for this gitlink.
    Unproven(&'a BStr),
    /// The submodule's tree has this entry at the path (or nothing there).
    Entry(&'a BStr, Option<(EntryKind, ObjectId)>),
}

impl<'a> Gitlinks<'a> {
    pub(super) fn new(tree: &'a Tree, given: &'a [SubmoduleTree]) -> Self {
        let links = tree
            .entries
            .iter()
            .filter(|entry| entry.kind == EntryKind::Gitlink);
        let trees = links.map(|link| {
            let tree = given
                .iter()
                .find(|sub| sub.path == link.path && sub.tree.faults.is_empty());
            let index = |sub: &'a SubmoduleTree| {
                sub.tree
                    .entries
                    .iter()
                    .map(|e| (e.path.as_bstr(), (e.kind, e.id)))
                    .collect()
            };
            (link.path.as_bstr(), tree.map(index))
        });
        Gitlinks {
            given: trees.collect(),
        }
    }

    pub(super) fn find(&self, path: &'a BStr) -> Below<'a> {
        if self.given.is_empty() {
            return Below::No;
        }
        for slash in path.find_iter("/") {
            let (link, rest) = path.split_at(slash);
            let Some((link, given)) = self.given.get_key_value(link.as_bstr()) else {
                continue;
            };
            let inside = rest.get(1..).unwrap_or_default().as_bstr();
            return match given {
                None => Below::Unproven(link),
                Some(index) => Below::Entry(link, index.get(inside).copied()),
            };
        }
        Below::No
    }
}

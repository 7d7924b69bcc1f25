//! Entries of the tree that the tarball does not have, or has in another shape.

use bstr::{BString, ByteSlice};

use super::{Found, Pairing, Seen, below_subdir};
use crate::origin::{Origin, Side, absent};
use crate::upstream::{EntryKind, TreeEntry};

impl Pairing<'_> {
    pub(super) fn absent_entries(&mut self) {
        let seen = std::mem::take(&mut self.seen);
        for (entry, seen) in self.inputs.tree.entries.iter().zip(seen) {
            let Some(path) = below_subdir(entry.path.as_bstr(), self.inputs.subdir) else {
                continue;
            };
            self.out.tree_entries += 1;
            if seen == Seen::Member {
                continue;
            }
            if entry.kind == EntryKind::Symlink && seen == Seen::Directory {
                let found = self.directory_for_link(entry);
                // The link itself is absent; what is there instead has been told member by member.
                let side = if found.origin == Origin::Modified {
                    Side::Both
                } else {
                    Side::Tree
                };
                self.record(path, side, found, None, false);
                continue;
            }
            let (origin, detail) = if entry.kind != EntryKind::Gitlink {
                absent::reason(entry.path.as_bstr(), self.inputs.attributes)
            } else if let Some(origin) = self.filled.get(&entry.path) {
                (
                    *origin,
                    format!("a submodule at commit {}, filled in the tarball", entry.id),
                )
            } else if seen == Seen::Directory {
                (
                    Origin::SubmoduleEmpty,
                    format!(
                        "a submodule at commit {}; git archive never includes its files",
                        entry.id
                    ),
                )
            } else {
                (
                    Origin::Missing,
                    format!("a submodule at commit {}, absent from the tarball", entry.id),
                )
            };
            self.record(path, Side::Tree, Found::new(origin, detail), None, false);
        }
    }

    /// A directory where the tree has a symlink: what the link leads to, shipped in its place, or something else.
    fn directory_for_link(&self, entry: &TreeEntry) -> Found {
        let Some(target) = self.links.follow(entry.path.as_bstr()) else {
            return Found::new(
                Origin::Modified,
                "a directory in the tarball, a symlink in the tree",
            );
        };
        let inside = |path: &BString| {
            path.strip_prefix(target.as_slice())
                .is_some_and(|rest| rest.starts_with(b"/"))
        };
        if self.inputs.tree.entries.iter().any(|entry| inside(&entry.path)) {
            Found::new(
                Origin::Dereferenced,
                format!("the symlink's target {target}, shipped as a directory"),
            )
        } else {
            Found::new(
                Origin::Modified,
                "a directory in the tarball, a symlink in the tree",
            )
        }
    }
}

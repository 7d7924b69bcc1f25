//! A member whose path the tree does not have.

use bstr::{BStr, ByteSlice};
use gix::ObjectId;
use tarvet_archive::{Member, MemberKind};

use super::{Found, Pairing, Seen, kind_name};
use crate::origin::Origin;
use crate::origin::orders::{is_data, takes_orders};
use crate::origin::submodule::Below;
use crate::upstream::EntryKind;

impl Pairing<'_> {
    /// A member whose path the tree does not have.
    pub(super) fn untracked(&mut self, member: &Member, full: &BStr) -> Found {
        let is_file = matches!(member.kind, MemberKind::File | MemberKind::HardLink);
        match self.gitlinks.find(full) {
            Below::Unproven(link) => {
                let link = link.to_owned();
                let detail =
                    format!("inside the submodule {link}, for which no repository or proof was given");
                if self
                    .filled
                    .insert(link.clone(), Origin::SubmoduleUnproven)
                    .is_none()
                {
                    self.out.unproven_submodules.push(link);
                }
                return Found::new(Origin::SubmoduleUnproven, detail);
            }
            Below::Entry(link, found) => {
                self.filled.insert(link.to_owned(), Origin::Submodule);
                let is_link = member.kind == MemberKind::Symlink;
                let same = |(kind, id): &(EntryKind, ObjectId)| {
                    *id == member.blob
                        && if is_link {
                            *kind == EntryKind::Symlink
                        } else {
                            is_file && *kind != EntryKind::Symlink
                        }
                };
                return match found.filter(same) {
                    Some((kind, _)) => Found::new(Origin::Submodule, format!("of the submodule {link}"))
                        .with_mode(member, kind),
                    None if found.is_some() => Found::new(
                        Origin::Modified,
                        format!("other bytes than in the submodule {link}"),
                    ),
                    None => Found::new(Origin::Unexplained, format!("not in the submodule {link}")),
                };
            }
            Below::No => {}
        }
        if !is_file {
            return Found::new(
                Origin::Unexplained,
                format!("{} that the tree does not have", kind_name(member.kind)),
            );
        }
        if let Some(found) = self.dereferenced(member, full) {
            self.mark_link_above(full);
            return found;
        }
        let same = if member.mode & 0o111 == 0 {
            EntryKind::File
        } else {
            EntryKind::Executable
        };
        let other = if member.mode & 0o111 == 0 {
            EntryKind::Executable
        } else {
            EntryKind::File
        };
        let find = |kind| self.by_blob.get(&(member.blob, kind));
        // Being empty like another file says nothing of where a file comes from.
        if let Some(entry) = find(same).or_else(|| find(other)).filter(|_| member.size > 0) {
            let detail = format!("the tree has these bytes at {}", entry.path);
            // Signed bytes, and it is the name that makes a tool run them: so the payload of xz got into its build.
            let from = entry.path.as_bstr();
            let renamed = basename(full) != basename(from);
            if takes_orders(full) && (renamed || is_data(from) && !is_data(full)) {
                let detail = format!("{detail}, and here a tool takes orders from them");
                return Found::new(Origin::Unexplained, detail);
            }
            return Found::new(Origin::Relocated, detail).with_mode(member, entry.kind);
        }
        Found::new(Origin::Unexplained, "the tree does not have it")
    }

    /// The symlink of the tree above this path was shipped as the directory it leads to.
    fn mark_link_above(&mut self, full: &BStr) {
        let above = full.find_iter("/").filter_map(|slash| full.get(..slash));
        let indexes: Vec<usize> = above
            .filter_map(|path| self.entries.get(path.as_bstr()).copied())
            .collect();
        for index in indexes {
            self.mark(Some(index), Seen::Directory);
        }
    }

    /// The file that the tree's symlinks lead to from this path, if the member has its bytes.
    pub(super) fn dereferenced(&self, member: &Member, full: &BStr) -> Option<Found> {
        let target = self.links.follow(full)?;
        let entry = self
            .inputs
            .tree
            .entries
            .get(*self.entries.get(target.as_bstr())?)?;
        let is_file = matches!(entry.kind, EntryKind::File | EntryKind::Executable);
        (is_file && entry.id == member.blob).then(|| {
            Found::new(
                Origin::Dereferenced,
                format!("the symlink's target {target}, shipped as a file"),
            )
            .with_mode(member, entry.kind)
        })
    }
}

fn basename(path: &BStr) -> &[u8] {
    path.rsplit_str("/").next().unwrap_or_default()
}

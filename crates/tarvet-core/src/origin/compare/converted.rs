//! A file of the tree with other bytes: has git itself converted it?

use tarvet_archive::Member;

use bstr::ByteSlice;
use gix::objs::Kind;

use super::{Found, MAX_SUBSTITUTIONS, Pairing};
use crate::convert::{self, CommitFacts, Conversion, PathAttributes};
use crate::origin::Origin;
use crate::upstream::{TreeEntry, object_id, read_as};

impl<'a> Pairing<'a> {
    /// A tracked file with other bytes: equal after what git itself does to it on the way into an archive?
    pub(super) fn converted(&mut self, member: &Member, entry: &'a TreeEntry) -> Found {
        let attributes = self.inputs.attributes.of(entry.path.as_bstr(), false);
        if !attributes.converts() {
            return Found::new(Origin::Modified, "other bytes than in the tree");
        }
        let blob = match self.blob(entry, &attributes, member) {
            Ok(blob) => blob,
            Err(why) => {
                return Found::new(
                    Origin::Modified,
                    format!("other bytes than in the tree; not converted: {why}"),
                );
            }
        };
        if let Some(pointer) = convert::lfs_pointer(&blob)
            .filter(|_| attributes.filter.as_ref().is_some_and(|filter| filter == "lfs"))
            && pointer.sha256 == member.sha256.0
            && pointer.size == member.size
        {
            let found = Found::new(
                Origin::Filtered,
                "the file that the LFS pointer in the tree names",
            );
            return found.with_mode(member, entry.kind);
        }
        let (Some(content), Some(commit)) = (&member.content, self.inputs.commit) else {
            let detail =
                "other bytes than in the tree; too large to be converted under the limit on kept contents";
            return Found::new(Origin::Modified, detail);
        };
        if attributes.export_subst {
            self.substitutions += 1;
            if self.substitutions > MAX_SUBSTITUTIONS {
                let detail = format!(
                    "other bytes than in the tree, and more than {MAX_SUBSTITUTIONS} files with placeholders"
                );
                return Found::new(Origin::Modified, detail);
            }
        }
        self.conversion(&blob, content, entry, &attributes, commit)
            .with_mode(member, entry.kind)
    }

    /// The entry's blob: read, or the member with its line endings turned back if that hashes to the blob's id.
    fn blob(
        &self,
        entry: &TreeEntry,
        attributes: &PathAttributes,
        member: &Member,
    ) -> Result<Vec<u8>, String> {
        let fault = match read_as(self.inputs.store, &entry.id, Kind::Blob) {
            Ok(blob) => return Ok(blob.data),
            Err(fault) => fault,
        };
        let guesses = member
            .content
            .iter()
            .flat_map(|content| convert::restore(content, attributes));
        let is_blob = |guess: &Vec<u8>| {
            object_id(self.inputs.store.format(), Kind::Blob, guess).is_ok_and(|id| id == entry.id)
        };
        guesses.into_iter().find(is_blob).ok_or(fault.detail)
    }

    fn conversion(
        &mut self,
        blob: &[u8],
        content: &[u8],
        entry: &TreeEntry,
        attributes: &PathAttributes,
        commit: &CommitFacts,
    ) -> Found {
        let substituted = |how: &[&str]| {
            if how.contains(&"export-subst") {
                Origin::ExportSubst
            } else {
                Origin::Filtered
            }
        };
        match convert::compare(blob, entry.id, attributes, commit, self.inputs.tag_name, content) {
            Conversion::Exact { how } => {
                Found::new(substituted(&how), format!("equal after {}", how.join(", ")))
            }
            Conversion::Masked {
                how,
                placeholders,
                values,
            } => {
                for (placeholder, value) in placeholders.iter().zip(&values) {
                    self.out
                        .masked
                        .push((entry.path.clone(), format!("{placeholder} is `{value}`")));
                }
                let detail = format!(
                    "equal after {}, except {} which cannot be recomputed",
                    how.join(", "),
                    placeholders.join(", ")
                );
                Found::new(Origin::ExportSubst, detail)
            }
            Conversion::Different { reason } => Found::new(
                Origin::Modified,
                format!("other bytes than in the tree: {reason}"),
            ),
        }
    }
}

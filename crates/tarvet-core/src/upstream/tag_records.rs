//! What a repository records about its tags beside the objects: the packed copy of a ref, its log, branches of the
//! same name, and tag objects that no ref names any more. It shows moved tags as far as one repository can.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::PathBuf;

use bstr::{BStr, BString, ByteSlice};
use gix::ObjectId;
use gix::objs::Kind;

use super::{Repository, TagRef, UpstreamError, files};

/// Largest `packed-refs` that is read, in bytes: two million tags.
const LARGEST_PACKED: u64 = 256 << 20;
/// Largest log of one ref, in bytes.
const LARGEST_LOG: u64 = 1 << 20;
/// Moves kept of one log.
const MOST_MOVES: usize = 16;

/// One tag as the repository records it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagRecord {
    /// The ref itself, as it is now.
    pub tag: TagRef,
    /// What `packed-refs` says it points to; another id than `tag.target` means that it was moved since it was packed.
    pub packed: Option<ObjectId>,
    /// The object at the end of the tag, as `packed-refs` says: a cache that nobody signed.
    pub packed_peeled: Option<ObjectId>,
    /// Ids it pointed to before, as its log tells; most repositories keep no log of tags.
    pub before: Vec<ObjectId>,
    /// A branch has the same name, so that the bare name means either.
    pub shares_branch_name: bool,
}

/// Tag objects of the whole object store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoredTags {
    /// All of them, whether or not a ref names them.
    All(Vec<ObjectId>),
    /// There are more objects than are looked through.
    TooMany,
    /// The store could not list its objects; its own words.
    Unlisted(String),
}

impl Repository {
    /// Every tag with what is recorded about it, read once.
    pub fn tag_records(&self) -> Result<Vec<TagRecord>, UpstreamError> {
        let tags = self.tags()?;
        let branches = self.branch_names();
        let packed = self.packed_tags();
        let logs = self.repo.common_dir().join("logs/refs/tags");
        let has_logs = logs.is_dir();
        let record = |tag: TagRef| {
            let packed = packed.get(&tag.name).copied();
            TagRecord {
                packed: packed.map(|packed| packed.target),
                packed_peeled: packed.and_then(|packed| packed.peeled),
                before: match (has_logs, tag.name.to_path()) {
                    (true, Ok(name)) => moves(logs.join(name)),
                    _ => Vec::new(),
                },
                shares_branch_name: branches.contains(&tag.name),
                tag,
            }
        };
        Ok(tags.into_iter().map(record).collect())
    }

    /// Ids of every tag object in the store, at most `most` objects being looked at.
    pub fn stored_tags(&self, most: usize) -> StoredTags {
        let all = match self.repo.objects.iter() {
            Ok(all) => all,
            Err(error) => return StoredTags::Unlisted(error.to_string()),
        };
        let mut found = Vec::new();
        for (index, id) in all.flatten().enumerate() {
            if index >= most {
                return StoredTags::TooMany;
            }
            if self.is_loose_sound(&id)
                && let Ok(Some(header)) = self.repo.try_find_header(id)
                && header.kind() == Kind::Tag
            {
                found.push(id);
            }
        }
        found.sort_unstable();
        found.dedup();
        StoredTags::All(found)
    }

    /// The same repository for another thread.
    pub fn another(&self) -> Self {
        Repository {
            repo: self.repo.clone(),
            path: self.path.clone(),
            place: self.place.clone(),
        }
    }

    fn branch_names(&self) -> HashSet<BString> {
        let mut names = HashSet::new();
        if let Ok(references) = self.repo.references()
            && let Ok(branches) = references.local_branches()
        {
            for branch in branches.flatten() {
                let full = branch.name().as_bstr();
                names.insert(full.strip_prefix(b"refs/heads/").unwrap_or(full).into());
            }
        }
        names
    }

    fn packed_tags(&self) -> HashMap<BString, Packed> {
        let path = self.repo.common_dir().join("packed-refs");
        if !files::is_sound(&path, LARGEST_PACKED) {
            return HashMap::new();
        }
        fs::read(path).map(|text| packed_tags(&text)).unwrap_or_default()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Packed {
    target: ObjectId,
    peeled: Option<ObjectId>,
}

/// The tags of a `packed-refs` file (gitformat: `ID SP NAME`, then `^ID` with what an annotated tag leads to).
fn packed_tags(text: &[u8]) -> HashMap<BString, Packed> {
    let mut tags = HashMap::new();
    let mut last: Option<BString> = None;
    for line in text.lines() {
        if let Some(peeled) = line.strip_prefix(b"^") {
            let entry = last.take().and_then(|name| tags.get_mut(&name));
            if let (Some(Packed { peeled: place, .. }), Ok(id)) = (entry, ObjectId::from_hex(peeled)) {
                *place = Some(id);
            }
            continue;
        }
        last = None;
        let Some((id, name)) = line.split_once_str(" ") else {
            continue;
        };
        if let (Ok(target), Some(name)) = (ObjectId::from_hex(id), name.strip_prefix(b"refs/tags/")) {
            let name: BString = name.into();
            last = Some(name.clone());
            tags.insert(name, Packed { target, peeled: None });
        }
    }
    tags
}

/// What a ref pointed to before, of its log: lines `OLD SP NEW SP identity…`.
fn moves(path: PathBuf) -> Vec<ObjectId> {
    if !path.is_file() || !files::is_sound(&path, LARGEST_LOG) {
        return Vec::new();
    }
    let text = fs::read(path).unwrap_or_default();
    let before = |line: &[u8]| {
        let mut words = line.split_str(" ").map(BStr::new);
        let (old, new) = (words.next()?, words.next()?);
        let old = ObjectId::from_hex(old).ok()?;
        (!old.is_null() && ObjectId::from_hex(new).is_ok_and(|new| new != old)).then_some(old)
    };
    text.lines().filter_map(before).take(MOST_MOVES).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    const B: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

    #[test]
    fn packed_refs_are_read_with_what_they_peel_to() {
        let text = format!(
            "# pack-refs with: peeled\n{A} refs/heads/v1\n{A} refs/tags/v1\n^{B}\n{B} refs/tags/v2\n"
        );
        let tags = packed_tags(text.as_bytes());
        assert_eq!(tags.len(), 2);
        let v1 = tags[&BString::from("v1")];
        assert_eq!(
            (v1.target.to_string(), v1.peeled.map(|id| id.to_string())),
            (A.into(), Some(B.into()))
        );
        assert_eq!(tags[&BString::from("v2")].peeled, None);
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in proptest::collection::vec(any::<u8>(), 0..300)) {
            packed_tags(&text);
        }
    }
}

//! Every version of every file that a repository ever had at its releases and branches.

use std::collections::HashSet;

use bstr::{BStr, BString, ByteSlice};
use gix::ObjectId;
use gix::objs::{Kind, TreeRefIter};

use super::{Fault, ObjectStore, Repository, TagObject, UpstreamError, read_as};
use crate::convert::CommitFacts;

/// Larger blobs are not read.
const LARGEST_BLOB: usize = 4 << 20;

/// One version of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileVersion {
    /// The file's name without its directory.
    pub name: BString,
    /// Seconds since 1970 of the oldest commit that has it.
    pub since: i64,
    /// The contents.
    pub content: Vec<u8>,
}

/// Hands every distinct version of every file that `wants` its name to `found`, the oldest first. All tags and branches
/// are followed to their beginnings. An error is a repository whose refs cannot be read; objects that cannot be read are
/// left out.
pub fn every_version(
    repository: &Repository,
    wants: &dyn Fn(&BStr) -> bool,
    found: &mut dyn FnMut(FileVersion),
) -> Result<(), UpstreamError> {
    let mut commits = commits(repository, repository.tips()?);
    commits.sort_by_key(|(time, id, _)| (*time, *id));
    let mut search = Search {
        store: repository,
        wants,
        trees: HashSet::new(),
        files: HashSet::new(),
    };
    for (time, _, tree) in commits {
        search.tree(tree, time, found);
    }
    Ok(())
}

/// Every commit that leads to a tip, with its time and its tree.
fn commits(store: &dyn ObjectStore, tips: Vec<ObjectId>) -> Vec<(i64, ObjectId, ObjectId)> {
    let mut open: Vec<ObjectId> = tips
        .into_iter()
        .filter_map(|id| commit_of(store, id).ok())
        .collect();
    let mut seen: HashSet<ObjectId> = open.iter().copied().collect();
    let mut commits = Vec::new();
    while let Some(id) = open.pop() {
        let Some(facts) = read_as(store, &id, Kind::Commit)
            .ok()
            .and_then(|object| CommitFacts::parse(id, &object.data))
        else {
            continue;
        };
        open.extend(facts.parents.iter().filter(|parent| seen.insert(**parent)));
        let time = facts.committer.time.map_or(0, |(seconds, _)| seconds);
        commits.push((time, id, facts.tree));
    }
    commits
}

/// The commit that a ref leads to, through tag objects.
fn commit_of(store: &dyn ObjectStore, mut id: ObjectId) -> Result<ObjectId, Fault> {
    for _ in 0..16 {
        let Ok(object) = read_as(store, &id, Kind::Tag) else {
            break;
        };
        id = TagObject::parse(id, object.data, &mut Vec::new())?.target;
    }
    Ok(id)
}

struct Search<'a> {
    store: &'a dyn ObjectStore,
    wants: &'a dyn Fn(&BStr) -> bool,
    trees: HashSet<ObjectId>,
    files: HashSet<(BString, ObjectId)>,
}

impl Search<'_> {
    fn tree(&mut self, root: ObjectId, since: i64, found: &mut dyn FnMut(FileVersion)) {
        let mut open = vec![root];
        while let Some(id) = open.pop() {
            if !self.trees.insert(id) {
                continue;
            }
            let Ok(object) = read_as(self.store, &id, Kind::Tree) else {
                continue;
            };
            let entries = TreeRefIter::from_bytes(&object.data, self.store.format());
            for entry in entries.map_while(Result::ok) {
                if entry.mode.is_tree() {
                    open.push(entry.oid.into());
                } else if entry.mode.is_blob() && (self.wants)(entry.filename) {
                    self.file(entry.filename, entry.oid.into(), since, found);
                }
            }
        }
    }

    fn file(&mut self, name: &BStr, id: ObjectId, since: i64, found: &mut dyn FnMut(FileVersion)) {
        if !self.files.insert((name.to_owned(), id)) {
            return;
        }
        let Ok(blob) = read_as(self.store, &id, Kind::Blob) else {
            return;
        };
        if blob.data.len() <= LARGEST_BLOB {
            let name = name.as_bytes().into();
            let content = blob.data;
            found(FileVersion { name, since, content });
        }
    }
}

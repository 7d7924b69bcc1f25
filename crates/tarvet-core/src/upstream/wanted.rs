//! The few blobs that a check reads: a proof carries them, and a partial clone has to fetch them.

use bstr::{BString, ByteSlice};
use gix::ObjectId;
use gix::objs::Kind;

use super::{EntryKind, Fault, ObjectStore, Tree, TreeEntry, read_as};
use crate::convert::Attributes;

/// Blobs whose bytes a check has to read: attributes, submodule names, symlink targets, and files whose contents
/// an archive may convert in a way that cannot be turned back.
pub(crate) fn wanted_blobs(store: &dyn ObjectStore, tree: &Tree) -> Result<Vec<ObjectId>, Fault> {
    let attributes = Attributes::new(&read_attributes(store, tree)?);
    let converted =
        |entry: &&TreeEntry| is_file(entry) && attributes.of(entry.path.as_bstr(), false).needs_blob();
    let converted = tree.entries.iter().filter(converted).map(|entry| entry.id);
    Ok(always_wanted(tree).chain(converted).collect())
}

/// Wanted blobs that the store does not have. Which they are can depend on attributes that are among them, so after
/// fetching them one asks again, until nothing new is named.
pub fn missing_blobs(store: &dyn ObjectStore, tree: &Tree) -> Vec<ObjectId> {
    let missing = |id: &ObjectId| matches!(store.fetch(id), Ok(None));
    let first: Vec<ObjectId> = always_wanted(tree).filter(missing).collect();
    if !first.is_empty() {
        return first;
    }
    wanted_blobs(store, tree)
        .unwrap_or_default()
        .into_iter()
        .filter(missing)
        .collect()
}

/// The `.gitattributes` files of the tree, outermost first.
pub(crate) fn read_attributes(
    store: &dyn ObjectStore,
    tree: &Tree,
) -> Result<Vec<(BString, Vec<u8>)>, Fault> {
    let mut files = Vec::new();
    for entry in tree.entries.iter().filter(|entry| is_file(entry)) {
        if entry.path.rsplit_str("/").next() == Some(b".gitattributes") {
            let object =
                read_as(store, &entry.id, Kind::Blob).map_err(|fault| fault.at(entry.path.clone()))?;
            files.push((entry.path.clone(), object.data));
        }
    }
    files.sort_by_key(|(path, _)| (path.find_iter("/").count(), path.clone()));
    Ok(files)
}

fn always_wanted(tree: &Tree) -> impl Iterator<Item = ObjectId> {
    let wanted =
        |entry: &&TreeEntry| entry.kind == EntryKind::Symlink || (is_file(entry) && is_git_file(&entry.path));
    tree.entries.iter().filter(wanted).map(|entry| entry.id)
}

fn is_file(entry: &TreeEntry) -> bool {
    matches!(entry.kind, EntryKind::File | EntryKind::Executable)
}

fn is_git_file(path: &BString) -> bool {
    let name = path.rsplit_str("/").next().unwrap_or_default();
    name == b".gitattributes" || path == ".gitmodules"
}

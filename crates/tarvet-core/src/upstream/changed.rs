//! The paths on which two trees differ.

use std::collections::BTreeMap;

use bstr::{BString, ByteSlice};
use gix::ObjectId;
use gix::objs::{Kind, TreeRefIter};

use super::{ObjectStore, read_as};

/// Changes of one commit that are told; a commit that changes more is told as none.
const MOST: usize = 20_000;

/// The paths of files that differ between two trees, either of which may be absent. `None` if an object is missing, or
/// there are very many.
pub(crate) fn changed(
    store: &dyn ObjectStore,
    old: Option<ObjectId>,
    new: Option<ObjectId>,
) -> Option<Vec<BString>> {
    let mut found = Vec::new();
    let mut open = vec![(BString::default(), old, new)];
    while let Some((directory, old, new)) = open.pop() {
        if old == new {
            continue;
        }
        let (old, new) = (entries(store, old)?, entries(store, new)?);
        for name in old
            .keys()
            .chain(new.keys().filter(|name| !old.contains_key(*name)))
        {
            let (before, after) = (old.get(name), new.get(name));
            if before == after {
                continue;
            }
            let path = match directory.as_slice() {
                b"" => name.clone(),
                above => [above, b"/", name.as_slice()].concat().into(),
            };
            let tree = |entry: Option<&Entry>| entry.filter(|entry| entry.is_tree).map(|entry| entry.id);
            if tree(before).is_some() || tree(after).is_some() {
                open.push((path.clone(), tree(before), tree(after)));
            }
            let file = |entry: Option<&Entry>| entry.is_some_and(|entry| !entry.is_tree);
            if file(before) || file(after) {
                found.push(path);
            }
            if found.len() + open.len() > MOST {
                return None;
            }
        }
    }
    Some(found)
}

#[derive(PartialEq, Eq)]
struct Entry {
    id: ObjectId,
    mode: u16,
    is_tree: bool,
}

fn entries(store: &dyn ObjectStore, tree: Option<ObjectId>) -> Option<BTreeMap<BString, Entry>> {
    let Some(tree) = tree else {
        return Some(BTreeMap::new());
    };
    let data = read_as(store, &tree, Kind::Tree).ok()?.data;
    let entry = |entry: gix::objs::tree::EntryRef<'_>| {
        let own = Entry {
            id: entry.oid.into(),
            mode: entry.mode.value(),
            is_tree: entry.mode.is_tree(),
        };
        (entry.filename.as_bytes().into(), own)
    };
    TreeRefIter::from_bytes(&data, store.format())
        .map(|found| found.ok().map(entry))
        .collect()
}

#![no_main]
//! Trees: the fuzzer writes them as text, one after the other; a tree may name those before it, the last is the root.
//!
//! `MODE NAME INDEX` is an entry that points at tree INDEX, or at a blob where there is none; an empty line ends a
//! tree. So the ids are always right, and the walk goes on to what is written in them.

use std::collections::HashMap;

use bstr::ByteSlice;
use gix::ObjectId;
use gix::hash::Kind as Format;
use gix::objs::Kind;
use libfuzzer_sys::fuzz_target;
use tarvet_core::upstream::{Object, ObjectStore, TreeLimits, walk};

struct Memory(HashMap<ObjectId, Vec<u8>>);

impl ObjectStore for Memory {
    fn format(&self) -> Format {
        Format::Sha1
    }

    fn place(&self) -> String {
        "memory".to_owned()
    }

    fn fetch(&self, id: &gix::oid) -> Result<Option<Object>, String> {
        Ok(self.0.get(id).map(|data| Object {
            kind: Kind::Tree,
            data: data.clone(),
        }))
    }
}

fuzz_target!(|data: &[u8]| {
    let mut ids: Vec<ObjectId> = Vec::new();
    let mut store = Memory(HashMap::new());
    for tree in data.split_str("\n\n").take(64) {
        let mut bytes = Vec::new();
        for line in tree.lines() {
            let Some((entry, index)) = line.rsplit_once_str(" ") else {
                bytes.extend_from_slice(line);
                continue;
            };
            let index: Option<usize> = index.to_str().ok().and_then(|index| index.parse().ok());
            let id = index.and_then(|index| ids.get(index).copied());
            bytes.extend_from_slice(entry);
            bytes.push(0);
            bytes.extend_from_slice(id.unwrap_or(ObjectId::empty_blob(Format::Sha1)).as_bytes());
        }
        let Ok(id) = gix::objs::compute_hash(Format::Sha1, Kind::Tree, &bytes) else {
            return;
        };
        ids.push(id);
        store.0.insert(id, bytes);
    }
    let Some(root) = ids.last() else {
        return;
    };
    let limits = TreeLimits {
        entries: 1000,
        depth: 8,
        path_bytes: 1 << 14,
    };
    let tree = walk(&store, *root, &limits);
    assert!(tree.entries.len() <= limits.entries);
    if tree.faults.is_empty() {
        let mut paths: Vec<_> = tree.entries.iter().map(|entry| &entry.path).collect();
        let count = paths.len();
        paths.sort();
        paths.dedup();
        assert_eq!(paths.len(), count, "a path twice and no fault");
        for path in paths {
            let odd = |part: &[u8]| matches!(part, b"" | b"." | b".." | b".git");
            assert!(!path.split_str("/").any(odd), "{path}");
        }
    }
    assert_eq!(walk(&store, *root, &limits).entries.len(), tree.entries.len());
});

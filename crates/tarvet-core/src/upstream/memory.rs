//! Git objects made in memory, for callers that have sources and signed objects but no repository: the demo, tests.

use std::collections::{BTreeMap, HashMap};

use bstr::BString;
use gix::ObjectId;
use gix::hash::Kind as ObjectFormat;
use gix::objs::Kind;

use super::objects::object_id;
use super::{Fault, FaultKind, Object, ObjectStore};

/// A file to make a tree from.
#[derive(Debug, Clone, Copy)]
pub struct MemoryFile<'a> {
    /// The path, with `/` between components, relative to the tree.
    pub path: &'a str,
    /// Whether the file can be executed.
    pub executable: bool,
    /// The contents.
    pub contents: &'a [u8],
}

/// An [`ObjectStore`] (SHA-1) that holds what was put into it. Nothing is trusted because it is here: ids are
/// computed, and whoever reads hashes again.
#[derive(Debug)]
pub struct MemoryStore {
    place: String,
    objects: HashMap<ObjectId, Object>,
}

impl MemoryStore {
    /// An empty store that messages call `place`.
    pub fn new(place: impl Into<String>) -> Self {
        MemoryStore {
            place: place.into(),
            objects: HashMap::new(),
        }
    }

    /// Puts an object and returns its id. The fault is SHA-1's collision detection speaking up.
    pub fn put(&mut self, kind: Kind, data: Vec<u8>) -> Result<ObjectId, Fault> {
        let id = object_id(self.format(), kind, &data)?;
        self.objects.insert(id, Object { kind, data });
        Ok(id)
    }

    /// Puts a commit's bytes.
    pub fn put_commit(&mut self, raw: &[u8]) -> Result<ObjectId, Fault> {
        self.put(Kind::Commit, raw.to_vec())
    }

    /// Puts a tag object's bytes.
    pub fn put_tag(&mut self, raw: &[u8]) -> Result<ObjectId, Fault> {
        self.put(Kind::Tag, raw.to_vec())
    }

    /// Puts the blobs and trees of `files` and returns the root tree's id. A path that is used twice, or both as a
    /// file and as a directory, is a fault.
    pub fn put_tree(&mut self, files: &[MemoryFile<'_>]) -> Result<ObjectId, Fault> {
        let mut root = Directory::default();
        for file in files {
            let id = self.put(Kind::Blob, file.contents.to_vec())?;
            root.add(file.path, file.executable, id)?;
        }
        self.put_directory(&root)
    }

    /// A tree object: `MODE NAME NUL ID` for each entry (gitformat: directories sort as if they ended in `/`).
    fn put_directory(&mut self, directory: &Directory) -> Result<ObjectId, Fault> {
        let mut data = Vec::new();
        for (key, entry) in &directory.entries {
            let (mode, id) = match entry {
                Entry::File {
                    executable: false,
                    id,
                } => ("100644", *id),
                Entry::File { executable: true, id } => ("100755", *id),
                Entry::Directory(inner) => ("40000", self.put_directory(inner)?),
            };
            data.extend_from_slice(mode.as_bytes());
            data.push(b' ');
            data.extend_from_slice(key.strip_suffix(b"/").unwrap_or(key));
            data.push(0);
            data.extend_from_slice(id.as_slice());
        }
        self.put(Kind::Tree, data)
    }
}

impl ObjectStore for MemoryStore {
    fn format(&self) -> ObjectFormat {
        ObjectFormat::Sha1
    }

    fn place(&self) -> String {
        self.place.clone()
    }

    fn fetch(&self, id: &gix::oid) -> Result<Option<Object>, String> {
        Ok(self.objects.get(id).cloned())
    }
}

/// Entries by name; the names of directories end in `/`, which gives git's order.
#[derive(Default)]
struct Directory {
    entries: BTreeMap<BString, Entry>,
}

enum Entry {
    File { executable: bool, id: ObjectId },
    Directory(Directory),
}

impl Directory {
    fn add(&mut self, path: &str, executable: bool, id: ObjectId) -> Result<(), Fault> {
        let (first, rest) = match path.split_once('/') {
            Some((first, rest)) => (first, Some(rest)),
            None => (path, None),
        };
        let twice = || Fault::new(FaultKind::TreeMalformed, format!("`{path}` is in the tree twice"));
        let (plain, slashed) = (BString::from(first), BString::from(format!("{first}/")));
        match rest {
            None if self.entries.contains_key(&slashed) || self.entries.contains_key(&plain) => Err(twice()),
            None => {
                self.entries.insert(plain, Entry::File { executable, id });
                Ok(())
            }
            Some(_) if self.entries.contains_key(&plain) => Err(twice()),
            Some(rest) => {
                let inner = self.entries.entry(slashed);
                match inner.or_insert_with(|| Entry::Directory(Directory::default())) {
                    Entry::Directory(inner) => inner.add(rest, executable, id),
                    Entry::File { .. } => Err(twice()),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{EntryKind, TreeLimits, walk};
    use super::*;

    fn file(path: &str) -> MemoryFile<'_> {
        MemoryFile {
            path,
            executable: path.ends_with(".sh"),
            contents: path.as_bytes(),
        }
    }

    /// `a.c`, `a/b` and `a0` are the names whose order shows whether directories sort with their slash.
    #[test]
    fn a_tree_is_walked_as_it_was_put() {
        let mut store = MemoryStore::new("here");
        let root = store
            .put_tree(&[file("a/b.sh"), file("a0"), file("a.c"), file("a/c/d")])
            .expect("no path twice");
        let tree = walk(&store, root, &TreeLimits::default());
        assert!(tree.faults.is_empty(), "{:?}", tree.faults);
        let mut entries: Vec<_> = tree
            .entries
            .iter()
            .map(|e| (e.path.to_string(), e.kind))
            .collect();
        entries.sort_by(|a, b| a.0.cmp(&b.0));
        assert_eq!(
            entries,
            [
                ("a.c".into(), EntryKind::File),
                ("a/b.sh".into(), EntryKind::Executable),
                ("a/c/d".into(), EntryKind::File),
                ("a0".into(), EntryKind::File),
            ]
        );
    }

    /// Ids that git itself gave: `git hash-object`, and `git mktree` of nothing.
    #[test]
    fn ids_are_those_of_git() {
        let mut store = MemoryStore::new("here");
        let empty = store.put_tree(&[]).expect("an empty tree");
        assert_eq!(empty.to_string(), "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
        let blob = store.put(Kind::Blob, b"hello\n".to_vec()).expect("no collision");
        assert_eq!(blob.to_string(), "ce013625030ba8dba906f756967f9e9ca394464a");
    }

    #[test]
    fn a_path_is_there_once() {
        for paths in [["a", "a"], ["a", "a/b"], ["a/b", "a"]] {
            let files = paths.map(file);
            let fault = MemoryStore::new("here").put_tree(&files).expect_err("twice");
            assert_eq!(fault.kind, FaultKind::TreeMalformed);
        }
    }
}

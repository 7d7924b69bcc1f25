//! Proven files, for tests.

use std::borrow::Cow;
use std::collections::HashMap;

use bstr::{BStr, BString, ByteSlice};

use super::Files;

/// Files that are all of the tree, and all proven; `members` are others that the tarball has.
#[derive(Debug, Default)]
pub struct Tree {
    /// Contents by path.
    pub files: HashMap<BString, Vec<u8>>,
    /// Paths that are only in the tarball, and not proven.
    pub members: Vec<BString>,
}

impl<const N: usize> From<[(&str, &str); N]> for Tree {
    fn from(files: [(&str, &str); N]) -> Self {
        let files = files.map(|(path, text)| (BString::from(path), text.as_bytes().to_vec()));
        Tree {
            files: files.into(),
            members: Vec::new(),
        }
    }
}

impl Tree {
    fn paths(&self) -> impl Iterator<Item = &BString> {
        self.files.keys().chain(&self.members)
    }
}

impl Files for Tree {
    fn proven(&self, path: &BStr) -> Option<Cow<'_, [u8]>> {
        self.files
            .get(&BString::from(path))
            .map(|bytes| Cow::Borrowed(bytes.as_slice()))
    }

    fn in_tree(&self, path: &BStr) -> bool {
        self.files.contains_key(&BString::from(path))
    }

    fn has_name(&self, name: &BStr) -> bool {
        self.files
            .keys()
            .any(|path| path.rsplit_str("/").next() == Some(name.as_bytes()))
    }

    fn is_member(&self, path: &BStr) -> bool {
        self.paths().any(|own| own == path)
    }

    fn member_count(&self) -> usize {
        self.paths().count()
    }

    fn names_in(&self, directory: &BStr) -> Vec<BString> {
        let parts = |path: &BString| match path.rfind_byte(b'/') {
            Some(at) => (BString::from(&path[..at]), BString::from(&path[at + 1..])),
            None => (BString::default(), path.clone()),
        };
        self.paths()
            .map(parts)
            .filter(|(own, _)| own == directory)
            .map(|(_, name)| name)
            .collect()
    }
}

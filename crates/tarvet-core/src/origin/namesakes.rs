//! Headers that would be found in place of the tree's own.
//!
//! `#include "verify.h"` finds the file beside the source first. A published header of that name, put beside tracked
//! sources, takes the place of the tree's own one in another directory.

use std::collections::{HashMap, HashSet};

use bstr::{BStr, ByteSlice};

use crate::upstream::Tree;

/// The tree's headers by name, and the directories with sources that may include them.
pub(super) struct Namesakes<'a> {
    headers: HashMap<&'a BStr, &'a BStr>,
    sources: HashSet<&'a BStr>,
    /// Whether the tree shows that the project takes files from gnulib.
    pub(super) uses_gnulib: bool,
}

impl<'a> Namesakes<'a> {
    pub(super) fn new(tree: &'a Tree) -> Self {
        let paths = || tree.entries.iter().map(|entry| entry.path.as_bstr());
        let sources = paths().filter(|path| is_source(path));
        Namesakes {
            headers: paths()
                .filter(|path| is_header(path))
                .map(|path| (split(path).1, path))
                .collect(),
            sources: sources.map(|path| split(path).0).collect(),
            uses_gnulib: paths().any(|path| path.contains_str("gnulib") || split(path).1 == "bootstrap.conf"),
        }
    }

    /// The tree's header that a file at `path` would be found in place of.
    pub(super) fn shadowed(&self, path: &BStr) -> Option<&'a BStr> {
        let (directory, name) = split(path);
        let beside_sources = is_header(path) && self.sources.contains(directory);
        self.headers.get(name).copied().filter(|_| beside_sources)
    }
}

fn split(path: &BStr) -> (&BStr, &BStr) {
    let (directory, name) = path.rsplit_once_str("/").unwrap_or((b"", path));
    (directory.as_bstr(), name.as_bstr())
}

/// A header that is included under its own name; `X.in.h` is a template of gnulib's.
fn is_header(path: &BStr) -> bool {
    [&b".h"[..], b".hh", b".hpp"]
        .iter()
        .any(|end| path.ends_with(end))
        && !path.ends_with(b".in.h")
}

fn is_source(path: &BStr) -> bool {
    let ends = [&b".c"[..], b".h", b".cc", b".cpp", b".cxx", b".m", b".y", b".l"];
    ends.iter().any(|end| path.ends_with(end))
}

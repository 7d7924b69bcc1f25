//! What an explanation needs of the contents, taken while they go by: memory stays flat however much is in the tarball.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use bstr::{BStr, BString, ByteSlice};
use tarvet_archive::{Keep, Seen};
use tarvet_origin::alleged::{self, Claim};
use tarvet_origin::derived;
use tarvet_origin::known::{self, Known, Tables};

use super::impostor::{self, Suspicion};
use super::orders::is_data;
use crate::reading::{Expected, Told};
use crate::upstream::TreeEntry;

/// The longest file that is compared with the table modulo a licence header, or searched for macros.
const LONGEST_STANDARD: u64 = 4 << 20;

/// Impostors for which the nearest published version is looked for; honest releases have a handful.
const MOST_COMPARED: usize = 64;

/// What was seen of one member that the tree does not have. All of it is small.
#[derive(Debug, Default)]
pub(crate) struct Sketch {
    /// A published version, modulo what is safe to ignore.
    pub known: Option<Box<Known>>,
    /// What the contents say of the tool that made them.
    pub claim: Option<Claim>,
    /// Why it would be an impostor, unless something proves where it comes from.
    pub suspicion: Option<Box<Suspicion>>,
    /// The macros that it defines, if it is a macro file.
    pub macros: Vec<BString>,
    /// Its first [`FIRST`] bytes, if it claims to be generated and a build is looked at.
    pub head: Vec<u8>,
}

/// By how much of a file the programs that overwrite it know it for theirs.
const FIRST: usize = 1024;

/// The longest configure.ac that is read.
const LONGEST_CONFIGURE: u64 = 1 << 20;

/// What was seen.
#[derive(Debug, Default)]
pub(crate) struct Sketches {
    /// Members that the tree does not have, by path as spelled.
    pub members: HashMap<BString, Sketch>,
    /// The macros that macro files of the tree define, and where: those that the tarball has as they are.
    pub tree_macros: HashMap<BString, BString>,
}

/// Macros of the tree that are remembered; large projects have some thousands.
const MOST_MACROS: usize = 100_000;

/// Looks at every file as it goes by.
pub(crate) struct Inspector<'a> {
    expected: &'a Expected,
    subdir: &'a BStr,
    tables: &'a Tables,
    for_build: bool,
    sketches: Mutex<Sketches>,
    /// Impostors that were compared with published versions.
    compared: AtomicUsize,
}

impl<'a> Inspector<'a> {
    pub(crate) fn new(expected: &'a Expected, subdir: &'a BStr, tables: &'a Tables, for_build: bool) -> Self {
        Inspector {
            expected,
            subdir,
            tables,
            for_build,
            sketches: Mutex::default(),
            compared: AtomicUsize::new(0),
        }
    }

    pub(crate) fn into_sketches(self) -> Sketches {
        self.sketches.into_inner().unwrap_or_default()
    }

    /// What the tree has there. The top directory is not known yet, so the path counts with and without its first
    /// component.
    fn tracked(&self, told: &Told, path: &BStr) -> [Option<usize>; 2] {
        let path = path.strip_prefix(b"./").unwrap_or(path);
        let below_top = path.split_once_str("/").map_or(path, |(_, rest)| rest);
        [below_top, path].map(|path| {
            if self.subdir.is_empty() {
                return find(&told.tree.entries, path);
            }
            find(&told.tree.entries, &[self.subdir.as_bytes(), b"/", path].concat())
        })
    }

    /// Whether recomputing this file takes its contents.
    fn derives(&self, told: &Told, path: &BStr, size: u64) -> bool {
        derived::wants(path, size, &|path| {
            self.tracked(told, path).iter().any(Option::is_some)
        })
    }

    fn remember_macros(&self, entry: &TreeEntry, seen: &Seen<'_>) {
        if !is_macros(entry.path.as_bstr()) || seen.path.ends_with(b"aclocal.m4") {
            return;
        }
        let Ok(mut sketches) = self.sketches.lock() else {
            return;
        };
        for name in macros(seen) {
            if sketches.tree_macros.len() < MOST_MACROS {
                sketches.tree_macros.insert(name, entry.path.clone());
            }
        }
    }

    /// Whether one more file is compared with every published version: that takes milliseconds.
    fn may_compare(&self) -> bool {
        self.compared.load(Ordering::Relaxed) < MOST_COMPARED
    }

    fn sketch(&self, seen: &Seen<'_>) -> Sketch {
        let path = seen.path;
        let whole = seen.whole();
        let known = whole.and_then(|content| self.tables.known_by_content(path, content));
        let claim = match known {
            None => alleged::claim(path, head(seen), seen.size),
            Some(_) => None,
        };
        Sketch {
            head: match claim {
                Some(_) if self.for_build => head(seen).iter().take(FIRST).copied().collect(),
                _ => Vec::new(),
            },
            suspicion: match (&known, whole) {
                (None, Some(content)) => {
                    impostor::suspect(path, content, self.tables, self.may_compare()).map(Box::new)
                }
                _ => None,
            },
            claim,
            known: known.map(Box::new),
            macros: Vec::new(),
        }
    }
}

impl Keep for Inspector<'_> {
    fn wants(&self, path: &BStr, size: u64) -> Option<u64> {
        let told = self.expected.wait();
        let tracked = self.tracked(told, path);
        let converts = |index: &usize| told.converts.get(*index).copied().unwrap_or(false);
        if tracked.iter().flatten().any(converts) || self.derives(told, path, size) {
            return Some(size);
        }
        if self.for_build && is_configure(path, size) {
            return Some(size);
        }
        if tracked.iter().any(Option::is_some) {
            let is_part = is_macros(path) && size <= LONGEST_STANDARD;
            let needed = is_part || !told.blobs && derived::wants_proven(path, size);
            return needed.then_some(size);
        }
        if size <= LONGEST_STANDARD && impostor::concerns(path, self.tables) {
            return Some(size);
        }
        Some(alleged::wants(path, size) as u64)
    }

    fn keeps(&self, seen: &Seen<'_>) -> bool {
        let told = self.expected.wait();
        let tracked = self.tracked(told, seen.path);
        let entries = tracked.map(|index| index.and_then(|index| told.tree.entries.get(index)));
        if let Some(entry) = entries.iter().flatten().find(|entry| entry.id == *seen.blob) {
            self.remember_macros(entry, seen);
            if self.for_build && is_configure(seen.path, seen.size) {
                return true;
            }
            let is_part = is_macros(seen.path) && seen.size <= LONGEST_STANDARD;
            return !told.blobs && (is_part || derived::wants_proven(seen.path, seen.size));
        }
        if entries.iter().any(Option::is_some) {
            return true;
        }
        let mut sketch = Sketch::default();
        if self.tables.known(seen.path, &seen.sha256.0).is_none() {
            sketch = self.sketch(seen);
        }
        if is_macros(seen.path) {
            sketch.macros = macros(seen);
        }
        if sketch.suspicion.is_some() {
            self.compared.fetch_add(1, Ordering::Relaxed);
        }
        // Of most files there is nothing to remember.
        let told_something = sketch.known.is_some() || sketch.claim.is_some() || sketch.suspicion.is_some();
        if (told_something || is_macros(seen.path))
            && let Ok(mut sketches) = self.sketches.lock()
        {
            sketches.members.insert(seen.path.to_owned(), sketch);
        }
        self.derives(told, seen.path, seen.size) || seen.path.ends_with(b"aclocal.m4")
    }
}

/// Whether autoreconf reads it to know what to make.
fn is_configure(path: &BStr, size: u64) -> bool {
    let name = path.rsplit_str("/").next().unwrap_or_default();
    matches!(name, b"configure.ac" | b"configure.in") && size <= LONGEST_CONFIGURE
}

/// Whether macros may be defined in a file for autoconf to use: macro files, and what configure is made from.
fn is_macros(path: &BStr) -> bool {
    (path.ends_with(b".m4") || path.ends_with(b".ac")) && !is_data(path)
}

fn macros(seen: &Seen<'_>) -> Vec<BString> {
    let content = seen.whole().unwrap_or_default();
    known::defined_macros(content)
        .into_iter()
        .map(ToOwned::to_owned)
        .collect()
}

/// What an allegation looks at: the same bytes whatever else the file was kept for.
fn head<'c>(seen: &Seen<'c>) -> &'c [u8] {
    seen.content
        .get(..alleged::wants(seen.path, seen.size))
        .unwrap_or(seen.content)
}

/// The entry at `path`. Trees are sorted; a tree that is not is told as malformed, and nothing is proven with it.
fn find(entries: &[TreeEntry], path: &[u8]) -> Option<usize> {
    entries
        .binary_search_by(|entry| entry.path.as_slice().cmp(path))
        .ok()
}

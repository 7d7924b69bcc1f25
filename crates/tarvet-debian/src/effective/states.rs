//! What the patches make of files, step by step: what a tree may hold where patches are applied, or some of them, or none.

use std::collections::BTreeMap;

use bstr::{BStr, BString, ByteSlice};
use sha2::{Digest, Sha256};

use super::Patches;
use crate::patches::{self, Change, FilePatch, apply};

/// Bytes that are hashed and written in all: a patch may touch one file over and over.
const MAX_WORK: usize = 1 << 30;

/// What a file is, before the first patch and after each that touches it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct States {
    /// SHA-256 of the contents; `None`: there is no file.
    pub digests: Vec<Option<[u8; 32]>>,
    /// A patch whose outcome cannot be told: what the digests say is not all.
    pub untold: bool,
}

/// A file while the patches are applied.
#[derive(Default)]
struct File {
    now: Option<Vec<u8>>,
    states: States,
}

impl Patches {
    /// The states of every file that the patches touch. `original` gives the contents before the first patch, once for
    /// each path; `None` where there is no file.
    pub fn states(&self, original: &mut dyn FnMut(&BStr) -> Option<Vec<u8>>) -> BTreeMap<BString, States> {
        let mut work = Work {
            files: BTreeMap::new(),
            left: MAX_WORK,
            is_diff: self.is_diff,
            original,
        };
        for text in &self.texts {
            for file in &patches::parse(text).files {
                work.patch(file);
            }
        }
        let files = work.files.into_iter();
        files.map(|(path, file)| (path, file.states)).collect()
    }
}

struct Work<'a> {
    files: BTreeMap<BString, File>,
    left: usize,
    is_diff: bool,
    original: &'a mut dyn FnMut(&BStr) -> Option<Vec<u8>>,
}

impl Work<'_> {
    fn patch(&mut self, patch: &FilePatch<'_>) {
        for path in [&patch.old, &patch.new].into_iter().flatten() {
            self.meet(path);
        }
        let exists = |path: &BStr| self.files.get(path).is_some_and(|file| file.now.is_some());
        let Some(touched) = patch.touched(exists) else {
            return;
        };
        let from = touched.old_path.as_ref().unwrap_or(&touched.path);
        let old = self.files.get(from).and_then(|file| file.now.as_deref());
        let size = old.map_or(0, <[u8]>::len);
        let new = match self.left.checked_sub(size) {
            Some(_) => apply(old, patch).ok(),
            None => None,
        };
        self.left = self.left.saturating_sub(size + new.as_ref().map_or(0, Vec::len));
        let Some(new) = new else {
            for path in [Some(&touched.path), touched.old_path.as_ref()]
                .into_iter()
                .flatten()
            {
                if let Some(file) = self.files.get_mut(path) {
                    file.states.untold = true;
                }
            }
            return;
        };
        if touched.change == Change::Rename {
            self.change(from, None);
        }
        // dpkg-source has GNU patch remove what a patch leaves empty, but not what the diff of format 1.0 does.
        let gone = new.is_empty() && (!self.is_diff || patch.to_nothing);
        self.change(&touched.path, (!gone).then_some(new));
    }

    /// Notes the file as it is before the first patch.
    fn meet(&mut self, path: &BString) {
        if !self.files.contains_key(path) {
            self.files.insert(path.clone(), File::default());
            let now = (self.original)(path.as_bstr());
            self.change(path, now);
        }
    }

    fn change(&mut self, path: &BString, now: Option<Vec<u8>>) {
        if let Some(file) = self.files.get_mut(path) {
            let digest = now.as_ref().map(|content| Sha256::digest(content).into());
            file.states.digests.push(digest);
            file.now = now;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::debian_dir::{DebianDir, DebianFile, Kind};
    use crate::dsc::Format;

    fn states(patch: &str, original: &str) -> BTreeMap<BString, States> {
        let file = |content: &str| DebianFile {
            kind: Kind::File,
            mode: 0o644,
            size: content.len() as u64,
            sha256: None,
            content: Some(content.into()),
            link: None,
        };
        let mut debian = DebianDir::default();
        debian
            .files
            .insert("debian/patches/series".into(), file("x.patch\n"));
        debian.files.insert("debian/patches/x.patch".into(), file(patch));
        let patches = Patches::read(&debian, Some(&Format::Quilt), None);
        patches.states(&mut |path| (path == "a").then(|| original.into()))
    }

    fn digest(content: &str) -> Option<[u8; 32]> {
        Some(Sha256::digest(content).into())
    }

    #[test]
    fn each_step_is_a_state() {
        let twice = "--- a/a\n+++ b/a\n@@ -1 +1 @@\n-1\n+2\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-2\n+3\n";
        let states = states(twice, "1\n");
        assert_eq!(states[BStr::new("a")].digests, ["1\n", "2\n", "3\n"].map(digest));
        assert!(!states[BStr::new("a")].untold);
    }

    #[test]
    fn made_and_removed() {
        let made = states("--- /dev/null\n+++ b/new\n@@ -0,0 +1 @@\n+1\n", "");
        assert_eq!(made[BStr::new("new")].digests, [None, digest("1\n")]);
        let removed = states("--- a/a\n+++ /dev/null\n@@ -1 +0,0 @@\n-1\n", "1\n");
        assert_eq!(removed[BStr::new("a")].digests, [digest("1\n"), None]);
    }

    #[test]
    fn what_does_not_apply_cannot_be_told() {
        let states = states("--- a/a\n+++ b/a\n@@ -1 +1 @@\n-1\n+2\n", "other\n");
        assert!(states[BStr::new("a")].untold);
        assert_eq!(states[BStr::new("a")].digests, [digest("other\n")]);
    }

    #[test]
    fn renamed() {
        let states = states(
            "diff --git a/a b/b\nsimilarity index 100%\nrename from a\nrename to b\n",
            "1\n",
        );
        assert_eq!(states[BStr::new("a")].digests, [digest("1\n"), None]);
        assert_eq!(states[BStr::new("b")].digests, [None, digest("1\n")]);
    }
}

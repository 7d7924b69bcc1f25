//! What the files that patches touch are like when dpkg-source is done, in one pass over the patches.

use std::collections::BTreeMap;

use bstr::{BStr, BString};

use super::Patches;
use crate::patches::{self, Change, FilePatch, apply};

/// Bytes written in all: a patch may patch one file over and over.
const MAX_WORK: usize = 1 << 30;

/// A file that patches touch, after all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum After {
    /// It has these contents. Where there are none, GNU patch may have removed it.
    Contents(Vec<u8>),
    /// There is no such file.
    Gone,
    /// It cannot be told; why, in a sentence without a full stop.
    Unknown(String),
}

impl Patches {
    /// The diff of format 1.0, as the one patch that it is.
    pub fn of_diff(text: &[u8]) -> Self {
        let mut patches = Patches::default();
        patches.add(text);
        patches
    }

    /// Every path that a patch names.
    pub fn touched(&self) -> impl Iterator<Item = &BStr> {
        self.touched.keys().map(BStr::new)
    }

    /// Whether every patch could be read: else there is more that they touch.
    pub fn are_readable(&self) -> bool {
        !self.unknown
    }

    /// Every path of [`Patches::touched`] after the patches. `upstream` has the contents of those that are there before.
    pub fn afterwards(&self, upstream: BTreeMap<BString, Vec<u8>>) -> BTreeMap<BString, After> {
        let files = upstream
            .into_iter()
            .map(|(path, content)| (path, After::Contents(content)));
        let mut work = Work {
            files: files.collect(),
            left: MAX_WORK,
        };
        for text in &self.texts {
            for file in &patches::parse(text).files {
                work.patch(file);
            }
        }
        for path in self.touched() {
            work.files.entry(path.to_owned()).or_insert(After::Gone);
        }
        work.files
    }
}

struct Work {
    files: BTreeMap<BString, After>,
    left: usize,
}

impl Work {
    fn patch(&mut self, file: &FilePatch<'_>) {
        let exists = |path: &BStr| !matches!(self.files.get(path), None | Some(After::Gone));
        let Some(touched) = file.touched(exists) else {
            return;
        };
        let from = touched.old_path.as_ref().unwrap_or(&touched.path);
        let after = match self.files.get(from) {
            Some(After::Unknown(why)) => After::Unknown(why.clone()),
            Some(After::Contents(old)) => self.applied(Some(old), file),
            Some(After::Gone) | None => self.applied(None, file),
        };
        if let After::Contents(new) = &after {
            self.left = self.left.saturating_sub(new.len());
        }
        if touched.change == Change::Rename {
            self.files.insert(from.clone(), After::Gone);
        }
        self.files.insert(touched.path, after);
    }

    fn applied(&self, old: Option<&Vec<u8>>, file: &FilePatch<'_>) -> After {
        if old.map_or(0, Vec::len) > self.left {
            return After::Unknown("the patches write more than a gigabyte".into());
        }
        match apply(old.map(Vec::as_slice), file) {
            // dpkg-source has GNU patch remove what a patch leaves empty.
            Ok(new) if new.is_empty() && file.hunk_count > 0 => After::Gone,
            Ok(new) => After::Contents(new),
            Err(why) => After::Unknown(format!("a patch does not apply: {why}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(upstream: &[(&str, &str)], patches: &[&str]) -> BTreeMap<BString, After> {
        let mut all = Patches::default();
        for text in patches {
            all.add(text.as_bytes());
        }
        let files = upstream
            .iter()
            .map(|(path, content)| (BString::from(*path), content.as_bytes().to_vec()));
        all.afterwards(files.collect())
    }

    fn contents(text: &str) -> Option<After> {
        Some(After::Contents(text.into()))
    }

    const CHANGE: &str = "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-one\n+two\n";
    const AGAIN: &str = "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-two\n+three\n";
    const MAKE: &str = "--- /dev/null\n+++ b/new\n@@ -0,0 +1 @@\n+new\n";
    const UNMAKE: &str = "--- a/new\n+++ /dev/null\n@@ -1 +0,0 @@\n-new\n";

    #[test]
    fn patches_come_one_after_the_other() {
        let files = after(&[("f", "one\n")], &[CHANGE, AGAIN]);
        assert_eq!(files.get(BStr::new("f")).cloned(), contents("three\n"));
    }

    #[test]
    fn files_come_and_go() {
        assert_eq!(
            after(&[], &[MAKE]).get(BStr::new("new")).cloned(),
            contents("new\n")
        );
        assert_eq!(
            after(&[], &[MAKE, UNMAKE]).get(BStr::new("new")),
            Some(&After::Gone)
        );
        assert_eq!(
            after(&[("new", "new\n")], &[UNMAKE]).get(BStr::new("new")),
            Some(&After::Gone)
        );
    }

    #[test]
    fn what_does_not_apply_stays_unknown() {
        let files = after(&[("f", "other\n")], &[CHANGE, AGAIN]);
        assert!(
            matches!(files.get(BStr::new("f")), Some(After::Unknown(_))),
            "{files:?}"
        );
        let files = after(&[], &[CHANGE]);
        assert!(
            matches!(files.get(BStr::new("f")), Some(After::Unknown(_))),
            "{files:?}"
        );
    }

    #[test]
    fn renames_move_contents() {
        let rename = "diff --git a/f b/g\nsimilarity index 100%\nrename from f\nrename to g\n";
        let files = after(&[("f", "one\n")], &[rename]);
        assert_eq!(files.get(BStr::new("g")).cloned(), contents("one\n"));
        assert_eq!(files.get(BStr::new("f")), Some(&After::Gone));
    }
}

//! Which of upstream's files the spec's patches touch, by their names alone: how many directories `patch` strips is up to
//! the spec, and where that matters nothing is concluded.

use std::collections::HashSet;

use bstr::{BStr, BString, ByteSlice};
use tarvet_rpm::SourcePackage;
use tarvet_rpm::spec::Reach;

/// The last components of all paths that patches name.
#[derive(Default)]
pub struct Touched {
    names: HashSet<BString>,
    /// A patch whose paths cannot be told.
    unknown: bool,
}

impl Touched {
    /// Reads the patches.
    pub fn read(source: &SourcePackage) -> Self {
        let mut touched = Touched::default();
        for patch in source
            .spec
            .patches
            .iter()
            .filter(|patch| patch.place.reach() != Reach::Never)
        {
            touched.unknown |= !patch.value.is_resolved();
            for name in patch.file_names() {
                match source.content(name) {
                    Some(text) => touched.add(text),
                    None => touched.unknown = true,
                }
            }
        }
        touched
    }

    fn add(&mut self, text: &[u8]) {
        let before = self.names.len();
        for line in text.lines() {
            const HEADS: [&[u8]; 9] = [
                b"--- ",
                b"+++ ",
                b"*** ",
                b"Index: ",
                b"diff ",
                b"rename from ",
                b"rename to ",
                b"copy from ",
                b"copy to ",
            ];
            let Some(rest) = HEADS.iter().find_map(|head| line.strip_prefix(*head)) else {
                continue;
            };
            // git's quoted names have escapes in them.
            self.unknown |= rest.contains(&b'"');
            for word in rest.fields() {
                let name = word.rsplit_str("/").next().unwrap_or_default();
                self.names.insert(name.into());
            }
        }
        // Neither a diff nor a compressed one that would be readable here.
        self.unknown |= self.names.len() == before;
    }

    /// Whether a patch may touch the file: its first contents may then be elsewhere, under another name or in a backup.
    pub fn touch(&self, path: &BStr) -> bool {
        let name = path.rsplit_str("/").next().unwrap_or_default();
        self.unknown || self.names.contains(BStr::new(name))
    }

    /// The contents after all patches; `None` where they may be others than before.
    pub fn applied(&self, path: &BStr, content: &[u8]) -> Option<Vec<u8>> {
        (!self.touch(path)).then(|| content.to_vec())
    }
}

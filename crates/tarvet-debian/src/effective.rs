//! What dpkg-source makes of upstream's files: the patches of debian/patches, applied to single files as they are asked for.

mod states;

use std::collections::{BTreeMap, HashMap};

use bstr::{BStr, BString, ByteSlice};

use crate::debian_dir::{Content, DebianDir};
use crate::dsc::Format;
use crate::patches::{self, FilePatch, Node, Source, apply, series};
use crate::source::has_patches;

pub use states::States;

/// The patches that dpkg-source applies, in order.
#[derive(Debug, Default)]
pub struct Patches {
    /// Their texts.
    texts: Vec<Vec<u8>>,
    /// For each path that is touched, the patches that do, in order; and what each may be called there.
    touched: HashMap<BString, Vec<usize>>,
    /// A patch that could not be read: nothing is known of what it does.
    unknown: bool,
    /// It is the diff of format 1.0: a file that it leaves empty stays.
    is_diff: bool,
    /// Files that a patch adds, removes or moves, of those by which autoreconf knows where it has something to do.
    reshaped: Vec<BString>,
    /// The first file of the packaging that a patch changes: what is in debian/ is not what is built with.
    packaging: Option<BString>,
}

impl Patches {
    /// Reads the series and its patches, or takes the diff of format 1.0 for the only one.
    pub fn read(debian: &DebianDir, format: Option<&Format>, diff: Option<&[u8]>) -> Self {
        let mut read = Patches::default();
        if let Some(diff) = diff {
            read.is_diff = true;
            read.add(diff);
            return read;
        }
        if !has_patches(format) {
            return read;
        }
        let place = [series::path(Some("debian")), series::path(None)];
        let Some(text) = place.iter().find_map(|place| match debian.content(place) {
            Content::Bytes(text) => Some(text),
            Content::Absent => None,
            Content::Unknown(_) => {
                read.unknown = true;
                None
            }
        }) else {
            return read;
        };
        for entry in series::read(text).entries {
            let mut path = BString::from("debian/patches/");
            path.extend_from_slice(&entry.name);
            match debian.content(&path) {
                Content::Bytes(text) => read.add(text),
                Content::Absent | Content::Unknown(_) => read.unknown = true,
            }
        }
        read
    }

    fn add(&mut self, text: &[u8]) {
        let patch = patches::parse(text);
        self.unknown |= !patch.faults.is_empty();
        let index = self.texts.len();
        for file in &patch.files {
            for path in [&file.old, &file.new].into_iter().flatten() {
                let touching = self.touched.entry(path.clone()).or_default();
                if touching.last() != Some(&index) {
                    touching.push(index);
                }
                if reshapes(file) && STEERS.iter().any(|name| is_named(path, name)) {
                    self.reshaped.push(path.clone());
                }
                // The diff of format 1.0 is how debian/ came to be.
                if !self.is_diff && self.packaging.is_none() && path.starts_with(b"debian/") {
                    self.packaging = Some(path.clone());
                }
            }
        }
        self.texts.push(text.to_vec());
    }

    /// Whether a patch touches the path.
    pub fn touch(&self, path: &BStr) -> bool {
        self.unknown || self.touched.contains_key(path)
    }

    /// Whether what the patches do is known. If not, they may touch any file.
    pub fn are_known(&self) -> bool {
        !self.unknown
    }

    /// Why what the packaging says of the build need not hold once the patches are applied, a sentence each.
    pub fn doubts(&self) -> Vec<String> {
        let unknown = self
            .unknown
            .then(|| "what the patches do is not known".to_owned());
        let packaging = (self.packaging.iter())
            .map(|path| format!("a patch changes {path}: what is in debian/ is not what is built with"));
        let reshaped = self.reshaped.first().map(|path| {
            format!("a patch adds, removes or moves {path}, by which autoreconf knows where it has something to do")
        });
        unknown.into_iter().chain(packaging).chain(reshaped).collect()
    }

    /// Every path that a patch names.
    pub fn paths(&self) -> impl Iterator<Item = &BString> {
        self.touched.keys()
    }

    /// The contents of a file after all patches; `None` where that cannot be told.
    pub fn applied(&self, path: &BStr, content: &[u8]) -> Option<Vec<u8>> {
        if self.unknown {
            return None;
        }
        let mut content = content.to_vec();
        for index in self.touched.get(path).into_iter().flatten() {
            let patch = patches::parse(self.texts.get(*index)?);
            let of_path = |name: &Option<BString>| name.as_ref().is_some_and(|name| name == path);
            for file in patch
                .files
                .iter()
                .filter(|file| of_path(&file.old) || of_path(&file.new))
            {
                content = apply(Some(&content), file).ok()?;
            }
        }
        Some(content)
    }

    /// How many patches there are.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }
}

/// Names of files whose presence decides what autoreconf makes.
const STEERS: [&str; 3] = ["configure.ac", "configure.in", "Makefile.am"];

fn is_named(path: &BString, name: &str) -> bool {
    path.rsplit(|byte| *byte == b'/').next() == Some(name.as_bytes())
}

/// Whether a file is there after it that was not, or the other way round.
fn reshapes(file: &FilePatch<'_>) -> bool {
    let git = file.git.as_ref();
    let by_git = git.is_some_and(|git| git.creates || git.deletes || git.renames || git.copies);
    by_git || file.from_nothing || file.to_nothing || file.old != file.new
}

/// The unpacked source: upstream's tarball without its debian/, and debian/ as the packaging has it.
#[derive(Debug)]
pub struct Unpacked<'a> {
    /// What upstream's tarball has, by path without the top directory.
    pub upstream: BTreeMap<BString, Node>,
    /// Paths of the signed tree; `None` where there is none.
    pub signed: Option<std::collections::HashSet<BString>>,
    /// What is below debian/.
    pub debian: &'a DebianDir,
}

impl Source for Unpacked<'_> {
    fn node(&self, path: &BStr) -> Option<Node> {
        use crate::debian_dir::Kind;
        if path == "debian" || path.starts_with(b"debian/") {
            return self.debian.get(path).map(|file| match file.kind {
                Kind::File | Kind::HardLink => Node::File,
                Kind::Directory => Node::Directory,
                Kind::Symlink => Node::Symlink,
                Kind::Other => Node::Special,
            });
        }
        self.upstream.get(path).copied()
    }

    fn debian_file(&self, path: &BStr) -> Option<&[u8]> {
        match self.debian.content(path) {
            Content::Bytes(bytes) => Some(bytes),
            Content::Absent | Content::Unknown(_) => None,
        }
    }

    fn patch_files(&self) -> Vec<BString> {
        use crate::debian_dir::Kind;
        let below =
            |path: &BString, kind: Kind| path.starts_with(b"debian/patches/") && kind != Kind::Directory;
        let files = self.debian.files.iter();
        files
            .filter(|(path, file)| below(path, file.kind))
            .map(|(path, _)| path.clone())
            .collect()
    }

    fn signed(&self, path: &BStr) -> Option<bool> {
        self.signed
            .as_ref()
            .map(|paths| paths.contains(path.as_bytes().as_bstr()))
    }
}

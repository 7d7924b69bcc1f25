//! What dpkg-source makes of upstream's files: the patches of debian/patches, applied to single files as they are asked for.

mod afterwards;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bstr::{BStr, BString, ByteSlice};

pub use self::afterwards::After;
use crate::debian_dir::{Content, DebianDir};
use crate::dsc::Format;
use crate::patches::{self, GitHeader, Node, Side, Source, apply, series};
use crate::source::has_patches;

/// The patches that dpkg-source applies, in order.
#[derive(Debug, Default)]
pub struct Patches {
    /// Their texts.
    texts: Vec<Vec<u8>>,
    /// For each path that is touched, the patches that do, in order; and what each may be called there.
    touched: HashMap<BString, Vec<usize>>,
    /// Paths that a patch makes or removes.
    come_and_gone: BTreeSet<BString>,
    /// A patch that could not be read: nothing is known of what it does.
    unknown: bool,
}

impl Patches {
    /// Reads the series and its patches.
    pub fn read(debian: &DebianDir, format: Option<&Format>) -> Self {
        let mut read = Patches::default();
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
            let (made, removed) = (file.from_nothing, file.to_nothing);
            let renamed = file.git.as_ref().is_some_and(GitHeader::acts);
            let of_git = file.git.as_ref().and_then(|git| git.names.as_ref());
            let named = [
                file.old.as_ref(),
                file.new.as_ref(),
                of_git.map(|names| &names.0),
                of_git.map(|names| &names.1),
            ];
            for path in named.into_iter().flatten() {
                if made || removed || renamed {
                    self.come_and_gone.insert(path.clone());
                }
                let touching = self.touched.entry(path.clone()).or_default();
                if touching.last() != Some(&index) {
                    touching.push(index);
                }
            }
        }
        self.texts.push(text.to_vec());
    }

    /// Whether a patch touches the path.
    pub fn touch(&self, path: &BStr) -> bool {
        self.unknown || self.touched.contains_key(path)
    }

    /// Every path that a patch names.
    pub fn paths(&self) -> impl Iterator<Item = &BString> {
        self.touched.keys()
    }

    /// Paths that a patch makes, removes or renames.
    pub fn come_and_gone(&self) -> impl Iterator<Item = &BString> {
        self.come_and_gone.iter()
    }

    /// The first path to which a patch adds a line that is `wanted`. Both names of a file are asked for.
    pub fn adding(&self, wanted: impl Fn(&BStr, &[u8]) -> bool) -> Option<BString> {
        self.texts.iter().find_map(|text| {
            let files = patches::parse(text).files;
            files.iter().find_map(|file| {
                let mut names = [file.old.as_ref(), file.new.as_ref()].into_iter().flatten();
                names
                    .find(|name| {
                        let mut lines = file.hunks().flat_map(|hunk| hunk.lines());
                        lines.any(|line| {
                            line.side == Side::New && wanted(BStr::new(name.as_slice()), line.text)
                        })
                    })
                    .cloned()
            })
        })
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

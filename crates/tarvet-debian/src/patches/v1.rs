//! Format 1.0: one diff that holds the whole of `debian/`, and whatever else the maintainer changed.

use std::collections::BTreeMap;

use bstr::{BString, ByteSlice};
use tarvet_core::escape::escape;

use super::apply::apply;
use super::files::{Change, FilePatch, Touched};
use super::hunks;
use super::judge::{Judge, PatchFault, PatchFaultKind, Source};

/// Bytes written in all: a diff may patch one file over and over.
const MAX_WORK: usize = 1 << 30;

/// What a diff of format 1.0 does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unpacked {
    /// Files below `debian/` that it makes or changes, with their contents afterwards. Their paths are from the root of
    /// the source. Files of the tarball's own `debian/` that the diff does not name stay as they are.
    pub debian: BTreeMap<BString, Vec<u8>>,
    /// Files below `debian/` that it removes.
    pub removed: Vec<BString>,
    /// What it touches outside of `debian/`, in order.
    pub outside: Vec<Touched>,
    /// What to look at. `patch` is the name given for the diff.
    pub faults: Vec<PatchFault>,
}

/// Takes a diff apart that is no longer compressed; `name` is what findings call it.
///
/// In format 1.0 the tarball's own `debian/` stays, so `source` answers for its files too.
pub fn unpack(diff: &[u8], name: &str, source: &dyn Source) -> Unpacked {
    let patch = hunks::parse(diff);
    let mut judge = Judge::new(source);
    judge.patch = name.into();
    let mut files = Files {
        source,
        now: BTreeMap::new(),
        left: MAX_WORK,
    };
    let mut out = Unpacked::default();
    for file in &patch.files {
        let Some(touched) = judge.file(file) else { continue };
        if is_debian(&touched) {
            if let Err(why) = files.patch(file, &touched) {
                let message = format!("'{}' cannot be made from the diff: {why}", escape(&touched.path));
                let help = "make the source package anew; dpkg-source does not unpack this one";
                judge.push(
                    PatchFaultKind::Malformed,
                    touched.line,
                    Some(touched.path),
                    message,
                    help,
                );
            }
            continue;
        }
        let message = format!(
            "the diff changes '{}', which is upstream's",
            escape(&touched.path)
        );
        let help = "change to format 3.0 (quilt), where each change has a patch of its own";
        judge.push(
            PatchFaultKind::Outside,
            touched.line,
            Some(touched.path.clone()),
            message,
            help,
        );
        judge.place(&touched);
        out.outside.push(touched);
    }
    judge.text_faults(patch.faults);
    out.faults = judge.out.faults;
    for (path, contents) in files.now {
        match contents {
            Some(contents) => {
                out.debian.insert(path, contents);
            }
            None => out.removed.push(path),
        }
    }
    out
}

/// Both ends of it are below `debian/`.
fn is_debian(touched: &Touched) -> bool {
    let below = |path: &BString| path.starts_with(b"debian/");
    below(&touched.path) && touched.old_path.as_ref().is_none_or(below)
}

/// The files below `debian/` while the diff is applied.
struct Files<'a> {
    source: &'a dyn Source,
    /// Changed files; `None` for those that are removed.
    now: BTreeMap<BString, Option<Vec<u8>>>,
    left: usize,
}

impl Files<'_> {
    fn patch(&mut self, file: &FilePatch<'_>, touched: &Touched) -> Result<(), String> {
        let from = touched.old_path.as_ref().unwrap_or(&touched.path);
        let old = match self.now.get(from) {
            Some(contents) => contents.as_deref(),
            None => self.source.debian_file(from.as_bstr()),
        };
        let new = apply(old, file).map_err(|fault| fault.to_string())?;
        self.left = self
            .left
            .checked_sub(new.len() + old.map_or(0, <[u8]>::len))
            .ok_or("the diff patches the same files over and over; the rest was not read")?;
        if touched.change == Change::Rename {
            self.now.insert(from.clone(), None);
        }
        let gone =
            new.is_empty() && (file.to_nothing || file.hunk_count == 0 && touched.change == Change::Delete);
        self.now.insert(touched.path.clone(), (!gone).then_some(new));
        Ok(())
    }
}

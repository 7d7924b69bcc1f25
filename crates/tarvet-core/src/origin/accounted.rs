//! The files that a recomputation may read: those that are accounted for.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use bstr::{BStr, BString, ByteSlice};
use gix::objs::Kind;
use tarvet_archive::{Member, MemberKind};
use tarvet_origin::derived::Files;

use super::compare::in_tree;
use super::orders::is_data;
use super::{Comparison, Inputs, Origin, prefix};
use crate::upstream::{EntryKind, TreeEntry, read_as};

/// Blobs larger than this are not read to explain another file.
const LARGEST_BLOB: usize = 64 << 20;

/// Tarball and tree, as far as something has vouched for them.
pub(super) struct Accounted<'a> {
    inputs: &'a Inputs<'a>,
    /// Members by path below the top directory, and whether their origin is proof.
    members: HashMap<&'a BStr, (&'a Member, bool)>,
    entries: HashMap<&'a BStr, &'a TreeEntry>,
    /// Names of the tree's files, without directories.
    names: HashSet<&'a BStr>,
    directories: HashMap<&'a BStr, Vec<&'a BStr>>,
}

impl<'a> Accounted<'a> {
    pub(super) fn new(inputs: &'a Inputs<'a>, comparison: &Comparison) -> Self {
        let mut members = HashMap::new();
        let mut directories: HashMap<&BStr, Vec<&BStr>> = HashMap::new();
        for member in &inputs.tarball.manifest.members {
            let Some(path) = prefix::below(member.path.as_bstr(), comparison.top.as_ref()) else {
                continue;
            };
            if member.kind == MemberKind::Directory {
                continue;
            }
            members.insert(path, (member, true));
            let (directory, name) = path.rsplit_once_str("/").unwrap_or((b"", path));
            directories
                .entry(directory.as_bstr())
                .or_default()
                .push(name.as_bstr());
        }
        for difference in comparison.differences.iter().filter(|d| !d.origin.is_accounted()) {
            if let Some((_, accounted)) = members.get_mut(difference.path.as_bstr()) {
                *accounted = false;
            }
        }
        let entries = inputs.tree.entries.iter();
        let names = entries.clone().map(|entry| basename(entry.path.as_bstr()));
        Accounted {
            names: names.collect(),
            inputs,
            members,
            entries: entries.map(|entry| (entry.path.as_bstr(), entry)).collect(),
            directories,
        }
    }

    /// Members that are accounted for, or alleged.
    pub(super) fn with_an_origin(&self, comparison: &Comparison) -> Vec<BString> {
        let accounted = self.members.iter().filter(|(_, (_, accounted))| *accounted);
        let alleged = comparison
            .differences
            .iter()
            .filter(|d| d.origin == Origin::Alleged);
        accounted
            .map(|(path, _)| (*path).to_owned())
            .chain(alleged.map(|difference| difference.path.clone()))
            .collect()
    }

    fn entry(&self, path: &BStr) -> Option<&'a TreeEntry> {
        let full = in_tree(self.inputs.subdir, path);
        let entry = self.entries.get(full.as_bstr()).copied()?;
        matches!(entry.kind, EntryKind::File | EntryKind::Executable).then_some(entry)
    }

    /// The tree's own bytes at a path, where they can be read.
    pub(super) fn tracked(&self, path: &BStr) -> Option<Vec<u8>> {
        read(self.inputs, self.entry(path)?)
    }

    /// The same without an index, for a question or two.
    pub(super) fn tracked_in(inputs: &Inputs<'_>, path: &BStr) -> Option<Vec<u8>> {
        let full = in_tree(inputs.subdir, path);
        let mut entries = inputs.tree.entries.iter();
        read(inputs, entries.find(|entry| entry.path == full)?)
    }
}

fn basename(path: &BStr) -> &BStr {
    path.rsplit_str("/").next().unwrap_or_default().as_bstr()
}

fn read(inputs: &Inputs<'_>, entry: &TreeEntry) -> Option<Vec<u8>> {
    let blob = read_as(inputs.store, &entry.id, Kind::Blob).ok()?;
    (blob.data.len() <= LARGEST_BLOB).then_some(blob.data)
}

impl<'a> Accounted<'a> {
    /// The macro files of the release, as far as their contents are at hand.
    pub(super) fn macro_files(&self) -> Vec<(&'a BStr, Cow<'_, [u8]>)> {
        let is_macros =
            |path: &BStr| path.ends_with(b".m4") && !path.ends_with(b"aclocal.m4") && !is_data(path);
        let paths = self.members.iter().filter(|(path, _)| is_macros(path));
        paths
            .filter_map(|(path, _)| Some((*path, self.proven(path)?)))
            .collect()
    }
}

impl Files for Accounted<'_> {
    fn proven(&self, path: &BStr) -> Option<Cow<'_, [u8]>> {
        match self.members.get(path) {
            Some((_, false)) => None,
            Some((member, true)) => match (&member.content, self.entry(path)) {
                (Some(content), _) => Some(Cow::Borrowed(content)),
                (None, _) if member.size == 0 && member.kind == MemberKind::File => Some(Cow::Borrowed(&[])),
                (None, Some(entry)) if entry.id == member.blob => self.tracked(path).map(Cow::Owned),
                _ => None,
            },
            None => self.tracked(path).map(Cow::Owned),
        }
    }

    fn in_tree(&self, path: &BStr) -> bool {
        self.entry(path).is_some()
    }

    fn has_name(&self, name: &BStr) -> bool {
        self.names.contains(name)
    }

    fn is_member(&self, path: &BStr) -> bool {
        self.members.contains_key(path)
    }

    fn member_count(&self) -> usize {
        self.members.len()
    }

    fn names_in(&self, directory: &BStr) -> Vec<BString> {
        let names = self.directories.get(directory).into_iter().flatten();
        names.map(|name| (*name).to_owned()).collect()
    }
}

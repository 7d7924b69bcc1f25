mod absence;
mod converted;
mod untracked;

use std::collections::{BTreeMap, HashMap};

use bstr::{BStr, BString, ByteSlice};
use gix::ObjectId;
use gix::objs::Kind;
use tarvet_archive::{Member, MemberKind, Tarball};

use super::links::Links;
use super::submodule::Gitlinks;
use super::{Difference, Explanation, Origin, Side, SubmoduleTree, prefix};
use crate::convert::{Attributes, CommitFacts};
use crate::upstream::{EntryKind, ObjectStore, Tree, TreeEntry, read_as};

/// Converted files with placeholders; real projects have a handful.
const MAX_SUBSTITUTIONS: usize = 512;

/// Everything a comparison looks at.
pub struct Inputs<'a> {
    /// The tarball, read.
    pub tarball: &'a Tarball,
    /// The signed tree, whole.
    pub tree: &'a Tree,
    /// The directory of the tree the tarball was made from; empty for the root.
    pub subdir: &'a BStr,
    /// The attributes of the signed tree.
    pub attributes: &'a Attributes,
    /// The commit, for `export-subst`.
    pub commit: Option<&'a CommitFacts>,
    /// The tag's name, for `export-subst`.
    pub tag_name: Option<&'a BStr>,
    /// Where blobs that must be converted are read.
    pub store: &'a dyn ObjectStore,
    /// Submodules the caller gave.
    pub submodules: &'a [SubmoduleTree],
}

/// The outcome: every member and every entry has an origin.
#[derive(Debug, Default)]
pub struct Comparison {
    /// The tarball's single top directory.
    pub top: Option<BString>,
    /// Top-level names, when there is no single top directory.
    pub tops: Vec<BString>,
    /// Members that are not directories.
    pub members: usize,
    /// Entries of the tree (below the directory that was compared), gitlinks included.
    pub tree_entries: usize,
    /// How many members or absent entries have each origin.
    pub origins: BTreeMap<Origin, usize>,
    /// Every member that is not simply a file of the tree, and every absent entry.
    pub differences: Vec<Difference>,
    /// Paths with placeholders that cannot be recomputed: path, placeholder and value found.
    pub masked: Vec<(BString, String)>,
    /// Gitlinks with members below them and nothing given to prove those.
    pub unproven_submodules: Vec<BString>,
}

impl Comparison {
    /// Gives a difference another origin.
    pub(super) fn settle(&mut self, index: usize, origin: Origin, detail: String, explanation: Explanation) {
        let Some(difference) = self.differences.get_mut(index) else {
            return;
        };
        if let Some(count) = self.origins.get_mut(&difference.origin) {
            *count -= 1;
        }
        self.origins.retain(|_, count| *count > 0);
        *self.origins.entry(origin).or_default() += 1;
        difference.origin = origin;
        difference.detail = detail;
        difference.explanation = explanation;
    }
}

/// Pairs members and entries by path and gives each an origin. Linear in members and entries.
pub fn compare(inputs: &Inputs<'_>) -> Comparison {
    let top = prefix::top_directory(&inputs.tarball.manifest);
    let tops = if top.is_none() {
        prefix::top_names(&inputs.tarball.manifest)
    } else {
        Vec::new()
    };
    let comparison = Comparison {
        top,
        tops,
        ..Comparison::default()
    };
    let mut pairing = Pairing::new(inputs, comparison);
    for (index, member) in inputs.tarball.manifest.members.iter().enumerate() {
        pairing.member(index, member);
    }
    pairing.absent_entries();
    pairing.out
}

/// The tree's blobs at paths where the tarball has a file with other bytes: what explaining those may read, and what a
/// proof for this tarball should carry.
pub fn differing_blobs(tarball: &Tarball, tree: &Tree, subdir: &BStr) -> Vec<ObjectId> {
    let top = prefix::top_directory(&tarball.manifest);
    let files = tree.entries.iter().filter(|entry| is_regular(entry.kind));
    let entries: HashMap<&BStr, ObjectId> = files.map(|entry| (entry.path.as_bstr(), entry.id)).collect();
    let members = tarball
        .manifest
        .members
        .iter()
        .filter(|member| member.kind == MemberKind::File);
    let blob = |member: &Member| {
        let path = prefix::below(member.path.as_bstr(), top.as_ref())?;
        let id = entries.get(in_tree(subdir, path).as_bstr())?;
        (*id != member.blob).then_some(*id)
    };
    members.filter_map(blob).collect()
}

struct Pairing<'a> {
    inputs: &'a Inputs<'a>,
    /// Index into the tree's entries, by path.
    entries: HashMap<&'a BStr, usize>,
    /// A file of the tree for each blob, executable or not.
    by_blob: HashMap<(ObjectId, EntryKind), &'a TreeEntry>,
    links: Links,
    gitlinks: Gitlinks<'a>,
    /// Which entries of the tree the tarball has; as an empty directory, for gitlinks.
    seen: Vec<Seen>,
    /// Gitlinks with members below them, and what those are.
    filled: HashMap<BString, Origin>,
    /// Files whose placeholders were expanded: matching around those that cannot be recomputed is not cheap.
    substitutions: usize,
    out: Comparison,
}

impl<'a> Pairing<'a> {
    fn new(inputs: &'a Inputs<'a>, out: Comparison) -> Self {
        let mut links = Links::default();
        for entry in inputs
            .tree
            .entries
            .iter()
            .filter(|entry| entry.kind == EntryKind::Symlink)
        {
            if let Ok(target) = read_as(inputs.store, &entry.id, Kind::Blob) {
                links.insert(entry.path.clone(), target.data.into());
            }
        }
        let files = |entry: &&TreeEntry| matches!(entry.kind, EntryKind::File | EntryKind::Executable);
        Pairing {
            inputs,
            entries: (inputs.tree.entries.iter().enumerate())
                .map(|(index, entry)| (entry.path.as_bstr(), index))
                .collect(),
            by_blob: inputs
                .tree
                .entries
                .iter()
                .filter(files)
                .map(|entry| ((entry.id, entry.kind), entry))
                .collect(),
            links,
            gitlinks: Gitlinks::new(inputs.tree, inputs.submodules),
            seen: vec![Seen::No; inputs.tree.entries.len()],
            filled: HashMap::new(),
            substitutions: 0,
            out,
        }
    }

    fn member(&mut self, number: usize, member: &'a Member) {
        let Some(path) = prefix::below(member.path.as_bstr(), self.out.top.as_ref()) else {
            return;
        };
        let full = in_tree(self.inputs.subdir, path);
        let index = self.entries.get(full.as_bstr()).copied();
        let entry = index.and_then(|index| self.inputs.tree.entries.get(index));
        let in_place_of_a_file = entry.is_some_and(|entry| is_regular(entry.kind));
        if member.kind == MemberKind::Directory && !in_place_of_a_file {
            self.mark(index, Seen::Directory);
            return;
        }
        self.mark(index, Seen::Member);
        self.out.members += 1;
        let is_file = matches!(member.kind, MemberKind::File | MemberKind::HardLink);
        let tracked_file = in_place_of_a_file && is_file;
        let (side, found) = match entry {
            Some(entry) => (Side::Both, self.tracked(member, entry)),
            None => (Side::Tarball, self.untracked(member, full.as_bstr())),
        };
        self.record(path, side, found, Some(number), tracked_file);
    }

    fn mark(&mut self, index: Option<usize>, seen: Seen) {
        if let Some(slot) = index.and_then(|index| self.seen.get_mut(index)) {
            *slot = seen.max(*slot);
        }
    }

    fn record(&mut self, path: &BStr, side: Side, found: Found, member: Option<usize>, tracked_file: bool) {
        *self.out.origins.entry(found.origin).or_default() += 1;
        if found.origin != Origin::Tree || found.executable_bit_differs {
            self.out.differences.push(Difference {
                path: path.to_owned(),
                side,
                origin: found.origin,
                detail: found.detail,
                executable_bit_differs: found.executable_bit_differs,
                member,
                tracked_file,
                explanation: Explanation::default(),
            });
        }
    }

    /// A member whose path the tree has.
    fn tracked(&mut self, member: &Member, entry: &'a TreeEntry) -> Found {
        let is_file = matches!(member.kind, MemberKind::File | MemberKind::HardLink);
        match entry.kind {
            EntryKind::File | EntryKind::Executable if is_file => {
                if member.blob != entry.id {
                    return self.converted(member, entry);
                }
                Found::new(Origin::Tree, "").with_mode(member, entry.kind)
            }
            EntryKind::Symlink if member.kind == MemberKind::Symlink => {
                if member.blob == entry.id {
                    Found::new(Origin::Tree, "")
                } else {
                    Found::new(Origin::Modified, "the symlink leads elsewhere than in the tree")
                }
            }
            EntryKind::Symlink if is_file => {
                self.dereferenced(member, entry.path.as_bstr())
                    .unwrap_or_else(|| {
                        let text = member.blob == entry.id;
                        let what = if text {
                            "a file with the link's text"
                        } else {
                            "a file, not the link's target"
                        };
                        Found::new(
                            Origin::Modified,
                            format!("a symlink in the tree, in the tarball {what}"),
                        )
                    })
            }
            _ => {
                let detail = format!(
                    "{} in the tarball, {} in the tree",
                    kind_name(member.kind),
                    entry_name(entry.kind)
                );
                Found::new(Origin::Modified, detail)
            }
        }
    }
}

/// What the tarball has at the path of a tree entry.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Seen {
    No,
    Directory,
    Member,
}

struct Found {
    origin: Origin,
    detail: String,
    executable_bit_differs: bool,
}

impl Found {
    fn new(origin: Origin, detail: impl Into<String>) -> Self {
        Found {
            origin,
            detail: detail.into(),
            executable_bit_differs: false,
        }
    }
}

impl Found {
    /// The same, told if the executable bit is not the tree's.
    fn with_mode(mut self, member: &Member, kind: EntryKind) -> Self {
        // For root, who builds packages, any one of the three bits makes a file executable.
        let (executable, wanted) = (member.mode & 0o111 != 0, kind == EntryKind::Executable);
        if executable != wanted && is_regular(kind) && self.origin.is_accounted() {
            let what = format!(
                "the executable bit is {} in the tarball and {} in the tree",
                on(executable),
                on(wanted)
            );
            self.executable_bit_differs = true;
            self.detail = if self.detail.is_empty() {
                what
            } else {
                format!("{}; {what}", self.detail)
            };
        }
        self
    }
}

fn is_regular(kind: EntryKind) -> bool {
    matches!(kind, EntryKind::File | EntryKind::Executable)
}

fn on(bit: bool) -> &'static str {
    if bit { "set" } else { "not set" }
}

fn kind_name(kind: MemberKind) -> &'static str {
    match kind {
        MemberKind::File => "a file",
        MemberKind::Directory => "a directory",
        MemberKind::Symlink => "a symlink",
        MemberKind::HardLink => "a hard link",
        MemberKind::Other(_) => "a special file",
    }
}

fn entry_name(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::File | EntryKind::Executable => "a file",
        EntryKind::Symlink => "a symlink",
        EntryKind::Gitlink => "a submodule",
    }
}

pub(super) fn in_tree(subdir: &BStr, path: &BStr) -> BString {
    if subdir.is_empty() {
        return path.to_owned();
    }
    let mut full = subdir.to_owned();
    full.push(b'/');
    full.extend_from_slice(path);
    full
}

fn below_subdir<'p>(path: &'p BStr, subdir: &BStr) -> Option<&'p BStr> {
    if subdir.is_empty() {
        return Some(path);
    }
    Some(
        path.strip_prefix(subdir.as_bytes())?
            .strip_prefix(b"/")?
            .as_bstr(),
    )
}

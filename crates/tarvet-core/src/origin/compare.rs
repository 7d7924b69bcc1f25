use std::collections::{BTreeMap, HashMap};

use bstr::{BStr, BString, ByteSlice};
use gix::ObjectId;
use gix::objs::Kind;
use tarvet_archive::{Member, MemberKind, Tarball};

use super::links::Links;
use super::submodule::{Below, Gitlinks};
use super::{Difference, Origin, Side, SubmoduleTree, absent, prefix};
use crate::convert::{self, Attributes, CommitFacts, Conversion, PathAttributes};
use crate::upstream::{EntryKind, ObjectStore, Tree, TreeEntry, object_id, read_as};

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
    for member in &inputs.tarball.manifest.members {
        pairing.member(member);
    }
    pairing.absent_entries();
    pairing.out
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

    fn member(&mut self, member: &'a Member) {
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
        let (side, found) = match entry {
            Some(entry) => (Side::Both, self.tracked(member, entry)),
            None => (Side::Tarball, self.untracked(member, full.as_bstr())),
        };
        self.record(path, side, found);
    }

    fn mark(&mut self, index: Option<usize>, seen: Seen) {
        if let Some(slot) = index.and_then(|index| self.seen.get_mut(index)) {
            *slot = seen.max(*slot);
        }
    }

    fn record(&mut self, path: &BStr, side: Side, found: Found) {
        *self.out.origins.entry(found.origin).or_default() += 1;
        if found.origin != Origin::Tree || found.executable_bit_differs {
            self.out.differences.push(Difference {
                path: path.to_owned(),
                side,
                origin: found.origin,
                detail: found.detail,
                executable_bit_differs: found.executable_bit_differs,
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

    /// A member whose path the tree does not have.
    fn untracked(&mut self, member: &Member, full: &BStr) -> Found {
        let is_file = matches!(member.kind, MemberKind::File | MemberKind::HardLink);
        match self.gitlinks.find(full) {
            Below::Unproven(link) => {
                let link = link.to_owned();
                let detail =
                    format!("inside the submodule {link}, for which no repository or proof was given");
                if self
                    .filled
                    .insert(link.clone(), Origin::SubmoduleUnproven)
                    .is_none()
                {
                    self.out.unproven_submodules.push(link);
                }
                return Found::new(Origin::SubmoduleUnproven, detail);
            }
            Below::Entry(link, found) => {
                self.filled.insert(link.to_owned(), Origin::Submodule);
                let is_link = member.kind == MemberKind::Symlink;
                let same = |(kind, id): &(EntryKind, ObjectId)| {
                    *id == member.blob
                        && if is_link {
                            *kind == EntryKind::Symlink
                        } else {
                            is_file && *kind != EntryKind::Symlink
                        }
                };
                return match found.filter(same) {
                    Some((kind, _)) => Found::new(Origin::Submodule, format!("of the submodule {link}"))
                        .with_mode(member, kind),
                    None if found.is_some() => Found::new(
                        Origin::Modified,
                        format!("other bytes than in the submodule {link}"),
                    ),
                    None => Found::new(Origin::Unexplained, format!("not in the submodule {link}")),
                };
            }
            Below::No => {}
        }
        if !is_file {
            return Found::new(
                Origin::Unexplained,
                format!("{} that the tree does not have", kind_name(member.kind)),
            );
        }
        if let Some(found) = self.dereferenced(member, full) {
            self.mark_link_above(full);
            return found;
        }
        let same = if member.mode & 0o111 == 0 {
            EntryKind::File
        } else {
            EntryKind::Executable
        };
        let other = if member.mode & 0o111 == 0 {
            EntryKind::Executable
        } else {
            EntryKind::File
        };
        let find = |kind| self.by_blob.get(&(member.blob, kind));
        if let Some(entry) = find(same).or_else(|| find(other)) {
            let detail = format!("the tree has these bytes at {}", entry.path);
            return Found::new(Origin::Relocated, detail).with_mode(member, entry.kind);
        }
        Found::new(Origin::Unexplained, "the tree does not have it")
    }

    /// The symlink of the tree above this path was shipped as the directory it leads to.
    fn mark_link_above(&mut self, full: &BStr) {
        let above = full.find_iter("/").filter_map(|slash| full.get(..slash));
        let indexes: Vec<usize> = above
            .filter_map(|path| self.entries.get(path.as_bstr()).copied())
            .collect();
        for index in indexes {
            self.mark(Some(index), Seen::Directory);
        }
    }

    /// The file that the tree's symlinks lead to from this path, if the member has its bytes.
    fn dereferenced(&self, member: &Member, full: &BStr) -> Option<Found> {
        let target = self.links.follow(full)?;
        let entry = self
            .inputs
            .tree
            .entries
            .get(*self.entries.get(target.as_bstr())?)?;
        let is_file = matches!(entry.kind, EntryKind::File | EntryKind::Executable);
        (is_file && entry.id == member.blob).then(|| {
            Found::new(
                Origin::Dereferenced,
                format!("the symlink's target {target}, shipped as a file"),
            )
            .with_mode(member, entry.kind)
        })
    }

    /// A tracked file with other bytes: equal after what git itself does to it on the way into an archive?
    fn converted(&mut self, member: &Member, entry: &'a TreeEntry) -> Found {
        let attributes = self.inputs.attributes.of(entry.path.as_bstr(), false);
        if !attributes.converts() {
            return Found::new(Origin::Modified, "other bytes than in the tree");
        }
        let blob = match self.blob(entry, &attributes, member) {
            Ok(blob) => blob,
            Err(why) => {
                return Found::new(
                    Origin::Modified,
                    format!("other bytes than in the tree; not converted: {why}"),
                );
            }
        };
        if let Some(pointer) = convert::lfs_pointer(&blob)
            .filter(|_| attributes.filter.as_ref().is_some_and(|filter| filter == "lfs"))
            && pointer.sha256 == member.sha256.0
            && pointer.size == member.size
        {
            let found = Found::new(
                Origin::Filtered,
                "the file that the LFS pointer in the tree names",
            );
            return found.with_mode(member, entry.kind);
        }
        let (Some(content), Some(commit)) = (&member.content, self.inputs.commit) else {
            let detail =
                "other bytes than in the tree; too large to be converted under the limit on kept contents";
            return Found::new(Origin::Modified, detail);
        };
        if attributes.export_subst {
            self.substitutions += 1;
            if self.substitutions > MAX_SUBSTITUTIONS {
                let detail = format!(
                    "other bytes than in the tree, and more than {MAX_SUBSTITUTIONS} files with placeholders"
                );
                return Found::new(Origin::Modified, detail);
            }
        }
        self.conversion(&blob, content, entry, &attributes, commit)
            .with_mode(member, entry.kind)
    }

    /// The entry's blob: read, or the member with its line endings turned back if that hashes to the blob's id.
    fn blob(
        &self,
        entry: &TreeEntry,
        attributes: &PathAttributes,
        member: &Member,
    ) -> Result<Vec<u8>, String> {
        let fault = match read_as(self.inputs.store, &entry.id, Kind::Blob) {
            Ok(blob) => return Ok(blob.data),
            Err(fault) => fault,
        };
        let guesses = member
            .content
            .iter()
            .flat_map(|content| convert::restore(content, attributes));
        let is_blob = |guess: &Vec<u8>| {
            object_id(self.inputs.store.format(), Kind::Blob, guess).is_ok_and(|id| id == entry.id)
        };
        guesses.into_iter().find(is_blob).ok_or(fault.detail)
    }

    fn conversion(
        &mut self,
        blob: &[u8],
        content: &[u8],
        entry: &TreeEntry,
        attributes: &PathAttributes,
        commit: &CommitFacts,
    ) -> Found {
        let substituted = |how: &[&str]| {
            if how.contains(&"export-subst") {
                Origin::ExportSubst
            } else {
                Origin::Filtered
            }
        };
        match convert::compare(blob, entry.id, attributes, commit, self.inputs.tag_name, content) {
            Conversion::Exact { how } => {
                Found::new(substituted(&how), format!("equal after {}", how.join(", ")))
            }
            Conversion::Masked {
                how,
                placeholders,
                values,
            } => {
                for (placeholder, value) in placeholders.iter().zip(&values) {
                    self.out
                        .masked
                        .push((entry.path.clone(), format!("{placeholder} is `{value}`")));
                }
                let detail = format!(
                    "equal after {}, except {} which cannot be recomputed",
                    how.join(", "),
                    placeholders.join(", ")
                );
                Found::new(Origin::ExportSubst, detail)
            }
            Conversion::Different { reason } => Found::new(
                Origin::Modified,
                format!("other bytes than in the tree: {reason}"),
            ),
        }
    }

    fn absent_entries(&mut self) {
        let seen = std::mem::take(&mut self.seen);
        for (entry, seen) in self.inputs.tree.entries.iter().zip(seen) {
            let Some(path) = below_subdir(entry.path.as_bstr(), self.inputs.subdir) else {
                continue;
            };
            self.out.tree_entries += 1;
            if seen == Seen::Member {
                continue;
            }
            if entry.kind == EntryKind::Symlink && seen == Seen::Directory {
                let found = self.directory_for_link(entry);
                // The link itself is absent; what is there instead has been told member by member.
                let side = if found.origin == Origin::Modified {
                    Side::Both
                } else {
                    Side::Tree
                };
                self.record(path, side, found);
                continue;
            }
            let (origin, detail) = if entry.kind != EntryKind::Gitlink {
                absent::reason(entry.path.as_bstr(), self.inputs.attributes)
            } else if let Some(origin) = self.filled.get(&entry.path) {
                (
                    *origin,
                    format!("a submodule at commit {}, filled in the tarball", entry.id),
                )
            } else if seen == Seen::Directory {
                (
                    Origin::SubmoduleEmpty,
                    format!(
                        "a submodule at commit {}; git archive never includes its files",
                        entry.id
                    ),
                )
            } else {
                (
                    Origin::Missing,
                    format!("a submodule at commit {}, absent from the tarball", entry.id),
                )
            };
            self.record(path, Side::Tree, Found::new(origin, detail));
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

impl Pairing<'_> {
    /// A directory where the tree has a symlink: what the link leads to, shipped in its place, or something else.
    fn directory_for_link(&self, entry: &TreeEntry) -> Found {
        let Some(target) = self.links.follow(entry.path.as_bstr()) else {
            return Found::new(
                Origin::Modified,
                "a directory in the tarball, a symlink in the tree",
            );
        };
        let inside = |path: &BString| {
            path.strip_prefix(target.as_slice())
                .is_some_and(|rest| rest.starts_with(b"/"))
        };
        if self.inputs.tree.entries.iter().any(|entry| inside(&entry.path)) {
            Found::new(
                Origin::Dereferenced,
                format!("the symlink's target {target}, shipped as a directory"),
            )
        } else {
            Found::new(
                Origin::Modified,
                "a directory in the tarball, a symlink in the tree",
            )
        }
    }
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

fn in_tree(subdir: &BStr, path: &BStr) -> BString {
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

//! Files that are recomputed from other, proven files.
//!
//! Every rule here is a proof: the member's bytes, or everything in them that a program can act on, follow from bytes
//! that are accounted for already. A rule that cannot prove says nothing, and the member keeps its finding.
//!
//! | rule | members | from |
//! |---|---|---|
//! | `po` | `*.po` after msgmerge | the tree's at that path, or one of that name in a `po` further up |
//! | `mo` | `*.gmo`, `*.mo` | the `.po` beside it, message for message, no byte left over |
//! | `stamp` | `.tarball-version`, `version.texi`, `stamp-po` and the like | this release's version, date and commit |
//! | `stamp` | tracked files, `X` of `X.in` | the tree's, but for stamps in place of placeholders |
//! | `stamp` | empty files that the tree does not have | nothing |
//! | `changelog` | `ChangeLog` | commits of the history, and a tracked older ChangeLog |
//! | `lists` | `LINGUAS`, `POTFILES.in`, `MANIFEST`, `SOURCES.txt` | the members of the tarball |
//! | `python` | `PKG-INFO`, `*.egg-info/*` | `setup.py`, `setup.cfg`, `pyproject.toml`, a README |
//! | `perl` | `*.pm`, `Changes` | the tree's code, with what Dist::Zilla puts around it |
//! | `cargo` | `.cargo_vcs_info.json`, `Cargo.toml` as published | the release's commit, the tree's `Cargo.toml` |
//! | `copy` | `X.gz`, `X.txt` with other line ends or in UTF-8 | X |
//!
//! The caller keeps the contents of the members that [`wants`] names, and of the tree-identical members that
//! [`wants_proven`] names, then asks [`explain`] for each difference in the order of [`rank`], so that a catalogue is
//! asked before the binary catalogue that is made of it.

mod cargo;
mod catalog;
mod changelog;
mod copy;
mod governs;
mod lists;
mod mo;
mod perl;
mod po;
mod python;
mod stamp;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use governs::governs;

use std::borrow::Cow;
use std::sync::OnceLock;

use bstr::{BStr, BString};

/// What is known of the release when a file is to be recomputed.
#[derive(Debug, Clone, Default)]
pub struct Release {
    /// The package's name, as the caller knows it.
    pub name: String,
    /// The version, as the caller knows it: without the tag's prefix.
    pub version: String,
    /// The tag, without `refs/tags/`; empty when a bare commit was given.
    pub tag: BString,
    /// The commit's object id in lowercase hexadecimal.
    pub commit: String,
    /// The committer's time, in seconds since 1970 UTC.
    pub commit_time: Option<i64>,
    /// The tagger's time, in seconds since 1970 UTC.
    pub tag_time: Option<i64>,
    /// The tarball's top directory, without a slash; empty where there is none.
    pub top: BString,
}

/// The files a recomputation may read. All paths are relative to the tarball's top directory.
pub trait Files {
    /// The bytes of a file that is accounted for: a member whose origin is proven. None for every other file, and for a
    /// file that [`wants`] and [`wants_proven`] did not ask to keep.
    fn proven(&self, path: &BStr) -> Option<Cow<'_, [u8]>>;
    /// Whether the signed tree has a file at this path.
    fn in_tree(&self, path: &BStr) -> bool;
    /// Whether the signed tree has a file of this name in any directory, so that a member of that name may be found
    /// instead of it. True where that is not known.
    fn has_name(&self, name: &BStr) -> bool {
        let _ = name;
        true
    }
    /// Whether the tarball has a member at this path.
    fn is_member(&self, path: &BStr) -> bool;
    /// The bytes of a file of the signed tree, at a path of the whole tree where the tarball is made of a directory of it.
    /// None where they cannot be read.
    fn whole_tree(&self, path: &BStr) -> Option<Cow<'_, [u8]>> {
        let _ = path;
        None
    }
    /// How many members the tarball has that are not directories.
    fn member_count(&self) -> usize;
    /// The names of the members directly in a directory (empty for the top), that are not directories.
    fn names_in(&self, directory: &BStr) -> Vec<BString>;
}

/// One member to explain.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The member's path below the top directory.
    pub path: &'a BStr,
    /// The member's bytes.
    pub content: &'a [u8],
    /// The tree's bytes at this path, where the tree has it and they could be read.
    pub tree: Option<&'a [u8]>,
}

/// How a member follows from other files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Derived {
    /// The files it is made from, as paths in the tarball. Empty where it follows from the release alone.
    pub from: Vec<BString>,
    /// How, as one sentence without a full stop.
    pub how: String,
    /// Changed lines a person should see, raw: the report escapes them.
    pub shown: Vec<BString>,
}

/// The upstream history, newest commit first, as a ChangeLog is made from it.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// The commits, in the order of `git log`.
    pub commits: Vec<Commit>,
    /// Made when the first ChangeLog is asked for.
    lookup: OnceLock<changelog::Lookup>,
}

/// One commit of a history.
#[derive(Debug, Clone, Default)]
pub struct Commit {
    /// Object id in lowercase hexadecimal.
    pub id: String,
    /// Who wrote it.
    pub author: Person,
    /// Who committed it.
    pub committer: Person,
    /// The message, as stored.
    pub message: BString,
    /// Object ids of the parents.
    pub parents: Vec<String>,
    /// The paths it changed against its first parent, where the caller looked.
    pub changed: Option<Vec<BString>>,
}

/// An author or a committer.
#[derive(Debug, Clone, Default)]
pub struct Person {
    /// The name.
    pub name: BString,
    /// The address, without angle brackets.
    pub email: BString,
    /// Seconds since 1970 UTC.
    pub time: i64,
    /// Seconds east of UTC.
    pub offset: i32,
}

/// The largest content any rule reads. A larger member is not derived.
pub const LARGEST: u64 = 64 << 20;

/// Whether a rule may want the content of a member that is not the tree's. `in_tree` says whether the tree has a path.
pub fn wants(path: &BStr, size: u64, in_tree: &dyn Fn(&BStr) -> bool) -> bool {
    if po::claims(path) || mo::claims(path) {
        return size <= LARGEST;
    }
    if changelog::claims(path) {
        return size <= as_size(changelog::LARGEST);
    }
    if in_tree(path)
        || stamp::claims_fixed(path)
        || lists::claims(path)
        || python::claims(path)
        || cargo::claims(path)
    {
        return size <= as_size(stamp::LARGEST);
    }
    size == 0
        || in_tree(stamp::template_of(path).as_ref()) && size <= as_size(stamp::LARGEST)
        || copy::inflated(path).is_some_and(in_tree) && size <= as_size(copy::LARGEST)
        || copy::sources(path).iter().any(|path| in_tree(path.as_ref())) && size <= as_size(copy::LARGEST)
}

fn as_size(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

/// Whether a rule may read the content of a member that *is* the tree's.
pub fn wants_proven(path: &BStr, size: u64) -> bool {
    (po::claims(path) || changelog::claims(path)) && size <= LARGEST
        || (stamp::is_template(path) || python::describes(path)) && size <= stamp::LARGEST_TEMPLATE
}

/// Whether a rule may want the history for this member. Reading it takes time: ask only if such a member is open.
pub fn wants_history(path: &BStr) -> bool {
    changelog::claims(path) && !path.ends_with(b".mailmap")
}

/// In what order to ask: a member of a higher rank may be made of one of a lower rank.
pub fn rank(path: &BStr) -> u8 {
    if po::claims(path) {
        // A catalogue may come from one further up.
        let depth = path.iter().filter(|&&byte| byte == b'/').take(100).count();
        return u8::try_from(depth).unwrap_or(100);
    }
    if mo::claims(path) { 101 } else { 102 }
}

/// Recomputes a member, or says nothing. `history` is given where the caller has one.
///
/// Linear in the sizes of the member and of the files it is made of.
pub fn explain(
    member: &Question<'_>,
    release: &Release,
    files: &dyn Files,
    history: Option<&History>,
) -> Option<Derived> {
    if u64::try_from(member.content.len()).ok()? > LARGEST {
        return None;
    }
    po::explain(member, files)
        .or_else(|| mo::explain(member, files))
        .or_else(|| stamp::explain(member, release, files))
        .or_else(|| changelog::explain(member, files, history))
        .or_else(|| lists::explain(member, files))
        .or_else(|| python::explain(member, release, files))
        .or_else(|| perl::explain(member, release))
        .or_else(|| cargo::explain(member, release, files))
        .or_else(|| copy::explain(member, files))
}

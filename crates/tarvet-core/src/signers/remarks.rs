//! What is odd about a tag: its own name, where it was before, what else has its name.

use std::collections::{BTreeMap, HashSet};

use bstr::BString;
use gix::ObjectId;
use gix::objs::Kind;
use jiff::Timestamp;

use super::Question;
use super::read::{self, ReadTag};
use super::row::Maker;
use crate::escape::has_deceptive;
use crate::keyring::SignedThing;
use crate::upstream::{CommitObject, Repository, StoredTags, TagObject, TagRecord, read_as};

/// Dates of tag, commit and signature that differ by more, in seconds, are told.
const TOLERANCE: i64 = 7 * 24 * 3600;
/// Tag objects that no ref names and that are judged.
const MOST_LOOSE_ENDS: usize = 5_000;
/// Other objects told of one tag.
const MOST_OTHERS: usize = 8;

/// The kinds of oddities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RemarkKind {
    /// The tag object calls itself by another name.
    NameMismatch,
    /// The ref pointed elsewhere before, or another tag object of this name is in the store.
    Moved,
    /// Another tag object of this name names the same commit: it was tagged or signed again.
    SignedAgain,
    /// `packed-refs` says that it leads to another object than it does.
    PeelMismatch,
    /// A branch has the same name.
    SharesBranchName,
    /// The ref is symbolic.
    Symbolic,
    /// It names another tag.
    Nested,
    /// It leads to no commit.
    NoCommit,
    /// The dates of tag, commit and signature contradict each other.
    DatesIncoherent,
    /// Several signature blocks, or text that is not signed.
    SignatureOdd,
    /// Not in git's canonical form.
    Malformed,
    /// An object is missing or damaged.
    Unreadable,
    /// The name holds control or invisible characters.
    DeceptiveName,
}

impl RemarkKind {
    /// The name used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NameMismatch => "name-mismatch",
            Self::Moved => "moved",
            Self::SignedAgain => "signed-again",
            Self::PeelMismatch => "peel-mismatch",
            Self::SharesBranchName => "shares-branch-name",
            Self::Symbolic => "symbolic",
            Self::Nested => "nested",
            Self::NoCommit => "no-commit",
            Self::DatesIncoherent => "dates-incoherent",
            Self::SignatureOdd => "signature-odd",
            Self::Malformed => "malformed",
            Self::Unreadable => "unreadable",
            Self::DeceptiveName => "deceptive-name",
        }
    }
}

/// Something odd about one tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// What kind.
    pub kind: RemarkKind,
    /// One sentence without a full stop; raw text.
    pub text: String,
}

/// What the ref alone tells.
pub(super) fn of_record(record: &TagRecord, tag: &mut ReadTag) {
    if has_deceptive(&record.tag.name) {
        tag.remark(
            RemarkKind::DeceptiveName,
            "its name holds control or invisible characters",
        );
    }
    if record.tag.target.is_none() {
        tag.remark(
            RemarkKind::Symbolic,
            "it is a symbolic ref: whoever moves the other ref moves this tag",
        );
    }
    if record.shares_branch_name {
        tag.remark(
            RemarkKind::SharesBranchName,
            "a branch has the same name; git takes the bare name for either",
        );
    }
    if let (Some(packed), Some(target)) = (record.packed, record.tag.target)
        && packed != target
    {
        tag.remark(
            RemarkKind::Moved,
            format!("packed-refs still has it at {packed}: it was moved since to {target}"),
        );
    }
    for before in &record.before {
        tag.remark(
            RemarkKind::Moved,
            format!("the log of the ref says that it pointed to {before} before"),
        );
    }
    if let Some(peeled) = record.packed_peeled
        && record.packed == record.tag.target
        && record.tag.target == Some(peeled)
    {
        tag.remark(
            RemarkKind::PeelMismatch,
            "packed-refs says that it leads to itself",
        );
    }
}

/// What the tag object tells.
pub(super) fn of_object(
    record: &TagRecord,
    object: &TagObject,
    commit: Option<&CommitObject>,
    tag: &mut ReadTag,
) {
    if object.name != record.tag.name {
        tag.remark(
            RemarkKind::NameMismatch,
            format!("the tag object {} calls itself `{}`", object.id, object.name),
        );
    }
    if let (Some(peeled), Some(commit)) = (record.packed_peeled, commit)
        && record.packed == record.tag.target
        && peeled != commit.id
    {
        tag.remark(
            RemarkKind::PeelMismatch,
            format!(
                "packed-refs says that it leads to {peeled}; it leads to {}",
                commit.id
            ),
        );
    }
    let dates = |text: String, tag: &mut ReadTag| tag.remark(RemarkKind::DatesIncoherent, text);
    if let (Some(at), Some(made)) = (object.time, commit.and_then(|commit| commit.time))
        && at < made.saturating_sub(TOLERANCE)
    {
        let days = made.abs_diff(at) / 86_400;
        dates(format!("it is dated {days} days before its commit"), tag);
    }
    let signed = tag.makers.iter().filter(|(_, raw)| raw.over == SignedThing::Tag);
    let signed = signed
        .filter_map(|(_, raw)| raw.time)
        .next()
        .map(Timestamp::as_second);
    if let (Some(at), Some(signed)) = (object.time, signed)
        && signed.abs_diff(at) > TOLERANCE.unsigned_abs()
    {
        let days = signed.abs_diff(at) / 86_400;
        dates(format!("it was signed {days} days from its date"), tag);
    }
}

/// Adds what other tag objects of the store tell, and returns what the repository cannot show.
pub(super) fn with_stored(
    repository: &Repository,
    records: &[TagRecord],
    mut tags: Vec<ReadTag>,
    stored: StoredTags,
    question: Question<'_>,
) -> (Vec<ReadTag>, Vec<String>) {
    let mut unseen = vec![
        "a tag that was replaced before this copy was fetched leaves no trace here; compare with an older copy, or \
         with what distributions recorded"
            .to_owned(),
    ];
    if records.iter().all(|record| record.before.is_empty()) {
        unseen.push(
            "no log of tag refs is kept here, so moves are seen only where the old object is still stored"
                .to_owned(),
        );
    }
    let stored = match stored {
        StoredTags::All(ids) => ids,
        StoredTags::TooMany => {
            unseen.push("the object store is too large to look for tag objects that no ref names".to_owned());
            return (tags, unseen);
        }
        StoredTags::Unlisted(why) => {
            unseen.push(format!("the object store cannot be listed: {why}"));
            return (tags, unseen);
        }
    };
    let mut named: HashSet<ObjectId> = records.iter().filter_map(|record| record.tag.target).collect();
    named.extend(tags.iter().flat_map(|tag| &tag.inner));
    let mut loose: Vec<ObjectId> = stored.into_iter().filter(|id| !named.contains(id)).collect();
    if loose.len() > MOST_LOOSE_ENDS {
        unseen.push(format!(
            "{} tag objects are named by no ref; {MOST_LOOSE_ENDS} of them were read",
            loose.len()
        ));
        loose.truncate(MOST_LOOSE_ENDS);
    }
    let mut index: BTreeMap<BString, usize> = BTreeMap::new();
    for (at, tag) in tags.iter().enumerate() {
        index.insert(tag.entry.name.clone(), at);
    }
    for id in loose {
        let read = read_as(repository, &id, Kind::Tag);
        let Ok(other) = read.and_then(|object| TagObject::parse(id, object.data, &mut Vec::new())) else {
            continue;
        };
        if let Some(tag) = index.get(&other.name).and_then(|at| tags.get_mut(*at)) {
            another(repository, &other, question, tag);
        }
    }
    (tags, unseen)
}

/// Another tag object of the same name.
fn another(repository: &Repository, other: &TagObject, question: Question<'_>, tag: &mut ReadTag) {
    let told = |remark: &&Remark| matches!(remark.kind, RemarkKind::Moved | RemarkKind::SignedAgain);
    if tag.entry.remarks.iter().filter(told).count() >= MOST_OTHERS {
        return;
    }
    let time = other.time.and_then(|time| Timestamp::from_second(time).ok());
    let who = match &other.signature {
        None => "unsigned".to_owned(),
        Some(signature) => match read::makers(SignedThing::Tag, signature, time, question).first() {
            Some((Maker::Known(_, _, name), _)) => format!("signed by {name}"),
            Some((Maker::Claimed(_, _, name), _)) => format!("signed, as it says, by {name}"),
            Some((Maker::Bad(..), _)) => "with a bad signature".to_owned(),
            _ => "with a signature that cannot be read".to_owned(),
        },
    };
    let date = time.map_or_else(
        || "an unknown date".to_owned(),
        |time| time.strftime("%Y-%m-%d").to_string(),
    );
    // A tag that wraps this one, or that this one replaced by wrapping it, leads to the same commit, too.
    let same = tag.entry.commit.is_some() && tag.entry.commit == read::peel(repository, other);
    let (kind, of) = match same {
        true => (RemarkKind::SignedAgain, "the same commit".to_owned()),
        false => (
            RemarkKind::Moved,
            format!("another {} ({})", other.target_kind, other.target),
        ),
    };
    let text = format!(
        "the store has another tag object of this name, {} of {date}, {who}, of {of}",
        other.id
    );
    tag.remark(kind, text);
}

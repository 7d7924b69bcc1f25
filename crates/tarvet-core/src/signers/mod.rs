//! Who signed what so far: every tag of a repository, in order, with its signer.
//!
//! [`history`] reads each tag once (re-hashed, like everything in `upstream`), judges its signature with the caller's
//! keyring, and puts the answers together: [`History`] has the tags in order of version, a row for each signer, and
//! the places where one signer follows another. It describes; it is no verdict. A signer whom the keyring does not
//! have is a *claim* of the signature, and rows of claims are kept apart from rows of certificates.
//!
//! [`Introductions`] answers another question about the same objects: where did a signer of an old keyring sign
//! something that names a new one.

mod handover;
mod introduce;
mod introduce_place;
mod read;
mod remarks;
mod row;
mod version;

pub use handover::{Change, Handover, Run};
pub use introduce::{Introduction, Introductions, Proof as IntroductionProof, introductions};
pub use remarks::{Remark, RemarkKind};
pub use row::{Row, RowKind};
pub use version::compare_versions;

use bstr::BString;
use gix::ObjectId;
use jiff::Timestamp;

use crate::keyring::{Keyring, Scheme, SignaturePolicy, SignatureState, SignedThing};
use crate::upstream::{Repository, UpstreamError};

/// Objects of the store that are looked through for tag objects which no ref names.
const MOST_OBJECTS: usize = 1_000_000;

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// Whom the caller trusts; may be empty, then every signer is a claim.
    pub keyring: &'a Keyring,
    /// How signatures are judged, and when.
    pub policy: &'a SignaturePolicy,
    /// Only tags that are not older than this one, by version or by date.
    pub since: Option<&'a str>,
}

/// What a ref below `refs/tags/` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TagKind {
    /// It names a tag object.
    Annotated,
    /// It names a commit itself: there is nothing to sign.
    Lightweight,
    /// It names another ref.
    Symbolic,
    /// What it names cannot be read; the remarks say why.
    Unreadable,
}

impl TagKind {
    /// The name used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Annotated => "annotated",
            Self::Lightweight => "lightweight",
            Self::Symbolic => "symbolic",
            Self::Unreadable => "unreadable",
        }
    }
}

/// One signature of one tag, or its absence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Index of [`History::rows`].
    pub row: usize,
    /// Tag, or the commit of a tag that is not signed itself.
    pub over: SignedThing,
    /// The format; `None` where nothing is signed.
    pub scheme: Option<Scheme>,
    /// What it is worth; `None` where nothing is signed.
    pub state: Option<SignatureState>,
    /// When the signature says it was made.
    pub time: Option<Timestamp>,
    /// One sentence; only for signatures that are no evidence though the keyring has their signer, and unreadable ones.
    pub detail: Option<String>,
}

/// One tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagEntry {
    /// Without `refs/tags/`; raw bytes.
    pub name: BString,
    /// What the ref is.
    pub kind: TagKind,
    /// What the ref names.
    pub object: Option<ObjectId>,
    /// The commit at the end.
    pub commit: Option<ObjectId>,
    /// The tagger's date, or the committer's where there is no tagger: a claim.
    pub time: Option<Timestamp>,
    /// The signatures of the tag object; of the commit where the tag has none; at least one mark.
    pub marks: Vec<Mark>,
    /// What is odd about it.
    pub remarks: Vec<Remark>,
}

impl TagEntry {
    /// The mark that says most: evidence before anything else.
    pub fn main_mark(&self) -> Option<&Mark> {
        let evidence = |mark: &&Mark| mark.state.is_some_and(SignatureState::is_evidence);
        self.marks.iter().find(evidence).or_else(|| self.marks.first())
    }
}

/// Everything about the signers of a repository.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// In order of version, then of date.
    pub tags: Vec<TagEntry>,
    /// One for each signer and each way of not signing, signers first, in order of their first tag.
    pub rows: Vec<Row>,
    /// Where the signer changes from one version to the next.
    pub runs: Vec<Run>,
    /// New signers and those who came back, in order of date.
    pub handovers: Vec<Handover>,
    /// What this repository cannot show, in sentences.
    pub unseen: Vec<String>,
}

impl History {
    /// Indices of [`History::tags`] in order of date; those without a date come last.
    pub fn by_date(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.tags.len()).collect();
        order.sort_by_key(|&index| {
            let time = self.tags.get(index).and_then(|tag| tag.time);
            (time.is_none(), time, index)
        });
        order
    }
}

/// Reads and judges every tag. Err: the refs cannot be read, or the tag of `since` does not exist.
pub fn history(repository: &Repository, question: Question<'_>) -> Result<History, UpstreamError> {
    let records = repository.tag_records()?;
    let read = read::all(repository, &records, question);
    let stored = repository.stored_tags(MOST_OBJECTS);
    let (tags, unseen) = remarks::with_stored(repository, &records, read, stored, question);
    let tags = version::since(tags, question.since, repository)?;
    let mut history = row::table(tags, question.keyring);
    history.unseen = unseen;
    history.runs = handover::runs(&history);
    history.handovers = handover::handovers(&history);
    Ok(history)
}

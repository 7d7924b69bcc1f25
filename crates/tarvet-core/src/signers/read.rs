//! Reads tags, many at a time, and has their signatures judged.

use std::num::NonZero;
use std::thread;

use bstr::ByteSlice;
use gix::ObjectId;
use gix::objs::Kind;
use jiff::Timestamp;

use super::row::Maker;
use super::{Question, Remark, RemarkKind, TagEntry, TagKind, remarks};
use crate::keyring::{Scheme, SignatureReport, SignatureState, SignedThing, verify_object};
use crate::upstream::{
    CommitObject, EmbeddedSignature, Fault, FaultKind, ObjectStore, Repository, TagObject, TagRecord, read_as,
};

/// Tags of tags that are followed.
const LONGEST_CHAIN: usize = 8;
/// Signatures of one tag that are shown.
const MOST_MARKS: usize = 4;

/// A tag, and who made each of its signatures; [`super::row::table`] turns makers into rows.
#[derive(Debug, Clone)]
pub(super) struct ReadTag {
    pub entry: TagEntry,
    pub makers: Vec<(Maker, Raw)>,
    /// Of the tag object; `None` unless there is one.
    pub own_name: Option<bstr::BString>,
    /// The tag objects between this one and its commit: they are part of the tag, no earlier state of it.
    pub inner: Vec<ObjectId>,
}

/// A mark without its row.
#[derive(Debug, Clone)]
pub(super) struct Raw {
    pub over: SignedThing,
    pub scheme: Option<Scheme>,
    pub state: Option<SignatureState>,
    pub time: Option<Timestamp>,
    pub detail: Option<String>,
    pub user_id: Option<String>,
}

/// Every tag, in the order of the records.
pub(super) fn all(repository: &Repository, records: &[TagRecord], question: Question<'_>) -> Vec<ReadTag> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(16);
    let share = records.len().div_ceil(threads).max(64);
    // Each thread has a repository of its own: its caches cannot be shared.
    let shares: Vec<(Repository, &[TagRecord])> = records
        .chunks(share)
        .map(|records| (repository.another(), records))
        .collect();
    thread::scope(|scope| {
        let workers: Vec<_> = shares
            .into_iter()
            .map(|(repository, records)| {
                let work = move || {
                    records
                        .iter()
                        .map(|tag| one(&repository, tag, question))
                        .collect()
                };
                (scope.spawn(work), records)
            })
            .collect();
        workers
            .into_iter()
            .flat_map(|(worker, records)| worker.join().unwrap_or_else(|_| lost(records)))
            .collect::<Vec<ReadTag>>()
    })
}

/// What is said about tags whose reader died: nothing is left out.
fn lost(records: &[TagRecord]) -> Vec<ReadTag> {
    let unread = |record: &TagRecord| {
        let mut tag = empty(record);
        tag.remark(RemarkKind::Unreadable, "reading it failed");
        tag.close(TagKind::Unreadable)
    };
    records.iter().map(unread).collect()
}

fn empty(record: &TagRecord) -> ReadTag {
    ReadTag {
        entry: TagEntry {
            name: record.tag.name.clone(),
            kind: TagKind::Unreadable,
            object: record.tag.target,
            commit: None,
            time: None,
            marks: Vec::new(),
            remarks: Vec::new(),
        },
        makers: Vec::new(),
        own_name: None,
        inner: Vec::new(),
    }
}

impl ReadTag {
    pub fn remark(&mut self, kind: RemarkKind, text: impl Into<String>) {
        self.entry.remarks.push(Remark {
            kind,
            text: text.into(),
        });
    }

    fn fault(&mut self, fault: Fault) {
        let kind = match fault.kind {
            FaultKind::SignatureOddity => RemarkKind::SignatureOdd,
            FaultKind::ObjectMissing | FaultKind::ObjectCorrupt => RemarkKind::Unreadable,
            _ => RemarkKind::Malformed,
        };
        self.remark(kind, fault.detail);
    }

    /// A tag always has a mark.
    fn close(mut self, kind: TagKind) -> Self {
        self.entry.kind = kind;
        if self.makers.is_empty() {
            let maker = match kind {
                TagKind::Annotated => Maker::Unsigned,
                TagKind::Lightweight => Maker::Lightweight,
                TagKind::Symbolic | TagKind::Unreadable => Maker::Unreadable,
            };
            let raw = Raw {
                over: SignedThing::Tag,
                scheme: None,
                state: None,
                time: None,
                detail: None,
                user_id: None,
            };
            self.makers.push((maker, raw));
        }
        self
    }
}

fn one(repository: &Repository, record: &TagRecord, question: Question<'_>) -> ReadTag {
    let mut tag = empty(record);
    remarks::of_record(record, &mut tag);
    let Some(id) = record.tag.target else {
        return tag.close(TagKind::Symbolic);
    };
    let object = match read_as(repository, &id, Kind::Tag) {
        Ok(object) => object,
        Err(fault) if fault.kind == FaultKind::WrongKind => {
            let commit = commit(repository, id, &mut tag);
            let kind = match commit {
                Some(_) => TagKind::Lightweight,
                None => TagKind::Unreadable,
            };
            by_commit(commit, question, &mut tag);
            return tag.close(kind);
        }
        Err(fault) => {
            tag.fault(fault);
            return tag.close(TagKind::Unreadable);
        }
    };
    let mut faults = Vec::new();
    let parsed = TagObject::parse(id, object.data, &mut faults);
    faults.into_iter().for_each(|fault| tag.fault(fault));
    let parsed = match parsed {
        Ok(parsed) => parsed,
        Err(fault) => {
            tag.fault(fault);
            return tag.close(TagKind::Unreadable);
        }
    };
    annotated(repository, record, parsed, question, tag)
}

fn annotated(
    repository: &Repository,
    record: &TagRecord,
    parsed: TagObject,
    question: Question<'_>,
    mut tag: ReadTag,
) -> ReadTag {
    tag.entry.time = parsed.time.and_then(|time| Timestamp::from_second(time).ok());
    if let Some(signature) = &parsed.signature {
        let time = tag.entry.time;
        tag.makers = makers(SignedThing::Tag, signature, time, question);
    }
    let commit = end(repository, &parsed, &mut tag).and_then(|end| commit(repository, end, &mut tag));
    remarks::of_object(record, &parsed, commit.as_ref(), &mut tag);
    tag.own_name = Some(parsed.name);
    if parsed.signature.is_none() {
        by_commit(commit, question, &mut tag);
    }
    tag.close(TagKind::Annotated)
}

/// The commit that a tag leads to, through other tags if need be.
pub(super) fn peel(repository: &Repository, outer: &TagObject) -> Option<ObjectId> {
    let (mut id, mut kind) = (outer.target, outer.target_kind);
    for _ in 0..LONGEST_CHAIN {
        if kind != Kind::Tag {
            break;
        }
        let read = read_as(repository, &id, Kind::Tag).ok()?;
        let next = TagObject::parse(id, read.data, &mut Vec::new()).ok()?;
        (id, kind) = (next.target, next.target_kind);
    }
    (kind == Kind::Commit).then_some(id)
}

/// The id at the end of a chain of tags.
fn end(repository: &Repository, outer: &TagObject, tag: &mut ReadTag) -> Option<ObjectId> {
    let (mut id, mut kind) = (outer.target, outer.target_kind);
    while kind == Kind::Tag {
        if tag.inner.len() == LONGEST_CHAIN {
            let text = format!("it is a tag of a tag of a tag, more than {LONGEST_CHAIN} deep; not followed");
            tag.remark(RemarkKind::Nested, text);
            return None;
        }
        tag.inner.push(id);
        let next = read_as(repository, &id, Kind::Tag)
            .and_then(|object| TagObject::parse(id, object.data, &mut Vec::new()));
        match next {
            Ok(next) => (id, kind) = (next.target, next.target_kind),
            Err(fault) => {
                tag.fault(fault);
                return None;
            }
        }
    }
    let deep = tag.inner.len();
    if deep > 0 {
        let text = format!("it names another tag object, not a commit ({deep} deep)");
        tag.remark(RemarkKind::Nested, text);
    }
    if kind != Kind::Commit {
        tag.remark(RemarkKind::NoCommit, format!("it names a {kind}, not a commit"));
        return None;
    }
    Some(id)
}

fn commit(repository: &Repository, id: ObjectId, tag: &mut ReadTag) -> Option<CommitObject> {
    let read = read_as(repository, &id, Kind::Commit)
        .and_then(|object| CommitObject::parse(id, object.data, repository.format()));
    match read {
        Ok(commit) => {
            tag.entry.commit = Some(id);
            Some(commit)
        }
        Err(fault) if fault.kind == FaultKind::WrongKind => {
            tag.remark(RemarkKind::NoCommit, fault.detail);
            None
        }
        Err(fault) => {
            tag.fault(fault);
            None
        }
    }
}

/// Of a tag without a signature: when its commit was made, and who signed that.
fn by_commit(commit: Option<CommitObject>, question: Question<'_>, tag: &mut ReadTag) {
    let Some(commit) = commit else { return };
    let time = commit.time.and_then(|time| Timestamp::from_second(time).ok());
    tag.entry.time = tag.entry.time.or(time);
    if let Some(signature) = &commit.signature {
        tag.makers = makers(SignedThing::Commit, signature, time, question);
    }
}

/// Who made the signatures of one block.
pub(super) fn makers(
    over: SignedThing,
    signature: &EmbeddedSignature,
    time: Option<Timestamp>,
    question: Question<'_>,
) -> Vec<(Maker, Raw)> {
    let reports = verify_object(
        question.keyring,
        question.policy,
        over,
        &signature.payload,
        &signature.armored,
        time,
    );
    reports
        .into_iter()
        .take(MOST_MARKS)
        .map(|report| maker(report, signature))
        .collect()
}

fn maker(report: SignatureReport, signature: &EmbeddedSignature) -> (Maker, Raw) {
    let maker = Maker::of(&report, signature.payload.as_bstr());
    let evidence = report.state.is_evidence() || report.state == SignatureState::UnknownSigner;
    let raw = Raw {
        over: report.over,
        scheme: Some(report.scheme),
        state: Some(report.state),
        time: report.time,
        detail: (!evidence).then_some(report.detail),
        user_id: report.user_id,
    };
    (maker, raw)
}

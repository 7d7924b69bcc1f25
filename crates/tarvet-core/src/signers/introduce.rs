//! Where a signer of an old keyring signed something that names a signer of a new one.
//!
//! STRATEGY. What was signed proves an introduction, not what was found beside it. Three things count, each under a
//! signature that is evidence by a signer whom the old keyring has: the message of a tag, the message of a commit, and
//! the tree of the newest tag or commit of each signer (an introduction that was taken back later does not count).
//! A message counts as its signer's own words only: not where a merge quotes the tag that it merges, not where somebody
//! else is the author, not in quoted lines, and not where a later message of an old signer warns of the key.
//! A tree holds test data and other people's keys, so only files in the places where projects keep their signers'
//! keys are read ([`super::introduce_place`]). Text counts by the full fingerprint only, and not where the words
//! around it warn of the key: a signer also names the keys that nobody should trust.

use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashSet};

use bstr::{BString, ByteSlice};
use gix::ObjectId;
use gix::objs::Kind;
use jiff::Timestamp;

use super::introduce_place::{Names, is_place};
use super::{Question, RowKind, TagEntry, history};
use crate::keyring::{Keyring, Scheme, SignaturePolicy, SignatureReport, SignedThing, verify_object};
use crate::upstream::{
    CommitObject, EmbeddedSignature, ObjectStore, Repository, TagObject, TreeLimits, UpstreamError, read_as,
    walk,
};

/// Commits that are read.
const MOST_COMMITS: usize = 100_000;
/// Largest file that is read for keys, in bytes.
const LARGEST_FILE: u64 = 1 << 20;
/// Files of one tree that are read for keys.
const MOST_FILES: usize = 200;

/// What names the new signer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// The message of a tag or commit has the full fingerprint in this line.
    Message {
        /// The line; raw text.
        line: String,
    },
    /// A file of the signed tree is the certificate or key.
    KeyFile {
        /// Its path; raw bytes.
        path: BString,
    },
    /// A file of the signed tree has the full fingerprint in this line.
    Text {
        /// Its path; raw bytes.
        path: BString,
        /// The line; raw text.
        line: String,
    },
}

/// One introduction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Introduction {
    /// The new signer, in full.
    pub introduced: String,
    /// The signer of the old keyring, in full.
    pub by: String,
    /// Tag or commit.
    pub over: SignedThing,
    /// The signed object.
    pub object: ObjectId,
    /// The tag's name; `None` for a commit.
    pub tag: Option<BString>,
    /// Whether the certificate that introduced has expired since.
    pub expired_since: bool,
    /// What proves it.
    pub proof: Proof,
}

/// What a repository says about two keyrings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Introductions {
    /// At most one for each pair of signers, tags before commits.
    pub found: Vec<Introduction>,
    /// Everybody of either keyring who signed a tag, in full.
    pub have_signed: BTreeSet<String>,
    /// The newest tag by date that somebody of either keyring signed, and who: its name is raw bytes.
    pub newest: Option<(BString, Vec<String>)>,
    /// What was not looked at, in sentences.
    pub unseen: Vec<String>,
}

/// Looks through tags and commits. Err: the refs cannot be read.
pub fn introductions(
    repository: &Repository,
    old: &Keyring,
    new: &Keyring,
    policy: &SignaturePolicy,
) -> Result<Introductions, UpstreamError> {
    let everybody = old.joined(new);
    let judges = old.brought_up_to_date(new);
    let question = Question {
        keyring: &everybody,
        policy,
        since: None,
    };
    let told = history(repository, question)?;
    let known = full_names(old);
    let mut search = Search {
        repository,
        judges: &judges,
        policy,
        old: known.clone(),
        names: Names::new(full_names(new).difference(&known).cloned().collect()),
        warned: BTreeMap::new(),
        found: Vec::new(),
        result: Introductions::default(),
    };
    for at in told.by_date() {
        let Some(tag) = told.tags.get(at) else { continue };
        let mut by = Vec::new();
        for mark in tag.marks.iter().filter(|mark| mark.over == SignedThing::Tag) {
            let row = told.rows.get(mark.row).filter(|row| row.kind == RowKind::Known);
            let evidence = mark.state.is_some_and(|state| state.is_evidence());
            by.extend(row.and_then(|row| row.signer.clone()).filter(|_| evidence));
        }
        if !by.is_empty() {
            search.result.have_signed.extend(by.iter().cloned());
            search.result.newest = Some((tag.name.clone(), by));
        }
    }
    if !search.names.is_empty() {
        search.tags(told.by_date().iter().rev().filter_map(|at| told.tags.get(*at)));
        search.commits()?;
    }
    search.taken_back();
    Ok(search.result)
}

/// Every identity in full, however it signs.
fn full_names(keyring: &Keyring) -> BTreeSet<String> {
    keyring
        .entries()
        .into_iter()
        .map(|entry| entry.fingerprint)
        .collect()
}

struct Search<'a> {
    repository: &'a Repository,
    /// The old keyring, and the new copies of certificates, so that a revocation which only these have counts.
    judges: &'a Keyring,
    policy: &'a SignaturePolicy,
    old: BTreeSet<String>,
    names: Names,
    /// When an old signer last warned of a name, as the signed message claims.
    warned: BTreeMap<String, i64>,
    /// Each with the time that its object claims.
    found: Vec<(i64, Introduction)>,
    result: Introductions,
}

/// A signed object by somebody of the old keyring.
struct Signed<'a> {
    by: String,
    expired_since: bool,
    over: SignedThing,
    object: ObjectId,
    tag: Option<&'a BString>,
    time: i64,
}

impl Search<'_> {
    /// Tags, the newest first: each one's message, and each signer's newest tree.
    fn tags<'a>(&mut self, tags: impl Iterator<Item = &'a TagEntry>) {
        let mut trees = BTreeSet::new();
        for tag in tags {
            let Some(id) = tag.object else { continue };
            let read = read_as(self.repository, &id, Kind::Tag);
            let Ok(object) = read.and_then(|object| TagObject::parse(id, object.data, &mut Vec::new()))
            else {
                continue;
            };
            // A tag that was signed for another name says nothing here.
            if object.name != tag.name {
                continue;
            }
            let Some(signature) = &object.signature else {
                continue;
            };
            for report in self.evidence(SignedThing::Tag, signature, object.time) {
                let signed = signed(&report, SignedThing::Tag, id, Some(&tag.name), object.time);
                self.message(&signed, &signature.payload, true);
                if let Some(commit) = tag.commit
                    && trees.insert(signed.by.clone())
                {
                    self.tree(&signed, commit);
                }
            }
        }
    }

    /// Commits, the newest first: each one's message, and each signer's newest tree.
    fn commits(&mut self) -> Result<(), UpstreamError> {
        let mut open = BinaryHeap::new();
        let mut seen = HashSet::new();
        for tip in self.repository.tips()? {
            self.open(tip, &mut seen, &mut open);
        }
        let mut trees = BTreeSet::new();
        let mut count = 0;
        while let Some((_, id)) = open.pop() {
            count += 1;
            if count > MOST_COMMITS {
                self.result
                    .unseen
                    .push(format!("only the newest {MOST_COMMITS} commits were read"));
                break;
            }
            let Some(commit) = self.commit(id) else { continue };
            for line in commit.raw.lines().take_while(|line| !line.is_empty()) {
                if let Some(parent) = line.strip_prefix(b"parent ")
                    && let Ok(parent) = ObjectId::from_hex(parent)
                {
                    self.open(parent, &mut seen, &mut open);
                }
            }
            let Some(signature) = &commit.signature else {
                continue;
            };
            for report in self.evidence(SignedThing::Commit, signature, commit.time) {
                let signed = signed(&report, SignedThing::Commit, id, None, commit.time);
                self.message(&signed, &signature.payload, is_own_words(&commit.raw));
                if trees.insert(signed.by.clone()) {
                    self.tree(&signed, id);
                }
            }
        }
        Ok(())
    }

    fn commit(&self, id: ObjectId) -> Option<CommitObject> {
        let object = read_as(self.repository, &id, Kind::Commit).ok()?;
        CommitObject::parse(id, object.data, self.repository.format()).ok()
    }

    fn open(&self, id: ObjectId, seen: &mut HashSet<ObjectId>, open: &mut BinaryHeap<(i64, ObjectId)>) {
        if seen.insert(id)
            && let Some(commit) = self.commit(id)
        {
            open.push((commit.time.unwrap_or(0), id));
        }
    }

    /// Signatures that prove something, by somebody of the old keyring.
    fn evidence(
        &self,
        over: SignedThing,
        signature: &EmbeddedSignature,
        time: Option<i64>,
    ) -> Vec<SignatureReport> {
        let time = time.and_then(|time| Timestamp::from_second(time).ok());
        let mut reports = verify_object(
            self.judges,
            self.policy,
            over,
            &signature.payload,
            &signature.armored,
            time,
        );
        reports.retain(|report| {
            let by_old = report
                .fingerprint
                .as_ref()
                .is_some_and(|name| self.old.contains(name));
            by_old && report.state.is_evidence()
        });
        reports
    }

    /// `own`: the words are the signer's. A warning counts whoever worded it.
    fn message(&mut self, signed: &Signed<'_>, payload: &[u8], own: bool) {
        let Some((_, message)) = payload.split_once_str("\n\n") else {
            return;
        };
        for name in self.names.warned_of(message) {
            let last = self.warned.entry(name).or_insert(signed.time);
            *last = signed.time.max(*last);
        }
        for (introduced, line) in self.names.in_message(message).into_iter().filter(|_| own) {
            self.add(signed, introduced, Proof::Message { line });
        }
    }

    /// Leaves out what an old signer warned of later.
    fn taken_back(&mut self) {
        for (time, introduction) in std::mem::take(&mut self.found) {
            match self.warned.get(&introduction.introduced) {
                Some(warned) if *warned > time => {}
                _ => self.result.found.push(introduction),
            }
        }
    }

    fn tree(&mut self, signed: &Signed<'_>, commit: ObjectId) {
        let Some(commit) = self.commit(commit) else { return };
        let tree = walk(self.repository, commit.tree, &TreeLimits::default());
        let wanted = tree.entries.iter().filter(|entry| is_place(entry.path.as_bstr()));
        for entry in wanted.take(MOST_FILES) {
            if self
                .repository
                .size(&entry.id)
                .is_none_or(|size| size > LARGEST_FILE)
            {
                continue;
            }
            let Ok(blob) = read_as(self.repository, &entry.id, Kind::Blob) else {
                continue;
            };
            let mut file = Keyring::new();
            let keys = match file.add("", &blob.data) {
                Ok(()) => full_names(&file),
                Err(_) => BTreeSet::new(),
            };
            for name in keys {
                let path = entry.path.clone();
                if self.names.has(&name) {
                    self.add(signed, name, Proof::KeyFile { path });
                }
            }
            for (introduced, line) in self.names.in_text(&blob.data) {
                let path = entry.path.clone();
                self.add(signed, introduced, Proof::Text { path, line });
            }
        }
    }

    fn add(&mut self, signed: &Signed<'_>, introduced: String, proof: Proof) {
        let told = |(_, known): &(i64, Introduction)| known.introduced == introduced && known.by == signed.by;
        if self.found.iter().any(told) {
            return;
        }
        let introduction = Introduction {
            introduced,
            by: signed.by.clone(),
            over: signed.over,
            object: signed.object,
            tag: signed.tag.cloned(),
            expired_since: signed.expired_since,
            proof,
        };
        self.found.push((signed.time, introduction));
    }
}

/// Whether committer and author are one and nothing is merged: git puts the message of a merged tag, and what was
/// found of its signature, into the merge's own.
fn is_own_words(commit: &[u8]) -> bool {
    let (mut parents, mut people) = (0, BTreeSet::new());
    for line in commit.lines().take_while(|line| !line.is_empty()) {
        parents += usize::from(line.starts_with(b"parent "));
        let person = line
            .strip_prefix(b"author ")
            .or_else(|| line.strip_prefix(b"committer "));
        // Behind the address is the time.
        people.extend(person.map(|person| person.rsplit_once_str(">").map_or(person, |(who, _)| who)));
    }
    parents < 2 && people.len() == 1
}

fn signed<'a>(
    report: &SignatureReport,
    over: SignedThing,
    object: ObjectId,
    tag: Option<&'a BString>,
    time: Option<i64>,
) -> Signed<'a> {
    Signed {
        by: report.fingerprint.clone().unwrap_or_default(),
        // SSH and minisign keys have no other state that is evidence.
        expired_since: report.scheme == Scheme::OpenPgp
            && report.state == crate::keyring::SignatureState::GoodCertificateExpiredSince,
        over,
        object,
        tag,
        time: time.unwrap_or(0),
    }
}

//! Is this change of keys endorsed?
//!
//! [`compare`] takes the keyring that was trusted so far and the one that shall be trusted now, and says for each
//! certificate or key what became of it. A new signer is *endorsed* by a certification that a certificate of the old
//! keyring made (`keyring/openpgp/certification.rs` has the rule), or by a tag or commit that an old signer signed
//! and that names the new one in full ([`crate::signers::introductions`] has that rule). Nothing else endorses: no
//! equal name, no certification by another new certificate, no signature of its own. [`checks`] turns a [`Rollover`]
//! into findings.

pub mod checks;
mod ssh;

#[cfg(test)]
#[allow(
    clippy::disallowed_methods,
    reason = "tests make and take apart what the judgement may not"
)]
mod tests;

use std::collections::BTreeMap;

use bstr::BString;
use jiff::Timestamp;

use super::openpgp::{Certifiers, Changes, Worth, certifications, changes};
use super::report::day;
use super::{Keyring, KeyringEntry, KeyringNote, Scheme, SignaturePolicy};
use crate::signers::{Introduction, IntroductionProof, Introductions};

/// Refused certifications told of one certificate.
const MOST_REFUSED: usize = 8;

/// What became of one certificate or key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeKind {
    /// Only the new keyring has it.
    Added,
    /// Only the old keyring has it.
    Removed,
    /// Only the old keyring has it, and an added one bears the same name.
    Replaced,
    /// Both have it, and the new copy says something else.
    Refreshed,
    /// Both have the same.
    Unchanged,
}

impl ChangeKind {
    /// The name used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Replaced => "replaced",
            Self::Refreshed => "refreshed",
            Self::Unchanged => "unchanged",
        }
    }
}

/// Somebody of the old keyring vouches for a new signer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endorsement {
    /// Who, in full.
    pub by: String,
    /// What proves it, in one sentence; raw text.
    pub proof: String,
    /// Why it is worth less: the endorser has expired or been retired since.
    pub lapsed: Option<String>,
}

/// One certificate or key, and what became of it. Strings are raw text, bounded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyChange {
    /// How it signs.
    pub scheme: Scheme,
    /// In full, as [`KeyringEntry::fingerprint`].
    pub fingerprint: String,
    /// User ids, principals or comment.
    pub identities: Vec<String>,
    /// What became of it.
    pub kind: ChangeKind,
    /// What exactly, of a refreshed one; one phrase each.
    pub what: Vec<String>,
    /// Of an added one the removed one of the same name, of a replaced one the added one.
    pub counterpart: Option<String>,
    /// Of an added one: who vouches for it.
    pub endorsements: Vec<Endorsement>,
    /// Of an added one: certifications that name an old certificate and do not count, and why.
    pub refused: Vec<String>,
    /// Whether it signed a tag of the repository; `None` without one.
    pub has_signed: Option<bool>,
    /// The newest signed tag of the repository, if it signed that.
    pub signed_newest: Option<BString>,
    /// The old copy was revoked, or a subkey of it, and the new one is not.
    pub revocation_lost: bool,
    /// The new copy seems to be the older of the two.
    pub older: bool,
    /// Of an SSH signer: lines that allow the key what no line of the old keyring did; raw text.
    pub widened: Vec<String>,
}

/// Every change between two keyrings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rollover {
    /// When it was judged.
    pub now: Timestamp,
    /// Added, removed, replaced, refreshed, unchanged, each in the order of the keyrings.
    pub changes: Vec<KeyChange>,
    /// Signers of the old keyring.
    pub old_count: usize,
    /// Whether a repository was looked at.
    pub with_git: bool,
    /// What of the repository was not looked at, in sentences.
    pub unseen: Vec<String>,
    /// What the new keyring's files hold that is not used.
    pub notes: Vec<KeyringNote>,
}

/// Compares two keyrings. `git` is what a repository says of them, if there is one.
pub fn compare(
    old: &Keyring,
    new: &Keyring,
    git: Option<&Introductions>,
    policy: &SignaturePolicy,
) -> Rollover {
    let (before, after) = (by_name(old), by_name(new));
    // What the new copies of old certificates say, a revocation above all, counts, too.
    let known = old.brought_up_to_date(new);
    let certifiers = Certifiers::new(known.certificates.iter().map(|held| &held.cert));
    let mut changes: Vec<KeyChange> = Vec::new();
    for (name, entry) in &after {
        changes.push(match before.get(name) {
            None => added(entry, &certifiers, new, git, policy),
            Some(known) => kept(known, entry, old, new, policy),
        });
    }
    for (_, entry) in before.iter().filter(|(name, _)| !after.contains_key(*name)) {
        changes.push(change(entry, ChangeKind::Removed));
    }
    pair_up(&mut changes);
    if let Some(git) = git {
        for change in &mut changes {
            change.has_signed = Some(git.have_signed.contains(&change.fingerprint));
            if let Some((tag, by)) = &git.newest
                && by.contains(&change.fingerprint)
            {
                change.signed_newest = Some(tag.clone());
            }
        }
    }
    changes.sort_by_key(|change| change.kind);
    Rollover {
        now: policy.now,
        changes,
        old_count: before.len(),
        with_git: git.is_some(),
        unseen: git.map(|git| git.unseen.clone()).unwrap_or_default(),
        notes: new.notes().to_vec(),
    }
}

/// One entry for each signer: several lines or files may have the same key.
fn by_name(keyring: &Keyring) -> BTreeMap<String, KeyringEntry> {
    let mut found: BTreeMap<String, KeyringEntry> = BTreeMap::new();
    for entry in keyring.entries() {
        match found.get_mut(&entry.fingerprint) {
            None => {
                found.insert(entry.fingerprint.clone(), entry);
            }
            Some(known) => known.identities.extend(entry.identities),
        }
    }
    for entry in found.values_mut() {
        entry.identities.retain(|name| !name.is_empty());
        if entry.scheme != Scheme::OpenPgp {
            entry.identities.sort();
            entry.identities.dedup();
        }
    }
    found
}

fn change(entry: &KeyringEntry, kind: ChangeKind) -> KeyChange {
    KeyChange {
        scheme: entry.scheme,
        fingerprint: entry.fingerprint.clone(),
        identities: entry.identities.clone(),
        kind,
        what: Vec::new(),
        counterpart: None,
        endorsements: Vec::new(),
        refused: Vec::new(),
        has_signed: None,
        signed_newest: None,
        revocation_lost: false,
        older: false,
        widened: Vec::new(),
    }
}

/// Both keyrings have it.
fn kept(
    before: &KeyringEntry,
    after: &KeyringEntry,
    old: &Keyring,
    new: &Keyring,
    policy: &SignaturePolicy,
) -> KeyChange {
    let certificates = old
        .certificate(&after.fingerprint)
        .zip(new.certificate(&after.fingerprint));
    let Changes {
        lines,
        revocation_lost,
        older,
    } = match certificates {
        Some((old, new)) => changes(old, new, policy.now),
        None if after.scheme == Scheme::Ssh => {
            let (lines, widened) = ssh::changes(old, new, &after.fingerprint);
            return KeyChange {
                kind: refreshed(&lines),
                what: lines,
                widened,
                ..change(after, ChangeKind::Refreshed)
            };
        }
        None if before.identities != after.identities => Changes {
            lines: vec![format!(
                "allowed to {}, before: {}",
                after.identities.join(", "),
                before.identities.join(", ")
            )],
            ..Changes::default()
        },
        None => Changes::default(),
    };
    KeyChange {
        kind: refreshed(&lines),
        what: lines,
        revocation_lost,
        older,
        ..change(after, ChangeKind::Refreshed)
    }
}

fn refreshed(lines: &[String]) -> ChangeKind {
    match lines.is_empty() {
        true => ChangeKind::Unchanged,
        false => ChangeKind::Refreshed,
    }
}

/// Only the new keyring has it: who of the old one vouches for it?
fn added(
    entry: &KeyringEntry,
    certifiers: &Certifiers<'_>,
    new: &Keyring,
    git: Option<&Introductions>,
    policy: &SignaturePolicy,
) -> KeyChange {
    let mut change = change(entry, ChangeKind::Added);
    if let Some(cert) = new.certificate(&entry.fingerprint) {
        for certification in certifications(cert, certifiers, policy) {
            let words = format!(
                "{} certified its user id {} on {}",
                certification.by,
                certification.user_id,
                day(certification.made)
            );
            match certification.worth {
                Worth::Refused => change.refused.push(format!("{words}, but {}", certification.why)),
                worth => change.endorse(Endorsement {
                    by: certification.by,
                    proof: words,
                    lapsed: (worth == Worth::Lapsed).then_some(certification.why),
                }),
            }
        }
    }
    let introduced = git.iter().flat_map(|git| &git.found);
    for found in introduced.filter(|found| found.introduced == entry.fingerprint) {
        change.endorse(introduced_by(found));
    }
    change.refused.truncate(MOST_REFUSED);
    change
}

impl KeyChange {
    /// One endorsement for each endorser, the better one.
    fn endorse(&mut self, endorsement: Endorsement) {
        match self
            .endorsements
            .iter_mut()
            .find(|known| known.by == endorsement.by)
        {
            None => self.endorsements.push(endorsement),
            Some(known) if known.lapsed.is_some() && endorsement.lapsed.is_none() => *known = endorsement,
            Some(_) => {}
        }
    }
}

fn introduced_by(found: &Introduction) -> Endorsement {
    let object = match &found.tag {
        Some(tag) => format!("tag {tag}"),
        None => format!("{} {}", found.over.as_str(), found.object),
    };
    let proof = match &found.proof {
        IntroductionProof::Message { line } => format!("the message of {object} names it: {line}"),
        IntroductionProof::KeyFile { path } => format!("the tree of {object} has the key itself: {path}"),
        IntroductionProof::Text { path, line } => {
            format!("{path} in the tree of {object} names it: {line}")
        }
    };
    Endorsement {
        by: found.by.clone(),
        proof: format!("{proof}; signed by {}", found.by),
        lapsed: found
            .expired_since
            .then(|| "the certificate that signed it has expired since".to_owned()),
    }
}

/// Says which added signer bears the name of a removed one. That tells the story; it endorses nothing.
fn pair_up(changes: &mut [KeyChange]) {
    let mut names: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, change) in changes
        .iter()
        .enumerate()
        .filter(|(_, it)| it.kind == ChangeKind::Added)
    {
        for name in change.identities.iter().map(|name| address(name)) {
            names.entry(name).or_default().push(at);
        }
    }
    let mut pairs = Vec::new();
    for (at, change) in changes
        .iter()
        .enumerate()
        .filter(|(_, it)| it.kind == ChangeKind::Removed)
    {
        let same = change
            .identities
            .iter()
            .find_map(|name| names.get(&address(name))?.first());
        pairs.extend(same.map(|same| (at, *same)));
    }
    for (removed, added) in pairs {
        let new_name = changes.get(added).map(|change| change.fingerprint.clone());
        let mut old_name = None;
        if let Some(change) = changes.get_mut(removed) {
            change.kind = ChangeKind::Replaced;
            change.counterpart = new_name;
            old_name = Some(change.fingerprint.clone());
        }
        if let Some(change) = changes.get_mut(added) {
            change.counterpart = change.counterpart.take().or(old_name);
        }
    }
}

/// The address of a user id, or all of it.
fn address(user_id: &str) -> String {
    let inside = user_id
        .rsplit_once('<')
        .and_then(|(_, rest)| rest.split_once('>'));
    inside
        .map_or(user_id, |(address, _)| address)
        .trim()
        .to_lowercase()
}

impl Keyring {
    fn certificate(&self, fingerprint: &str) -> Option<&sequoia_openpgp::Cert> {
        let fingerprint = fingerprint.parse().ok()?;
        let held = self.certificates.get(&fingerprint);
        held.map(|held| &held.cert)
    }
}

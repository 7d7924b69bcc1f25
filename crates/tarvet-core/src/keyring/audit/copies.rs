//! Copies of one certificate in several files: which of them is the newer one.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Audit, Standing};

/// What is remembered of one certificate of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copy {
    /// Hexadecimal, in full.
    pub fingerprint: String,
    /// The file's label, raw.
    pub label: String,
    /// The first user id, raw.
    pub name: String,
    /// What this copy is worth.
    pub standing: Standing,
    /// When this copy says that the certificate expires.
    pub expires: Option<Timestamp>,
    /// When the newest signature of the certificate over itself was made.
    pub newest: Option<Timestamp>,
    /// How many valid ones there are.
    pub own_signatures: usize,
    /// The keys of it that sign, sorted: fingerprints.
    pub signing: Vec<String>,
}

impl Copy {
    /// Whether `other`, a copy of the same certificate, was exported later: it holds a newer signature of the
    /// certificate over itself, or more of them.
    pub fn is_older_than(&self, other: &Self) -> bool {
        (self.newest, self.own_signatures) < (other.newest, other.own_signatures)
    }

    /// Whether both are worth the same. A copy from which user ids and subkeys that nobody needs were stripped is not
    /// stale for it.
    fn is_as_good_as(&self, other: &Self) -> bool {
        (self.standing, self.expires, &self.signing) == (other.standing, other.expires, &other.signing)
    }
}

/// Every copy seen so far.
#[derive(Clone, Debug, Default)]
pub struct Copies {
    by_fingerprint: BTreeMap<String, Vec<Copy>>,
}

impl Copies {
    /// Remembers the certificates of one file that could be judged.
    pub fn add(&mut self, audit: &Audit) {
        for held in &audit.certificates {
            if held.standing == Standing::NotJudged {
                continue;
            }
            let signs = held.keys.iter().filter(|key| key.signs_now);
            let mut signing: Vec<String> = signs.map(|key| key.fingerprint.clone()).collect();
            signing.sort_unstable();
            let copy = Copy {
                signing,
                fingerprint: held.fingerprint.clone(),
                label: audit.label.clone(),
                name: held.name().to_owned(),
                standing: held.standing,
                expires: held.expires,
                newest: held.newest,
                own_signatures: held.own_signatures,
            };
            self.by_fingerprint
                .entry(held.fingerprint.clone())
                .or_default()
                .push(copy);
        }
    }

    /// The copies of each certificate, in the order of their fingerprints.
    pub fn iter(&self) -> impl Iterator<Item = &[Copy]> {
        self.by_fingerprint.values().map(Vec::as_slice)
    }

    /// Each copy that is older than the newest one of the same certificate, and worth something else; with that one.
    pub fn stale(&self) -> impl Iterator<Item = (&Copy, &Copy)> {
        self.iter().flat_map(|copies| {
            let newest = copies
                .iter()
                .reduce(|best, copy| if best.is_older_than(copy) { copy } else { best });
            let stale = move |copy: &Copy| {
                newest.filter(|newest| copy.is_older_than(newest) && !copy.is_as_good_as(newest))
            };
            copies.iter().filter_map(move |copy| Some((copy, stale(copy)?)))
        })
    }
}

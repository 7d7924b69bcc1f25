//! Rows: one for each signer, and one for each way of not being signed.

use std::collections::HashMap;

use bstr::{BStr, ByteSlice};

use super::read::ReadTag;
use super::{History, Mark, TagEntry, compare_versions};
use crate::keyring::{Keyring, Scheme, SignatureReport, SignatureState, SignedThing};

/// Keys with which GitHub signs commits that are made on its pages, as it publishes them in
/// <https://github.com/web-flow.gpg>: 4AEE18F83AFDEB23, which expired on 2024-01-16, and B5690EEEBB952194 since.
const FORGE_KEYS: [&str; 2] = [
    "5DE3E0509C47EA3CF04A42D34AEE18F83AFDEB23",
    "968479A1AFF927E37D1A566BB5690EEEBB952194",
];

/// What the tags of a row have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RowKind {
    /// Signed by this certificate or key of the keyring: the checksum is right.
    Known,
    /// The signature names this signer, whom the keyring does not have. Not verified.
    Claimed,
    /// The signature is not what the signer named could have made.
    Bad,
    /// The tag is unsigned; its commit is signed by a key of the forge, as the signature claims.
    Forge,
    /// X.509, which is not verified.
    X509,
    /// There is a signature, and it cannot be read or verified.
    Unreadable,
    /// A tag object without a signature, and its commit has none either.
    Unsigned,
    /// No tag object.
    Lightweight,
}

impl RowKind {
    /// The name used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Known => "known",
            Self::Claimed => "unknown-certificate",
            Self::Bad => "bad",
            Self::Forge => "forge",
            Self::X509 => "x509",
            Self::Unreadable => "unreadable",
            Self::Unsigned => "unsigned",
            Self::Lightweight => "lightweight",
        }
    }

    /// Whether somebody is behind it, as far as anybody claims.
    pub fn is_signer(self) -> bool {
        matches!(self, Self::Known | Self::Claimed)
    }
}

/// One row of the timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What its tags have in common.
    pub kind: RowKind,
    /// Tag, or commit where the tags are not signed themselves.
    pub over: SignedThing,
    /// The format of its signatures.
    pub scheme: Option<Scheme>,
    /// In full if the keyring has it; otherwise the longest name that the signatures give.
    pub signer: Option<String>,
    /// User id or principal of the keyring; raw text.
    pub user_id: Option<String>,
    /// Indices of [`History::tags`], in order of date: the first and the last.
    pub first: usize,
    /// See `first`.
    pub last: usize,
    /// How many tags.
    pub count: usize,
}

/// Whose a signature is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Maker {
    Known(SignedThing, Scheme, String),
    Claimed(SignedThing, Scheme, String),
    Bad(SignedThing, Scheme, String),
    Forge(Scheme, String),
    X509(SignedThing),
    Unreadable,
    Unsigned,
    Lightweight,
}

impl Maker {
    /// Only a right checksum makes a signer of the keyring the maker.
    pub fn of(report: &SignatureReport, payload: &BStr) -> Self {
        use SignatureState as State;
        let (over, scheme) = (report.over, report.scheme);
        let hint = report.issuer_hint.clone().or_else(|| report.fingerprint.clone());
        match (report.state, &report.fingerprint) {
            (
                State::Good
                | State::GoodCertificateExpiredSince
                | State::CertificateExpiredAtSigning
                | State::CertificateRevoked
                | State::Weak,
                Some(fingerprint),
            ) => Self::Known(over, scheme, fingerprint.clone()),
            (State::Bad, _) => Self::Bad(over, scheme, hint.unwrap_or_default()),
            _ if scheme == Scheme::X509 => Self::X509(over),
            (_, _) => match hint {
                Some(hint) if over == SignedThing::Commit && is_forge(&hint, payload) => {
                    Self::Forge(scheme, hint)
                }
                Some(hint) => Self::Claimed(over, scheme, hint),
                None => Self::Unreadable,
            },
        }
    }

    fn kind(&self) -> RowKind {
        match self {
            Self::Known(..) => RowKind::Known,
            Self::Claimed(..) => RowKind::Claimed,
            Self::Bad(..) => RowKind::Bad,
            Self::Forge(..) => RowKind::Forge,
            Self::X509(_) => RowKind::X509,
            Self::Unreadable => RowKind::Unreadable,
            Self::Unsigned => RowKind::Unsigned,
            Self::Lightweight => RowKind::Lightweight,
        }
    }

    fn parts(&self) -> (SignedThing, Option<Scheme>, Option<String>) {
        match self {
            Self::Known(over, scheme, name)
            | Self::Claimed(over, scheme, name)
            | Self::Bad(over, scheme, name) => (*over, Some(*scheme), Some(name.clone())),
            Self::Forge(scheme, name) => (SignedThing::Commit, Some(*scheme), Some(name.clone())),
            Self::X509(over) => (*over, Some(Scheme::X509), None),
            Self::Unreadable | Self::Unsigned | Self::Lightweight => (SignedThing::Tag, None, None),
        }
    }
}

/// Whether the commit was made on a forge's pages, as it claims.
fn is_forge(hint: &str, payload: &BStr) -> bool {
    let known = FORGE_KEYS
        .iter()
        .any(|key| hint.len() >= 16 && key.ends_with(hint));
    let committer = payload.lines().find(|line| line.starts_with(b"committer "));
    known || committer.is_some_and(|line| line.starts_with(b"committer GitHub <noreply@github.com>"))
}

/// Puts tags in order and gives each signer a row.
pub(super) fn table(mut tags: Vec<ReadTag>, keyring: &Keyring) -> History {
    tags.sort_by(|a, b| {
        compare_versions(&a.entry.name, &b.entry.name).then_with(|| a.entry.time.cmp(&b.entry.time))
    });
    let longer = longer_names(&tags, keyring);
    let mut rows: Vec<Row> = Vec::new();
    let mut index: HashMap<Maker, usize> = HashMap::new();
    let mut entries: Vec<TagEntry> = Vec::with_capacity(tags.len());
    for (at, mut tag) in tags.into_iter().enumerate() {
        for (mut maker, raw) in tag.makers {
            if let Maker::Claimed(_, _, name) = &mut maker
                && let Some(longer) = longer.get(name.as_str())
            {
                name.clone_from(longer);
            }
            let row = *index.entry(maker.clone()).or_insert_with(|| {
                let (over, scheme, signer) = maker.parts();
                rows.push(Row {
                    kind: maker.kind(),
                    over,
                    scheme,
                    signer,
                    user_id: None,
                    first: at,
                    last: at,
                    count: 0,
                });
                rows.len() - 1
            });
            if let Some(row) = rows.get_mut(row) {
                row.user_id = row.user_id.take().or(raw.user_id);
            }
            tag.entry.marks.push(Mark {
                row,
                over: raw.over,
                scheme: raw.scheme,
                state: raw.state,
                time: raw.time,
                detail: raw.detail,
            });
        }
        entries.push(tag.entry);
    }
    let mut history = History {
        tags: entries,
        rows,
        ..History::default()
    };
    count(&mut history);
    sort_rows(&mut history);
    history
}

/// Key ids that are the end of exactly one fingerprint which another signature names: the same claim, said shorter.
/// Key ids of the keyring's own certificates never get here, they are known.
fn longer_names(tags: &[ReadTag], keyring: &Keyring) -> HashMap<String, String> {
    const KEY_ID: usize = 16;
    let trusted: Vec<String> = keyring
        .entries()
        .into_iter()
        .map(|entry| entry.fingerprint)
        .collect();
    let claims = tags
        .iter()
        .flat_map(|tag| &tag.makers)
        .filter_map(|(maker, _)| match maker {
            Maker::Claimed(_, Scheme::OpenPgp, name) => Some(name.as_str()),
            _ => None,
        });
    let mut found: HashMap<String, Vec<String>> = HashMap::new();
    for name in claims.filter(|name| name.len() == 40) {
        let id = name.get(name.len() - KEY_ID..).unwrap_or_default();
        let names = found.entry(id.to_owned()).or_default();
        if names.len() < 2 && !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    found
        .into_iter()
        .filter(|(id, _)| {
            !trusted
                .iter()
                .any(|fingerprint| fingerprint.ends_with(id.as_str()))
        })
        .filter_map(|(id, names)| match <[String; 1]>::try_from(names) {
            Ok([name]) => Some((id, name)),
            Err(_) => None,
        })
        .collect()
}

/// First, last and number of each row, by date.
fn count(history: &mut History) {
    for at in history.by_date() {
        let Some(tag) = history.tags.get(at) else { continue };
        let mut seen: Vec<usize> = tag.marks.iter().map(|mark| mark.row).collect();
        seen.sort_unstable();
        seen.dedup();
        for row in seen {
            if let Some(row) = history.rows.get_mut(row) {
                if row.count == 0 {
                    row.first = at;
                }
                row.last = at;
                row.count += 1;
            }
        }
    }
}

/// Signers of tags first, each kind in order of the first tag.
fn sort_rows(history: &mut History) {
    let by_date = history.by_date();
    let mut rank = vec![0; by_date.len()];
    for (position, at) in by_date.iter().enumerate() {
        if let Some(rank) = rank.get_mut(*at) {
            *rank = position;
        }
    }
    let mut order: Vec<usize> = (0..history.rows.len()).collect();
    order.sort_by_key(|&index| {
        history.rows.get(index).map(|row| {
            let group = (row.over == SignedThing::Commit, !row.kind.is_signer());
            (group.1, group.0, rank.get(row.first).copied())
        })
    });
    let mut moved = vec![0; order.len()];
    for (new, old) in order.iter().enumerate() {
        if let Some(place) = moved.get_mut(*old) {
            *place = new;
        }
    }
    let rows = order
        .iter()
        .filter_map(|&old| history.rows.get(old).cloned())
        .collect();
    history.rows = rows;
    for mark in history.tags.iter_mut().flat_map(|tag| &mut tag.marks) {
        mark.row = moved.get(mark.row).copied().unwrap_or(mark.row);
    }
}

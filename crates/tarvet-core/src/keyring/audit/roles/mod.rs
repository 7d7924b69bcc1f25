//! Who signs what, as far as a repository and a tarball show it: the roles of the certificates of a keyring.
//!
//! Tags and tarballs are kept apart: many projects sign them with different certificates, and a certificate that was
//! only ever seen on tags has no business on a tarball without a word.

pub mod report;

use bstr::ByteSlice;

use crate::keyring::report::bounded;
use crate::keyring::{Keyring, Scheme, SignatureReport, SignatureState, SignedThing};
use crate::signers::{History, RowKind};

/// Signers outside the keyring that are told one by one.
const MOST_OUTSIDERS: usize = 200;
/// Shortest name of an OpenPGP signer that two signatures may share by chance only: a key id, in digits.
const KEY_ID: usize = 16;

/// The signatures of one tarball, judged.
#[derive(Debug, Clone)]
pub struct SignedTarball {
    /// Names the tarball in reports; raw.
    pub tarball: String,
    /// One for each signature.
    pub reports: Vec<SignatureReport>,
}

/// What was seen of everybody's signatures.
#[derive(Debug, Clone, Default)]
pub struct Roles {
    /// Tags of the repository; None where there was no repository.
    pub tags: Option<TagCount>,
    /// How many tarballs with signatures there were.
    pub tarballs: usize,
    /// Everybody of the keyring.
    pub signers: Vec<Role>,
    /// Signers whom the keyring does not have, as their signatures claim.
    pub outsiders: Vec<Outsider>,
    /// Signatures over a tarball that name nobody, or are bad.
    pub refused: Vec<Refused>,
    /// What could not be seen, in sentences; raw.
    pub unseen: Vec<String>,
}

/// How many tags there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TagCount {
    /// All of them.
    pub all: usize,
    /// Tag objects with a signature, whatever it is worth.
    pub signed: usize,
}

/// What one identity of the keyring signed. Only signatures whose checksum is right count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// The format of its signatures.
    pub scheme: Scheme,
    /// In full.
    pub fingerprint: String,
    /// User id, principals or comment; raw.
    pub identity: String,
    /// The tags.
    pub tags: Option<TagSpan>,
    /// The tarballs.
    pub tarballs: Vec<TarballUse>,
}

/// The tags of one signer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagSpan {
    /// The first by date; raw, invalid UTF-8 replaced.
    pub first: String,
    /// The last by date.
    pub last: String,
    /// How many.
    pub count: usize,
    /// How many of these signatures are evidence under the strict policy; 0 for signers outside the keyring.
    pub evidence: usize,
}

/// A signature over a tarball.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TarballUse {
    /// The tarball; raw.
    pub tarball: String,
    /// Its bytes, or the tar inside.
    pub over: SignedThing,
    /// What it is worth.
    pub state: SignatureState,
}

/// Somebody whom the keyring does not have. Who that is, is a claim of the signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outsider {
    /// The format of the signatures.
    pub scheme: Scheme,
    /// The longest name that the signatures give; None if they give none. Raw.
    pub issuer: Option<String>,
    /// The tags.
    pub tags: Option<TagSpan>,
    /// The tarballs; raw.
    pub tarballs: Vec<String>,
    /// All of it is older, by version and by date, than the first tag of anybody of the keyring: a predecessor.
    pub earlier: bool,
}

/// A signature over a tarball that is nobody's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The tarball; raw.
    pub tarball: String,
    /// The signature's file; raw.
    pub source: String,
    /// `Bad`, `Malformed` or `Unsupported`.
    pub state: SignatureState,
    /// What was found; raw.
    pub detail: String,
}

/// Puts together what the tags of a repository and the signatures of tarballs show. `keyring` must be the one that both
/// were judged with.
pub fn roles(keyring: &Keyring, history: Option<&History>, tarballs: &[SignedTarball]) -> Roles {
    let mut roles = Roles {
        tarballs: tarballs.len(),
        ..Roles::default()
    };
    for entry in keyring.entries() {
        // An SSH key may stand on several lines.
        if roles.find(entry.scheme, &entry.fingerprint).is_none() {
            roles.signers.push(Role {
                scheme: entry.scheme,
                fingerprint: entry.fingerprint,
                identity: entry.identities.into_iter().next().unwrap_or_default(),
                tags: None,
                tarballs: Vec::new(),
            });
        }
    }
    if let Some(history) = history {
        roles.add_tags(history);
    }
    for tarball in tarballs {
        for report in &tarball.reports {
            roles.add_report(&tarball.tarball, report);
        }
    }
    if roles.outsiders.len() > MOST_OUTSIDERS {
        let more = roles.outsiders.len() - MOST_OUTSIDERS;
        roles
            .unseen
            .push(format!("{more} more signers are not in the keyring"));
        roles.outsiders.truncate(MOST_OUTSIDERS);
    }
    roles
}

impl Roles {
    fn find(&mut self, scheme: Scheme, fingerprint: &str) -> Option<&mut Role> {
        let same = |role: &&mut Role| role.scheme == scheme && role.fingerprint == fingerprint;
        self.signers.iter_mut().find(same)
    }

    /// The role of whoever made a right signature; a signer certified by an SSH authority has no line of its own.
    fn role(&mut self, scheme: Scheme, fingerprint: &str, identity: Option<&String>) -> Option<&mut Role> {
        if self.find(scheme, fingerprint).is_none() {
            self.signers.push(Role {
                scheme,
                fingerprint: fingerprint.to_owned(),
                identity: identity.cloned().unwrap_or_default(),
                tags: None,
                tarballs: Vec::new(),
            });
        }
        self.find(scheme, fingerprint)
    }

    fn add_tags(&mut self, history: &History) {
        let places = Places::of(history);
        self.unseen.extend(history.unseen.iter().cloned());
        let signed = |tag: &&crate::signers::TagEntry| {
            tag.marks
                .iter()
                .any(|mark| mark.over == SignedThing::Tag && mark.scheme.is_some())
        };
        self.tags = Some(TagCount {
            all: history.tags.len(),
            signed: history.tags.iter().filter(signed).count(),
        });
        let name = |at: usize| {
            let tag = history.tags.get(at);
            tag.map(|tag| bounded(&tag.name.to_str_lossy()))
                .unwrap_or_default()
        };
        // A signed commit does not say that it is a release, and forges sign with keys of their own.
        let of_tags = || {
            history
                .rows
                .iter()
                .enumerate()
                .filter(|(_, row)| row.over == SignedThing::Tag)
        };
        let start = places.start(
            of_tags()
                .filter(|(_, row)| row.kind == RowKind::Known)
                .map(|(at, _)| at),
        );
        for (at, row) in of_tags() {
            let span = TagSpan {
                first: name(row.first),
                last: name(row.last),
                count: row.count,
                evidence: places.evidence(at),
            };
            match (row.kind, row.scheme, &row.signer) {
                (RowKind::Known, Some(scheme), Some(signer)) => {
                    if let Some(role) = self.role(scheme, signer, row.user_id.as_ref()) {
                        role.tags = Some(span);
                    }
                }
                (RowKind::Claimed, Some(scheme), signer) => self.outsiders.push(Outsider {
                    scheme,
                    issuer: signer.clone(),
                    tags: Some(span),
                    tarballs: Vec::new(),
                    earlier: places.ends_before(at, start),
                }),
                _ => {}
            }
        }
    }

    fn add_report(&mut self, tarball: &str, report: &SignatureReport) {
        use SignatureState as State;
        match (report.state, &report.fingerprint) {
            (State::Bad | State::Malformed | State::Unsupported, _) => self.refused.push(Refused {
                tarball: tarball.to_owned(),
                source: report.source.clone(),
                state: report.state,
                detail: report.detail.clone(),
            }),
            (State::UnknownSigner, _) | (_, None) => self.add_outsider(tarball, report),
            (state, Some(fingerprint)) => {
                if let Some(role) = self.role(report.scheme, fingerprint, report.user_id.as_ref()) {
                    role.tarballs.push(TarballUse {
                        tarball: tarball.to_owned(),
                        over: report.over,
                        state,
                    });
                }
            }
        }
    }

    fn add_outsider(&mut self, tarball: &str, report: &SignatureReport) {
        let issuer = report.issuer_hint.clone();
        let same = |known: &&mut Outsider| {
            known.scheme == report.scheme
                && match (&known.issuer, &issuer) {
                    (Some(known), Some(issuer)) => known == issuer || is_key_id_of(issuer, known),
                    (None, None) => true,
                    _ => false,
                }
        };
        match self.outsiders.iter_mut().find(same) {
            Some(known) => {
                known.earlier = false;
                if !known.tarballs.iter().any(|name| name == tarball) {
                    known.tarballs.push(tarball.to_owned());
                }
            }
            // The tarball is what matters now: it must not fall off the end of the list.
            None => self.outsiders.insert(
                0,
                Outsider {
                    scheme: report.scheme,
                    issuer,
                    tags: None,
                    tarballs: vec![tarball.to_owned()],
                    earlier: false,
                },
            ),
        }
    }
}

fn is_key_id_of(short: &str, long: &str) -> bool {
    short.len() >= KEY_ID && long.ends_with(short)
}

/// Where the tags of each row lie, by version and by date.
struct Places {
    rows: Vec<Place>,
}

#[derive(Clone, Copy)]
struct Place {
    first: (usize, usize),
    last: (usize, usize),
    evidence: usize,
}

impl Places {
    fn of(history: &History) -> Self {
        let nowhere = Place {
            first: (usize::MAX, usize::MAX),
            last: (0, 0),
            evidence: 0,
        };
        let mut rows = vec![nowhere; history.rows.len()];
        let mut rank = vec![usize::MAX; history.tags.len()];
        for (position, at) in history.by_date().into_iter().enumerate() {
            if let Some(rank) = rank.get_mut(at) {
                *rank = position;
            }
        }
        for ((version, tag), date) in history.tags.iter().enumerate().zip(rank) {
            for mark in &tag.marks {
                if let Some(row) = rows.get_mut(mark.row) {
                    row.first = (row.first.0.min(version), row.first.1.min(date));
                    row.last = (row.last.0.max(version), row.last.1.max(date));
                    row.evidence += usize::from(mark.state.is_some_and(SignatureState::is_evidence));
                }
            }
        }
        Self { rows }
    }

    fn evidence(&self, row: usize) -> usize {
        self.rows.get(row).map_or(0, |row| row.evidence)
    }

    /// Where the first tag of any of these rows lies; None if there is no row.
    fn start(&self, rows: impl Iterator<Item = usize>) -> Option<(usize, usize)> {
        rows.filter_map(|row| self.rows.get(row))
            .map(|row| row.first)
            .reduce(|a, b| (a.0.min(b.0), a.1.min(b.1)))
    }

    /// Dates are claims, and so are versions: both have to agree.
    fn ends_before(&self, row: usize, start: Option<(usize, usize)>) -> bool {
        match (self.rows.get(row), start) {
            (Some(row), Some(start)) => row.last.0 < start.0 && row.last.1 < start.1,
            _ => false,
        }
    }
}

//! The OpenPGP certificates of a keyring, one per fingerprint however many files hold a copy.

use crate::keyring::report::bounded;
use sequoia_openpgp::cert::{Cert, CertParser};
use sequoia_openpgp::parse::{Dearmor, PacketParserBuilder, Parse};
use sequoia_openpgp::{Fingerprint, KeyHandle};
use std::collections::HashMap;

/// A certificate and the labels of the files it came from.
#[derive(Clone, Debug)]
pub(in crate::keyring) struct Held {
    pub cert: Cert,
    pub labels: Vec<String>,
}

/// Certificates in the order in which they were first seen.
#[derive(Clone, Debug, Default)]
pub(in crate::keyring) struct Certificates {
    held: Vec<Held>,
    /// Where each is, for files of many.
    index: HashMap<Fingerprint, usize>,
}

/// What one run of packets held.
#[derive(Debug, Default)]
pub(in crate::keyring) struct Added {
    pub accepted: usize,
    pub secret: usize,
    /// Words about what could not be used.
    pub notes: Vec<String>,
}

impl Certificates {
    pub fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Held> {
        self.held.iter()
    }

    /// Those with a key, primary or not, that one of the handles names.
    pub fn named<'a>(&'a self, handles: &'a [KeyHandle]) -> impl Iterator<Item = &'a Held> {
        self.held.iter().filter(move |held| {
            // Only to see which certificates a signature may mean; whether they vouch for the key is asked later.
            #[allow(clippy::disallowed_methods)]
            let mut keys = held.cert.keys();
            keys.any(|ka| {
                let handle = ka.key().key_handle();
                handles.iter().any(|wanted| wanted.aliases(&handle))
            })
        })
    }

    /// The certificate of that fingerprint.
    pub fn get(&self, fingerprint: &Fingerprint) -> Option<&Held> {
        self.index.get(fingerprint).and_then(|at| self.held.get(*at))
    }

    /// Adds the certificates of binary packets. Copies of one certificate are merged, so that the newest
    /// expiry and every revocation counts, whichever file brought it.
    pub fn add(&mut self, label: &str, packets: &[u8]) -> Added {
        let mut added = Added::default();
        let parser = match PacketParserBuilder::from_bytes(packets)
            .and_then(|builder| builder.dearmor(Dearmor::Disabled).build())
        {
            Ok(parser) => CertParser::from(parser),
            Err(error) => {
                added
                    .notes
                    .push(format!("not OpenPGP packets: {}", super::packets::words(&error)));
                return added;
            }
        };
        for cert in parser {
            match cert {
                Ok(cert) if cert.is_tsk() => {
                    added.secret += 1;
                    added.notes.push(format!(
                        "{} comes with secret key material and is ignored; a keyring holds public \
                         certificates (gpg --export)",
                        cert.fingerprint()
                    ));
                }
                Ok(cert) => {
                    self.insert(label, cert);
                    added.accepted += 1;
                }
                Err(error) => {
                    const MOST_NOTES: usize = 16;
                    if added.notes.len() < MOST_NOTES {
                        added
                            .notes
                            .push(format!("skipped: {}", super::packets::words(&error)));
                    }
                }
            }
        }
        added
    }

    /// Takes the certificates of `other` in, merging copies.
    pub fn join(&mut self, other: &Self) {
        for held in &other.held {
            for label in &held.labels {
                self.insert(label, held.cert.clone());
            }
        }
    }

    /// Merges the copies that `other` has of certificates held here.
    pub fn join_known(&mut self, other: &Self) {
        let known = |held: &&Held| self.index.contains_key(&held.cert.fingerprint());
        let copies: Vec<&Held> = other.held.iter().filter(known).collect();
        for held in copies {
            for label in &held.labels {
                self.insert(label, held.cert.clone());
            }
        }
    }

    fn insert(&mut self, label: &str, cert: Cert) {
        let label = bounded(label);
        let fingerprint = cert.fingerprint();
        let known = self.index.get(&fingerprint).copied();
        let Some(held) = known.and_then(|at| self.held.get_mut(at)) else {
            self.index.insert(fingerprint, self.held.len());
            self.held.push(Held {
                cert,
                labels: vec![label],
            });
            return;
        };
        // Merging fails only for different certificates, and the fingerprints are equal.
        if let Ok(merged) = held.cert.clone().merge_public(cert) {
            held.cert = merged;
        }
        if !held.labels.contains(&label) {
            held.labels.push(label);
        }
    }
}

//! What an audit of a keyring needs to know of OpenPGP certificates.
//!
//! A certificate may carry two hundred thousand certifications by strangers. They are counted by their issuer and
//! left out before sequoia takes the certificate apart: what counts for a signature is what the certificate says of
//! itself, as in RFC 9580, section 5.2.1 and 10.1. How much it may say is limited, too; beyond the limit it is not judged
//! at all, since a revocation might be among what was not read.

mod frames;
mod group;
mod state;

use crate::keyring::audit::CertificateFacts;
use frames::Frames;
use group::Group;
use jiff::Timestamp;
use sequoia_openpgp::parse::Parse;
use sequoia_openpgp::{Fingerprint, Packet};
use std::collections::HashMap;

/// Most certificates of one file. The keyring of all Debian developers has about a thousand.
const MOST_CERTIFICATES: usize = 5_000;
/// Most words about what could not be read.
const MOST_NOTES: usize = 8;

/// What the packets of a file held.
#[derive(Debug, Default)]
pub(in crate::keyring) struct Audited {
    pub certificates: Vec<CertificateFacts>,
    /// Primary keys or subkeys with secret material that belong to no certificate that could be read.
    pub secret: usize,
    /// Signatures outside of certificates: a file of nothing else is a signature.
    pub stray_signatures: usize,
    /// What could not be read.
    pub notes: Vec<String>,
    /// Certificates beyond the limit, which were not looked at.
    pub surplus: usize,
}

/// Whether an armored block holds a key, whatever it is labelled, and whether a secret one: sequoia does not mind labels.
pub(in crate::keyring) fn key_inside(block: &[u8]) -> Option<bool> {
    let packets = super::dearmor(block)?;
    let tags: Vec<u8> = Frames::new(&packets)
        .map(|frame| frame.tag)
        .filter(|tag| matches!(tag, 5..=7 | 14))
        .collect();
    (!tags.is_empty()).then(|| tags.iter().any(|tag| matches!(tag, 5 | 7)))
}

/// Takes the packets of one file apart, block by block. Copies of one certificate are merged, as they are for a check.
#[derive(Debug, Default)]
pub(in crate::keyring) struct Auditor {
    groups: Vec<Group>,
    index: HashMap<Fingerprint, usize>,
    audited: Audited,
}

impl Auditor {
    /// Adds binary packets.
    pub fn read(&mut self, packets: &[u8]) {
        let mut open: Option<Group> = None;
        let mut skipping = false;
        let mut frames = Frames::new(packets);
        for frame in frames.by_ref() {
            match frame.tag {
                5 | 6 => {
                    self.close(open.take());
                    open = Packet::from_bytes(frame.packet).ok().and_then(Group::new);
                    skipping = open.is_none();
                    if skipping {
                        self.audited.secret += usize::from(frame.tag == 5);
                        self.note(unreadable(frame.packet));
                    }
                }
                // Trust packets are GnuPG's own remarks, markers and padding say nothing.
                10 | 12 | 21 => {}
                2 | 7 | 13 | 14 | 17 => match &mut open {
                    Some(group) => group.add(frame.tag, frame.packet),
                    None if skipping => self.audited.secret += usize::from(frame.tag == 7),
                    None if frame.tag == 2 => self.audited.stray_signatures += 1,
                    None => {
                        self.audited.secret += usize::from(frame.tag == 7);
                        self.note("a part of a certificate without its beginning".to_owned());
                    }
                },
                other => self.note(format!(
                    "a packet of type {other}, which belongs in no certificate"
                )),
            }
        }
        self.close(open);
        if frames.left() > 0 {
            self.note(format!("{} bytes at the end are no whole packet", frames.left()));
        }
    }

    /// Judges the certificates as of `now`.
    pub fn finish(mut self, now: Timestamp) -> Audited {
        for group in std::mem::take(&mut self.groups) {
            match state::judge(group, now) {
                Ok(facts) => self.audited.certificates.push(facts),
                Err(words) => self.note(words),
            }
        }
        self.audited
    }

    fn close(&mut self, group: Option<Group>) {
        let Some(group) = group else { return };
        let known = self.index.get(&group.fingerprint).copied();
        if let Some(held) = known.and_then(|at| self.groups.get_mut(at)) {
            held.merge(group);
        } else if self.groups.len() < MOST_CERTIFICATES {
            self.index.insert(group.fingerprint.clone(), self.groups.len());
            self.groups.push(group);
        } else {
            self.audited.surplus += 1;
        }
    }

    fn note(&mut self, text: String) {
        if self.audited.notes.len() < MOST_NOTES {
            self.audited.notes.push(text);
        }
    }
}

/// Words for a primary key that cannot be read: its version is in the first octet of its body.
fn unreadable(packet: &[u8]) -> String {
    let header = match packet {
        [first, length, ..] if first & 0x40 != 0 => match length {
            0..=191 => 2,
            192..=254 => 3,
            255 => 6,
        },
        [first, ..] => match first & 3 {
            0 => 2,
            1 => 3,
            _ => 5,
        },
        [] => 0,
    };
    match packet.get(header) {
        Some(version @ (2 | 3 | 5)) => {
            format!(
                "a certificate of version {version}, which no current tool verifies with; expected version 4 or 6"
            )
        }
        _ => "a certificate whose primary key cannot be read".to_owned(),
    }
}

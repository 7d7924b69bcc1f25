//! What a certificate says of itself, to say what changed between two copies of it.

use super::facts::date;
use super::policies::AnyAlgorithm;
use super::{algorithm, system_time};
use crate::keyring::report::bounded;
use jiff::Timestamp;
use sequoia_openpgp::Cert;
use sequoia_openpgp::cert::amalgamation::{ValidAmalgamation, ValidateAmalgamation};
use sequoia_openpgp::types::{KeyFlags, RevocationStatus};
use std::collections::BTreeMap;
use std::time::SystemTime;

/// Lines about one certificate.
const MOST_LINES: usize = 32;

/// What differs between two copies of one certificate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::keyring) struct Changes {
    /// One phrase each; raw text.
    pub lines: Vec<String>,
    /// The old copy is revoked and the new one is not.
    pub revocation_lost: bool,
    /// The new copy expires earlier, or misses subkeys: it may be the older of the two.
    pub older: bool,
}

/// What `new` says that `old` did not, at `now`. Both are copies of one certificate.
pub(in crate::keyring) fn changes(old: &Cert, new: &Cert, now: Timestamp) -> Changes {
    let now = system_time(now);
    let (before, after) = (Portrait::of(old, now), Portrait::of(new, now));
    let mut changes = Changes::default();
    let lines = &mut changes.lines;
    match (before.revoked, after.revoked) {
        (false, true) => lines.push("is revoked now".to_owned()),
        (true, false) => {
            changes.revocation_lost = true;
            lines.push("the new copy lacks the revocation that the old one has".to_owned());
        }
        _ => {}
    }
    if before.expiry != after.expiry {
        changes.older |= is_earlier(after.expiry, before.expiry);
        lines.push(format!(
            "{}, before: {}",
            expires(after.expiry),
            expires(before.expiry)
        ));
    }
    if after.valid != before.valid {
        lines.push(match after.valid {
            true => "has a valid self-signature now".to_owned(),
            false => "has no valid self-signature any more".to_owned(),
        });
    }
    for (key, state) in &after.subkeys {
        match before.subkeys.get(key) {
            None => lines.push(format!("new {}", state.named(key))),
            Some(old) if old != state => lines.push(format!("{}, before: {}", state.named(key), old.words())),
            Some(_) => {}
        }
        if let Some(old) = before.subkeys.get(key) {
            changes.older |= is_earlier(state.expiry, old.expiry);
            changes.revocation_lost |= old.revoked && !state.revoked;
        }
    }
    for (key, state) in before
        .subkeys
        .iter()
        .filter(|(key, _)| !after.subkeys.contains_key(*key))
    {
        // Exporters leave out what has expired or been revoked.
        changes.older |= state.is_live(now);
        lines.push(format!("without {}", state.named(key)));
    }
    for (id, bound) in &after.user_ids {
        match before.user_ids.get(id) {
            None => lines.push(format!("new user id {id}")),
            Some(old) if old != bound => lines.push(format!("user id {id} is {bound} now, before: {old}")),
            Some(_) => {}
        }
    }
    for id in before
        .user_ids
        .keys()
        .filter(|id| !after.user_ids.contains_key(*id))
    {
        lines.push(format!("without user id {id}"));
    }
    if before.certifications != after.certifications {
        lines.push(format!(
            "{} certifications by others, before: {}",
            after.certifications, before.certifications
        ));
    }
    if lines.is_empty() && old != new {
        lines.push("other signatures, with the same meaning".to_owned());
    }
    if lines.len() > MOST_LINES {
        let more = lines.len() - MOST_LINES;
        lines.truncate(MOST_LINES);
        lines.push(format!("and {more} further changes"));
    }
    changes
}

/// `None` is never.
fn is_earlier(this: Option<SystemTime>, other: Option<SystemTime>) -> bool {
    match (this, other) {
        (Some(this), Some(other)) => this < other,
        (Some(_), None) => true,
        (None, _) => false,
    }
}

fn expires(when: Option<SystemTime>) -> String {
    when.map_or_else(
        || "never expires".to_owned(),
        |when| format!("expires {}", date(when)),
    )
}

struct Portrait {
    valid: bool,
    revoked: bool,
    expiry: Option<SystemTime>,
    subkeys: BTreeMap<String, Subkey>,
    user_ids: BTreeMap<String, &'static str>,
    certifications: usize,
}

#[derive(PartialEq, Eq)]
struct Subkey {
    algorithm: String,
    purpose: &'static str,
    expiry: Option<SystemTime>,
    revoked: bool,
}

impl Subkey {
    fn named(&self, key: &str) -> String {
        format!(
            "{} subkey {key} ({}), {}",
            self.purpose,
            self.algorithm,
            self.words()
        )
    }

    fn words(&self) -> String {
        let revoked = if self.revoked { ", revoked" } else { "" };
        format!("{}{revoked}", expires(self.expiry))
    }

    fn is_live(&self, now: SystemTime) -> bool {
        !self.revoked && self.expiry.is_none_or(|when| when > now)
    }
}

impl Portrait {
    fn of(cert: &Cert, now: SystemTime) -> Self {
        let any = AnyAlgorithm;
        let valid = cert.with_policy(&any, now).ok();
        let user_id = |id: sequoia_openpgp::cert::amalgamation::UserIDAmalgamation<'_>| {
            let name = bounded(&String::from_utf8_lossy(id.userid().value()));
            let state = match id.with_policy(&any, now) {
                Err(_) => "not bound",
                Ok(valid) => match valid.revocation_status() {
                    RevocationStatus::Revoked(_) => "revoked",
                    _ => "valid",
                },
            };
            (name, state)
        };
        Portrait {
            valid: valid.is_some(),
            revoked: matches!(cert.revocation_status(&any, now), RevocationStatus::Revoked(_)),
            expiry: valid.and_then(|valid| valid.primary_key().key_expiration_time()),
            subkeys: subkeys(cert, now),
            user_ids: cert.userids().map(user_id).collect(),
            certifications: cert.userids().map(|id| id.certifications().count()).sum(),
        }
    }
}

// Only to describe: unbound subkeys are named as such and used for nothing.
#[allow(clippy::disallowed_methods)]
fn subkeys(cert: &Cert, now: SystemTime) -> BTreeMap<String, Subkey> {
    let any = AnyAlgorithm;
    cert.keys()
        .subkeys()
        .map(|ka| {
            let name = ka.key().fingerprint().to_hex();
            let algorithm = algorithm::of_key(ka.key().role_as_unspecified());
            let subkey = match ka.with_policy(&any, now) {
                Err(_) => Subkey {
                    algorithm,
                    purpose: "unbound",
                    expiry: None,
                    revoked: false,
                },
                Ok(valid) => Subkey {
                    algorithm,
                    purpose: purpose(valid.key_flags()),
                    expiry: valid.key_expiration_time(),
                    revoked: matches!(valid.revocation_status(), RevocationStatus::Revoked(_)),
                },
            };
            (name, subkey)
        })
        .collect()
}

fn purpose(flags: Option<KeyFlags>) -> &'static str {
    match flags {
        Some(flags) if flags.for_signing() => "signing",
        Some(flags) if flags.for_authentication() => "authentication",
        Some(flags) if flags.for_transport_encryption() || flags.for_storage_encryption() => "encryption",
        _ => "purposeless",
    }
}

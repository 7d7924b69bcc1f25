//! Facts about certificates and signatures that the classification puts into words.

use super::timestamp;
use crate::keyring::report::{bounded, day};
use sequoia_openpgp::KeyHandle;
use sequoia_openpgp::cert::amalgamation::key::{ErasedKeyAmalgamation, ValidErasedKeyAmalgamation};
use sequoia_openpgp::cert::amalgamation::{ValidAmalgamation, ValidateAmalgamation};
use sequoia_openpgp::packet::{Signature, key};
use sequoia_openpgp::policy::Policy;
use sequoia_openpgp::types::RevocationStatus;
use std::time::SystemTime;

/// A key of a certificate, primary or not, about which nothing is established.
pub(super) type AnyKey<'a> = ErasedKeyAmalgamation<'a, key::PublicParts>;
/// The same under a policy and at a time.
pub(super) type ValidKey<'a> = ValidErasedKeyAmalgamation<'a, key::PublicParts>;

/// A revocation in words.
pub(super) struct Revoked {
    pub words: String,
    pub reason: String,
}

impl Revoked {
    /// A revocation of the certificate or key that counts at `at`: hard ones always do, soft ones from their date on.
    pub fn at(policy: &dyn Policy, ka: &AnyKey<'_>, at: SystemTime) -> Option<Self> {
        let status = ka.cert().revocation_status(policy, at);
        if let RevocationStatus::Revoked(sigs) = status {
            return Some(Self::new("the certificate is revoked", &sigs));
        }
        let valid = ka.clone().with_policy(policy, at).ok()?;
        match valid.revocation_status() {
            RevocationStatus::Revoked(sigs) => Some(Self::new("the signing key is revoked", &sigs)),
            _ => None,
        }
    }

    fn new(what: &str, sigs: &[&Signature]) -> Self {
        let sig = sigs.first();
        let when = sig
            .and_then(|sig| sig.signature_creation_time())
            .map(date)
            .unwrap_or_default();
        let reason = match sig.and_then(|sig| sig.reason_for_revocation()) {
            Some((code, [])) => code.to_string(),
            Some((code, text)) => format!("{code}: {}", bounded(&String::from_utf8_lossy(text))),
            None => "no reason given".to_owned(),
        };
        Self {
            words: format!("{what} as of {when}"),
            reason,
        }
    }
}

/// What had expired, and when.
pub(super) struct Expiry {
    pub what: &'static str,
    when: Option<SystemTime>,
}

impl Expiry {
    /// The day.
    pub fn on(&self) -> String {
        self.when.map_or_else(|| "an unknown date".to_owned(), date)
    }
}

/// What of the certificate or its key had expired at `at`.
pub(super) fn expiry(policy: &dyn Policy, ka: &AnyKey<'_>, at: SystemTime) -> Option<Expiry> {
    let Ok(valid) = ka.clone().with_policy(policy, at) else {
        return Some(Expiry {
            what: "the certificate's self-signature",
            when: None,
        });
    };
    if valid.valid_cert().alive().is_err() {
        let when = valid.valid_cert().primary_key().key_expiration_time();
        return Some(Expiry {
            what: "the certificate's copy",
            when,
        });
    }
    if valid.alive().is_err() {
        return Some(Expiry {
            what: "the signing subkey of the certificate's copy",
            when: valid.key_expiration_time(),
        });
    }
    None
}

/// Whom the signature names, wildcards left out.
pub(super) fn issuers(sig: &Signature) -> Vec<KeyHandle> {
    sig.get_issuers()
        .into_iter()
        .filter(|issuer| !matches!(issuer, KeyHandle::KeyID(id) if id.is_wildcard()))
        .collect()
}

/// When it says it was made.
pub(super) fn made(sig: &Signature) -> SystemTime {
    sig.signature_creation_time().unwrap_or(SystemTime::UNIX_EPOCH)
}

/// The day of a moment, in UTC.
pub(super) fn date(time: SystemTime) -> String {
    day(timestamp(time))
}

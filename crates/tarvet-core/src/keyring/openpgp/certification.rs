//! Certifications of one certificate's user ids by another: who of an old keyring vouches for a new certificate.
//!
//! STRATEGY. A certification endorses when its checksum is right over exactly this key and user id, with the primary
//! key of a certificate that the old keyring has in full; when that certificate was valid, unrevoked and allowed to
//! certify at the time the certification claims; when the digest can carry trust; when it has not expired, was meant
//! for the public and was not taken back; and when the user id is still the new certificate's own. Names count for
//! nothing. Whoever stole an expired key can date a certification back, so one whose certifier has expired or been
//! retired since is told apart. Every doubt refuses: a refusal costs a look, a false endorsement the archive.

use super::facts::{date, issuers, made};
use super::policies::Policies;
use super::{algorithm, packets, timestamp};
use crate::keyring::SignaturePolicy;
use crate::keyring::report::bounded;
use jiff::Timestamp;
use sequoia_openpgp::cert::amalgamation::{UserIDAmalgamation, ValidAmalgamation, ValidateAmalgamation};
use sequoia_openpgp::packet::Signature;
use sequoia_openpgp::policy::{HashAlgoSecurity, Policy};
use sequoia_openpgp::types::{RevocationStatus, SignatureType};
use sequoia_openpgp::{Cert, KeyID};
use std::collections::HashMap;
use std::time::{Duration, SystemTime};

/// Certifications of one certificate that are verified, whoever claims to have made them.
const MOST_VERIFIED: usize = 256;
/// Revocations of certifications over one user id that are verified.
const MOST_REVOCATIONS: usize = 64;

/// What one certification is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::keyring) enum Worth {
    /// It endorses.
    Good,
    /// It endorses, but its certifier has expired or been retired since.
    Lapsed,
    /// It does not.
    Refused,
}

/// One certification by a certificate of the old keyring, or what claims to be one.
#[derive(Clone, Debug)]
pub(in crate::keyring) struct Certification {
    /// Fingerprint of the certifier.
    pub by: String,
    pub user_id: String,
    pub made: Timestamp,
    pub worth: Worth,
    /// Why it is not simply good; empty otherwise.
    pub why: String,
}

/// The certificates that may certify, by the key id of their primary key.
pub(in crate::keyring) struct Certifiers<'a>(HashMap<KeyID, Vec<&'a Cert>>);

impl<'a> Certifiers<'a> {
    pub fn new(certificates: impl Iterator<Item = &'a Cert>) -> Self {
        let mut by_id: HashMap<KeyID, Vec<&Cert>> = HashMap::new();
        for cert in certificates {
            by_id.entry(cert.keyid()).or_default().push(cert);
        }
        Certifiers(by_id)
    }

    /// Those whose primary key the signature names.
    fn named(&self, sig: &Signature) -> Vec<&'a Cert> {
        const MOST: usize = 4;
        let mut found: Vec<&Cert> = Vec::new();
        for issuer in issuers(sig).into_iter().take(8) {
            for cert in self.0.get(&KeyID::from(&issuer)).into_iter().flatten() {
                let same = |known: &&Cert| known.fingerprint() == cert.fingerprint();
                if issuer.aliases(cert.key_handle()) && !found.iter().any(same) {
                    found.push(cert);
                }
            }
        }
        found.truncate(MOST);
        found
    }
}

/// Every certification of `of` that names one of the certifiers, in the order of user ids, the newest first.
pub(in crate::keyring) fn certifications(
    of: &Cert,
    certifiers: &Certifiers<'_>,
    policy: &SignaturePolicy,
) -> Vec<Certification> {
    let policies = Policies::new(policy);
    let mut left = MOST_VERIFIED;
    let mut found = Vec::new();
    for user_id in of.userids() {
        let mut sigs: Vec<(&Signature, &Cert)> = user_id
            .certifications()
            .flat_map(|sig| certifiers.named(sig).into_iter().map(move |by| (sig, by)))
            .filter(|(_, by)| by.fingerprint() != of.fingerprint())
            .collect();
        sigs.sort_by_key(|(sig, _)| std::cmp::Reverse(made(sig)));
        for (sig, by) in sigs {
            let Some(less) = left.checked_sub(1) else {
                return found;
            };
            left = less;
            let case = Case {
                of,
                by,
                user_id: &user_id,
                sig,
                policies: &policies,
                now: super::system_time(policy.now),
            };
            let (worth, why) = match case.judge() {
                Ok(None) => (Worth::Good, String::new()),
                Ok(Some(lapsed)) => (Worth::Lapsed, lapsed),
                Err(why) => (Worth::Refused, why),
            };
            found.push(Certification {
                by: by.fingerprint().to_hex(),
                user_id: bounded(&String::from_utf8_lossy(user_id.userid().value())),
                made: timestamp(made(sig)),
                worth,
                why,
            });
        }
    }
    found
}

struct Case<'a> {
    of: &'a Cert,
    by: &'a Cert,
    user_id: &'a UserIDAmalgamation<'a>,
    sig: &'a Signature,
    policies: &'a Policies,
    now: SystemTime,
}

impl Case<'_> {
    /// `Ok(None)`: it endorses; `Ok(Some)`: it does, and what has happened to the certifier since; `Err`: why not.
    fn judge(&self) -> Result<Option<String>, String> {
        self.dates()?;
        self.checksum()?;
        self.meaning()?;
        self.certifier_then()?;
        self.taken_back()?;
        self.user_id()?;
        Ok(self.certifier_now())
    }

    // The checksum is the first of many questions, see above.
    fn checksum(&self) -> Result<(), String> {
        let key = self.by.primary_key().key();
        if algorithm::is_too_large(key.role_as_unspecified()) {
            return Err(format!(
                "its certifier's key is larger than what is verified here, {} bits",
                algorithm::LARGEST_RSA
            ));
        }
        self.sig
            .verify_userid_binding(key, self.of.primary_key().key(), self.user_id.userid())
            .map_err(|_| "its checksum is wrong: the certificate it names did not make it".to_owned())
    }

    fn meaning(&self) -> Result<(), String> {
        if algorithm::is_broken(self.sig.hash_algo()) {
            let digest = algorithm::digest(self.sig.hash_algo());
            return Err(format!("it signs a {digest} digest, which can be forged"));
        }
        self.policies
            .strict
            .signature(self.sig, HashAlgoSecurity::CollisionResistance)
            .map_err(|error| packets::words(&error))?;
        if self.sig.typ() == SignatureType::PersonaCertification {
            return Err("it says that its maker verified nothing (type 0x11)".to_owned());
        }
        if self.sig.exportable_certification() == Some(false) {
            return Err("its maker meant it for private use (not exportable)".to_owned());
        }
        Ok(())
    }

    fn dates(&self) -> Result<(), String> {
        let at = made(self.sig);
        if at > self.now {
            return Err(format!("it claims to be of {}, which is in the future", date(at)));
        }
        if let Err(error) = self.sig.signature_alive(self.now, Duration::ZERO) {
            return match self.sig.signature_expiration_time() {
                Some(expired) => Err(format!("it expired on {}", date(expired))),
                None => Err(packets::words(&error)),
            };
        }
        let keys = [self.by, self.of].map(|cert| cert.primary_key().key().creation_time());
        if keys.iter().any(|key| at < *key) {
            return Err(format!(
                "it claims to be of {}, before the keys were made",
                date(at)
            ));
        }
        Ok(())
    }

    /// The certifier at the time that the certification claims.
    fn certifier_then(&self) -> Result<(), String> {
        let at = made(self.sig);
        if let RevocationStatus::Revoked(_) = self.by.revocation_status(&self.policies.any, at) {
            return Err("its certifier is revoked".to_owned());
        }
        let primary = self
            .by
            .primary_key()
            .with_policy(&self.policies.effective, at)
            .map_err(|error| format!("its certifier was not valid then: {}", packets::words(&error)))?;
        if primary.valid_cert().alive().is_err() || primary.alive().is_err() {
            return Err(format!("its certifier had expired by {}", date(at)));
        }
        if !primary.for_certification() {
            return Err("its certifier's primary key may not certify".to_owned());
        }
        Ok(())
    }

    /// A revocation counts from its date on, whatever digest it uses.
    fn taken_back(&self) -> Result<(), String> {
        let by = self.by.key_handle();
        let named: Vec<&Signature> = self
            .user_id
            .other_revocations()
            .filter(|sig| issuers(sig).iter().any(|issuer| issuer.aliases(&by)))
            .filter(|sig| made(sig) >= made(self.sig))
            .collect();
        if named.len() > MOST_REVOCATIONS {
            return Err("too many revocations of it to look at them all".to_owned());
        }
        let (key, of) = (self.by.primary_key().key(), self.of.primary_key().key());
        let mut real = named.into_iter().filter(|sig| {
            sig.verify_userid_revocation(key, of, self.user_id.userid())
                .is_ok()
        });
        match real.next() {
            Some(revocation) => Err(format!("it was taken back on {}", date(made(revocation)))),
            None => Ok(()),
        }
    }

    fn user_id(&self) -> Result<(), String> {
        let valid = self
            .user_id
            .clone()
            .with_policy(&self.policies.sha1_bindings, self.now)
            .map_err(|_| "the certificate itself does not have that user id".to_owned())?;
        match valid.revocation_status() {
            RevocationStatus::Revoked(_) => Err("the certificate's owner revoked that user id".to_owned()),
            _ => Ok(()),
        }
    }

    /// What has happened to the certifier since.
    fn certifier_now(&self) -> Option<String> {
        if let RevocationStatus::Revoked(_) = self.by.revocation_status(&self.policies.any, self.now) {
            return Some("its certifier has been retired since".to_owned());
        }
        let alive = self
            .by
            .with_policy(&self.policies.effective, self.now)
            .is_ok_and(|valid| valid.alive().is_ok());
        (!alive).then(|| "its certifier has expired since".to_owned())
    }
}

//! What one certificate is worth, asked of sequoia as a signature's verification asks it.

use super::group::{Group, RawSubkey};
use crate::keyring::SignaturePolicy;
use crate::keyring::audit::{CertificateFacts, KeyFacts, RevocationFacts, Standing};
use crate::keyring::openpgp::facts::{AnyKey, ValidKey};
use crate::keyring::openpgp::policies::Policies;
use crate::keyring::openpgp::{algorithm, system_time, timestamp};
use crate::keyring::report::bounded;
use jiff::Timestamp;
use sequoia_openpgp::Cert;
use sequoia_openpgp::cert::amalgamation::key::PrimaryKey;
use sequoia_openpgp::cert::amalgamation::{ValidAmalgamation, ValidateAmalgamation};
use sequoia_openpgp::crypto::mpi::PublicKey;
use sequoia_openpgp::packet::Signature;
use sequoia_openpgp::policy::Policy;
use sequoia_openpgp::types::{RevocationStatus, RevocationType};
use std::time::SystemTime;

/// User ids that are kept.
const MOST_USER_IDS: usize = 16;

/// The weakest policy that takes a binding; the strict one comes first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rank {
    Strict,
    Sha1,
    Any,
}

struct Judge {
    policies: Policies,
    at: SystemTime,
}

/// Judges a certificate. Err: it cannot be put together, and why.
pub(super) fn judge(group: Group, now: Timestamp) -> Result<CertificateFacts, String> {
    let fingerprint = group.fingerprint.to_hex();
    let Group {
        packets,
        subkeys,
        overfull,
        secret,
        certifications,
        attributes,
        unreadable,
        own,
        ..
    } = group;
    let cert = Cert::from_packets(packets.into_iter()).map_err(|error| {
        format!(
            "certificate {fingerprint} cannot be put together: {}",
            crate::keyring::openpgp::packets::words(&error)
        )
    })?;
    let judge = Judge {
        policies: Policies::new(&SignaturePolicy::strict(now)),
        at: system_time(now),
    };
    let mut facts = CertificateFacts {
        user_ids: cert
            .userids()
            .take(MOST_USER_IDS)
            .map(|id| bounded(&String::from_utf8_lossy(id.userid().value())))
            .collect(),
        user_id_count: cert.userids().count(),
        standing: Standing::NotJudged,
        why: None,
        revocation: None,
        expires: None,
        keys: Vec::new(),
        digests: Vec::new(),
        certifications,
        attributes,
        own_signatures: 0,
        newest: None,
        unreadable,
        secret,
        overfull,
        fingerprint,
    };
    let primary = cert.primary_key();
    if algorithm::is_too_large(primary.key().role_as_unspecified()) {
        facts.why = Some(format!(
            "its {} key is larger than {} bits, which are the most that are verified here",
            algorithm::of_key(primary.key().role_as_unspecified()),
            algorithm::LARGEST_RSA
        ));
        facts.own_signatures = own;
        facts.keys = judge.keys(&cert, &subkeys);
        return Ok(facts);
    }
    own_signatures(&cert, &mut facts);
    facts.keys = judge.keys(&cert, &subkeys);
    facts.revocation = judge.revocation(&cert);
    facts.expires = judge.expires(&cert);
    if overfull {
        facts.why = Some(format!(
            "it has {own} signatures by itself and {} user ids and subkeys, more than are read",
            facts.user_id_count + facts.keys.len()
        ));
        return Ok(facts);
    }
    (facts.standing, facts.why) = judge.standing(&cert, &facts);
    // What cannot be computed here is no fault of the certificate.
    if let (Standing::CannotSign, Some(name)) = (facts.standing, unsupported(&cert)) {
        facts.standing = Standing::NotJudged;
        facts.why = Some(format!("signatures by {name} keys are not verified here"));
    }
    Ok(facts)
}

impl Judge {
    fn ladder(&self) -> [(Rank, &dyn Policy); 3] {
        [
            (Rank::Strict, &self.policies.strict),
            (Rank::Sha1, &self.policies.sha1_bindings),
            (Rank::Any, &self.policies.any),
        ]
    }

    /// The key under the strictest policy that takes its binding.
    fn valid<'a>(&'a self, key: &AnyKey<'a>) -> Option<(Rank, ValidKey<'a>)> {
        self.ladder()
            .into_iter()
            .find_map(|(rank, policy)| Some((rank, key.clone().with_policy(policy, self.at).ok()?)))
    }

    fn keys(&self, cert: &Cert, raw: &[RawSubkey]) -> Vec<KeyFacts> {
        // Every key is listed; whether the certificate vouches for it is asked for each.
        #[allow(clippy::disallowed_methods)]
        cert.keys().map(|key| self.key(&key, raw)).collect()
    }

    fn key(&self, key: &AnyKey<'_>, raw: &[RawSubkey]) -> KeyFacts {
        let fingerprint = key.key().fingerprint();
        let raw = raw.iter().find(|subkey| subkey.fingerprint == fingerprint);
        let mut facts = KeyFacts {
            fingerprint: fingerprint.to_hex(),
            primary: key.primary(),
            algorithm: algorithm::of_key(key.key()),
            weak: false,
            created: timestamp(key.key().creation_time()),
            expires: None,
            for_signing: raw.is_some_and(|subkey| subkey.lacks_back_signature),
            signs_now: false,
            expired: false,
            sha1: false,
            lacks_back_signature: raw
                .is_some_and(|subkey| subkey.lacks_back_signature && !subkey.has_back_signature),
            revocation: None,
        };
        let Some((rank, valid)) = self.valid(key) else {
            return facts;
        };
        facts.weak = self.policies.strict.key(&valid).is_err();
        facts.sha1 = rank == Rank::Sha1;
        facts.expires = valid.key_expiration_time().map(timestamp);
        facts.expired = valid.key_expiration_time().is_some_and(|end| end <= self.at);
        facts.for_signing = valid.for_signing();
        if !key.primary() {
            facts.revocation = revoked(valid.revocation_status());
        }
        let whole = valid.valid_cert();
        facts.signs_now = rank == Rank::Strict
            && !facts.weak
            && facts.for_signing
            && facts.revocation.is_none()
            && valid.alive().is_ok()
            && whole.alive().is_ok()
            && self.revocation(key.cert()).is_none();
        facts
    }

    /// The certificate's revocation, also one that is itself signed with a weak digest.
    fn revocation(&self, cert: &Cert) -> Option<RevocationFacts> {
        revoked(cert.revocation_status(&self.policies.any, self.at))
    }

    fn expires(&self, cert: &Cert) -> Option<Timestamp> {
        let (_, policy) = self
            .ladder()
            .into_iter()
            .find(|(_, policy)| cert.with_policy(*policy, self.at).is_ok())?;
        let valid = cert.with_policy(policy, self.at).ok()?;
        valid.primary_key().key_expiration_time().map(timestamp)
    }

    fn standing(&self, cert: &Cert, facts: &CertificateFacts) -> (Standing, Option<String>) {
        if facts.revocation.is_some() {
            return (Standing::Revoked, None);
        }
        if facts.keys.iter().any(|key| key.signs_now) {
            return (Standing::CanSign, None);
        }
        let rank = self
            .ladder()
            .into_iter()
            .find(|(_, policy)| cert.with_policy(*policy, self.at).is_ok())
            .map(|(rank, _)| rank);
        let Some(primary) = facts.keys.first().filter(|_| rank.is_some()) else {
            let why = if facts.own_signatures == 0 {
                "it has no valid signature of its own"
            } else {
                "none of its own signatures holds at this time"
            };
            return (Standing::CannotSign, Some(why.to_owned()));
        };
        let signing = || facts.keys.iter().filter(|key| key.for_signing);
        if signing().next().is_none() {
            if primary.weak {
                return (Standing::RefusedWeak, None);
            }
            return (Standing::CannotSign, Some("none of its keys may sign".to_owned()));
        }
        if facts.expires.is_some_and(|end| end <= timestamp(self.at)) {
            return (Standing::Expired, None);
        }
        if primary.weak || rank == Some(Rank::Any) || signing().all(|key| key.weak) {
            return (Standing::RefusedWeak, None);
        }
        // Those that nothing but the digest of their binding hinders.
        let whole = |key: &&KeyFacts| !key.expired && !key.weak && key.revocation.is_none();
        if signing()
            .filter(whole)
            .any(|key| key.sha1 && !key.lacks_back_signature)
        {
            return (Standing::RefusedSha1, None);
        }
        if signing().any(|key| key.expired && key.revocation.is_none()) {
            return (Standing::Expired, None);
        }
        let why = if signing().all(|key| key.revocation.is_some()) {
            "every key of it that may sign is revoked"
        } else if signing().all(|key| key.lacks_back_signature || key.revocation.is_some()) {
            "no signing subkey of it has a back-signature"
        } else {
            "no binding of its signing keys holds"
        };
        (Standing::CannotSign, Some(why.to_owned()))
    }
}

/// An algorithm for signatures that cannot be computed here, if a key of the certificate has one.
fn unsupported(cert: &Cert) -> Option<String> {
    // The algorithm is the key's own matter, whoever vouches for it.
    #[allow(clippy::disallowed_methods)]
    let mut keys = cert.keys();
    keys.find_map(|key| {
        let key = key.key();
        let known = match key.mpis() {
            PublicKey::EdDSA { curve, .. } | PublicKey::ECDSA { curve, .. } => curve.is_supported(),
            _ => !key.pk_algo().for_signing() || key.pk_algo().is_supported(),
        };
        (!known).then(|| algorithm::of_key(key))
    })
}

/// A revocation that counts; that others might revoke it is no revocation.
fn revoked(status: RevocationStatus<'_>) -> Option<RevocationFacts> {
    let RevocationStatus::Revoked(signatures) = status else {
        return None;
    };
    let is_hard = |sig: &Signature| {
        sig.reason_for_revocation()
            .is_none_or(|(code, _)| code.revocation_type() == RevocationType::Hard)
    };
    // A hard one says more than a soft one beside it.
    let sig = signatures
        .iter()
        .find(|sig| is_hard(sig))
        .or_else(|| signatures.first())?;
    Some(RevocationFacts {
        time: sig.signature_creation_time().map(timestamp),
        hard: is_hard(sig),
        reason: match sig.reason_for_revocation() {
            Some((code, [])) => code.to_string(),
            Some((code, text)) => format!("{code}: {}", bounded(&String::from_utf8_lossy(text))),
            None => "no reason given".to_owned(),
        },
    })
}

/// Counts the valid signatures of the certificate over itself, and notes the digest of the newest of each component.
fn own_signatures(cert: &Cert, facts: &mut CertificateFacts) {
    let mut digests = std::collections::BTreeSet::new();
    let mut count = 0;
    let mut newest: Option<SystemTime> = None;
    let mut component = |own: &mut dyn Iterator<Item = &Signature>, bindings: bool| {
        let mut latest: Option<&Signature> = None;
        for sig in own {
            count += 1;
            newest = newest.max(sig.signature_creation_time());
            if latest.is_none_or(|held| held.signature_creation_time() < sig.signature_creation_time()) {
                latest = Some(sig);
            }
        }
        if let (true, Some(sig)) = (bindings, latest) {
            digests.insert(algorithm::digest(sig.hash_algo()));
        }
    };
    // Every component counts, valid under a policy or not: the question is what the copy holds.
    #[allow(clippy::disallowed_methods)]
    for key in cert.keys() {
        component(&mut key.self_signatures(), true);
        component(&mut key.self_revocations(), false);
    }
    for id in cert.userids() {
        component(&mut id.self_signatures(), true);
        component(&mut id.self_revocations(), false);
    }
    facts.own_signatures = count;
    facts.newest = newest.map(timestamp);
    facts.digests = digests.into_iter().collect();
}

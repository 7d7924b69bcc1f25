//! Puts a name to what the verifier found.
//!
//! STRATEGY. Acceptance is the verifier's alone: `Ok(GoodChecksum)` under the effective policy, as of the
//! signature's own time. A refusal comes as one of five errors that say which rule stopped first, not what the
//! packager must do. So a refused signature is looked at again, with rules taken away one at a time, until the
//! one that refused is known: checksum, binding, revocation, capability, expiry, dates, digest, key size,
//! self-signatures. The data is not read again; its digest is kept with the signature.

use super::facts::{AnyKey, Expiry, Revoked, ValidKey, date, expiry, issuers, made};
use super::policies::Policies;
use super::{Outcome, Task, algorithm, packets, system_time, timestamp};
use crate::keyring::report::bounded;
use crate::keyring::{Scheme, SignatureReport, SignatureState as State};
use sequoia_openpgp::KeyHandle;
use sequoia_openpgp::cert::amalgamation::ValidateAmalgamation;
use sequoia_openpgp::cert::amalgamation::key::PrimaryKey;
use sequoia_openpgp::packet::Signature;
use sequoia_openpgp::parse::stream::{GoodChecksum, VerificationError};
use sequoia_openpgp::policy::Policy;
use std::time::{Duration, SystemTime};

/// Turns verification results into reports.
pub(super) struct Judge<'a> {
    pub task: Task<'a>,
    pub policies: &'a Policies,
}

impl Judge<'_> {
    pub fn judge(&self, result: Result<GoodChecksum<'_>, VerificationError<'_>>) -> Outcome {
        let (sig, error) = match result {
            Ok(good) => {
                let report = self.good(good.sig, &good.ka);
                return Outcome {
                    report,
                    wrong_checksum: false,
                };
            }
            Err(VerificationError::MissingKey { sig }) => (sig, None),
            Err(VerificationError::UnboundKey { sig, error, .. })
            | Err(VerificationError::BadKey { sig, error, .. })
            | Err(VerificationError::BadSignature { sig, error, .. }) => (sig, Some(error)),
            Err(VerificationError::MalformedSignature { sig, error }) => {
                let report = self.report(sig, State::Malformed).detail(packets::words(&error));
                return Outcome {
                    report,
                    wrong_checksum: false,
                };
            }
            Err(other) => {
                let report = SignatureReport::new(
                    self.task.over,
                    Scheme::OpenPgp,
                    self.task.source,
                    State::Malformed,
                )
                .detail(bounded(&other.to_string()));
                return Outcome {
                    report,
                    wrong_checksum: false,
                };
            }
        };
        self.refused(sig, error)
    }

    /// What the signature says of itself.
    fn report(&self, sig: &Signature, state: State) -> SignatureReport {
        let mut report = SignatureReport::new(self.task.over, Scheme::OpenPgp, self.task.source, state);
        report.time = sig.signature_creation_time().map(timestamp);
        report.issuer_hint = issuers(sig).first().map(|issuer| format!("{issuer:X}"));
        report.algorithm = algorithm::of(sig, None);
        report
    }

    /// `report` with what the keyring knows about the key.
    fn about(&self, sig: &Signature, ka: &AnyKey<'_>, state: State) -> SignatureReport {
        let mut report = self.report(sig, state);
        let cert = ka.cert();
        report.fingerprint = Some(cert.fingerprint().to_hex());
        report.signing_key = (!ka.primary()).then(|| ka.key().fingerprint().to_hex());
        let primary = cert
            .with_policy(&self.policies.any, system_time(self.task.policy.now))
            .ok();
        let user_id = primary
            .as_ref()
            .and_then(|valid| valid.primary_userid().ok())
            .map(|user_id| user_id.userid().value().to_vec())
            .or_else(|| {
                cert.userids()
                    .next()
                    .map(|user_id| user_id.userid().value().to_vec())
            });
        report.user_id = user_id.map(|bytes| bounded(&String::from_utf8_lossy(&bytes)));
        report.keyring = self
            .task
            .certificates
            .get(&cert.fingerprint())
            .map(|held| bounded(&held.labels.join(", ")));
        report.algorithm = algorithm::of(sig, Some(ka.key()));
        report
    }

    /// The verifier accepted it. Revocations with a weak digest of their own can still take that back.
    fn good(&self, sig: &Signature, valid: &ValidKey<'_>) -> SignatureReport {
        let (policy, at) = (self.task.policy, made(sig));
        let ka = valid.amalgamation();
        let mut report = self.about(sig, ka, State::Good);
        if let Some(revoked) = self.revoked_at(ka, at) {
            return self.because_revoked(report, &revoked);
        }
        if ka.clone().with_policy(&self.policies.strict, at).is_err() {
            report.relaxed_by.push("accept-sha1-bindings");
        }
        let now = system_time(policy.now);
        report.detail = "the checksum is right and the certificate was valid when it signed".to_owned();
        if let Some(expiry) = expiry(&self.policies.effective, ka, now) {
            report.state = State::GoodCertificateExpiredSince;
            report.detail = format!(
                "good when it was made on {}; {} in the keyring expired on {}",
                date(at),
                expiry.what,
                expiry.on()
            );
            report.advice =
                Some("refresh the keyring: the owner may have extended the certificate since".to_owned());
        }
        if let Some(revoked) = self.revoked_at(ka, now) {
            report.detail.push_str(&format!(
                "; {} since ({}), after it signed",
                revoked.words, revoked.reason
            ));
            report.advice = Some(
                "check that the signature was published before the revocation, and take the successor's \
                 certificate into the keyring"
                    .to_owned(),
            );
        }
        report
    }

    // Here nothing is accepted any more: keys nobody vouches for are looked at to say why they were refused.
    #[allow(clippy::disallowed_methods)]
    fn refused(&self, sig: &Signature, error: Option<sequoia_openpgp::anyhow::Error>) -> Outcome {
        let settled = |report| Outcome {
            report,
            wrong_checksum: false,
        };
        let handles = issuers(sig);
        if handles.is_empty() {
            return settled(
                self.report(sig, State::UnknownSigner)
                    .detail("it does not name its issuer"),
            );
        }
        let candidates: Vec<AnyKey<'_>> = self
            .task
            .certificates
            .named(&handles)
            .flat_map(|held| held.cert.keys().key_handles(handles.clone()))
            .collect();
        let Some(first) = candidates.first() else {
            return settled(self.unknown(sig, &handles));
        };
        if let Some(report) = self.unsupported(sig, first) {
            return settled(report);
        }
        // Classification only: the verifier has refused already.
        let (young, old): (Vec<_>, Vec<_>) = candidates
            .iter()
            .partition(|ka| ka.key().creation_time() > made(sig));
        let matching: Vec<&AnyKey<'_>> = old
            .iter()
            .copied()
            .filter(|ka| sig.verify_document(ka.key()).is_ok())
            .collect();
        if let (true, Some(young)) = (old.is_empty(), young.first()) {
            return settled(self.about(sig, young, State::Bad).detail(format!(
                "it claims to be of {}, but its key was made on {}",
                date(made(sig)),
                date(young.key().creation_time())
            )));
        }
        if matching.is_empty() {
            let report = self.about(sig, first, State::Bad).detail(
                "the checksum is wrong: these are not the bytes that were signed, or the signature was changed",
            );
            return Outcome {
                report,
                wrong_checksum: true,
            };
        }
        let mut reports: Vec<_> = matching
            .iter()
            .map(|ka| self.ladder(sig, ka, error.as_ref()))
            .collect();
        // Of several certificates that claim the key, the one that can say most about it.
        reports.sort_by_key(|report| report.state == State::Bad);
        settled(reports.swap_remove(0))
    }

    fn unknown(&self, sig: &Signature, handles: &[KeyHandle]) -> SignatureReport {
        // A key id that is the end of a fingerprint says nothing more.
        let spelled: Vec<_> = handles.iter().map(|handle| format!("{handle:X}")).collect();
        let says_more = |name: &&String| {
            !spelled
                .iter()
                .any(|other| other.len() > name.len() && other.ends_with(*name))
        };
        let names: Vec<&str> = spelled.iter().filter(says_more).map(String::as_str).collect();
        self.report(sig, State::UnknownSigner)
            .detail(format!("made by {}, which no certificate of the keyring has", names.join(", ")))
            .advice(
                "if that is upstream's, get the certificate from upstream by a way you trust and add it to the \
                 keyring",
            )
    }

    /// What the cryptographic library cannot do is not the signature's fault.
    fn unsupported(&self, sig: &Signature, ka: &AnyKey<'_>) -> Option<SignatureReport> {
        if !sig.pk_algo().is_supported() || !sig.hash_algo().is_supported() {
            let weak = algorithm::is_broken(sig.hash_algo());
            let report = self.about(sig, ka, if weak { State::Weak } else { State::Unsupported });
            let detail = format!("{} is not verified here", report.algorithm);
            return Some(report.detail(detail));
        }
        let keys = [AnyKey::from(ka.cert().primary_key()), ka.clone()];
        let large = keys.iter().find(|key| algorithm::is_too_large(key.key()))?;
        Some(self.about(sig, ka, State::Unsupported).detail(format!(
            "{} is larger than what is verified here, {} bits",
            algorithm::of_key(large.key()),
            algorithm::LARGEST_RSA
        )))
    }

    /// The checksum is right. Which rule refused it?
    fn ladder(
        &self,
        sig: &Signature,
        ka: &AnyKey<'_>,
        error: Option<&sequoia_openpgp::anyhow::Error>,
    ) -> SignatureReport {
        let at = made(sig);
        let lenient = match ka.clone().with_policy(&self.policies.any, at) {
            Ok(lenient) => lenient,
            Err(error) => return self.unbound(sig, ka, &error),
        };
        if let Some(revoked) = self.revoked_at(ka, at) {
            return self.because_revoked(self.about(sig, ka, State::CertificateRevoked), &revoked);
        }
        if !lenient.for_signing() {
            return self
                .about(sig, ka, State::Bad)
                .detail("the certificate does not allow this key to sign data");
        }
        if let Err(error) = sig.signature_alive(system_time(self.task.policy.now), Duration::ZERO) {
            return self.about(sig, ka, State::Bad).detail(self.dead(sig, &error));
        }
        if let Some(report) = self.weak_or_odd(sig, ka) {
            return report;
        }
        let sha1 = self.sha1_binding(ka, at);
        if let Some(expiry) = expiry(&self.policies.any, ka, at) {
            return self.expired(sig, ka, &expiry, sha1);
        }
        if sha1 {
            return self
                .about(sig, ka, State::Weak)
                .detail(
                    "the checksum is right, but the certificate's own self-signatures use SHA-1, so what it says \
                     of its keys and dates can be forged",
                )
                .advice(
                    "refresh the keyring, or ask upstream to renew the certificate's self-signatures; or accept \
                     SHA-1 self-signatures knowingly",
                );
        }
        let why = error.map_or_else(|| "no reason given".to_owned(), packets::words);
        self.about(sig, ka, State::Bad).detail(format!("refused: {why}"))
    }

    /// Not even with every algorithm allowed does the certificate own this key at that time.
    fn unbound(
        &self,
        sig: &Signature,
        ka: &AnyKey<'_>,
        error: &sequoia_openpgp::anyhow::Error,
    ) -> SignatureReport {
        let now = system_time(self.task.policy.now);
        match ka.clone().with_policy(&self.policies.any, now) {
            Ok(valid) if valid.for_signing() && self.revoked_at(ka, now).is_none() => self
                .about(sig, ka, State::CertificateExpiredAtSigning)
                .detail(format!(
                    "the checksum is right, but the keyring's copy of the certificate says nothing about {}: \
                     its oldest self-signatures are newer",
                    date(made(sig))
                ))
                .advice("get a copy that keeps older self-signatures (exported without export-minimal)"),
            _ => self.about(sig, ka, State::Bad).detail(format!(
                "made by a key that is not bound to the certificate: {}",
                packets::words(error)
            )),
        }
    }

    /// Dates that exclude the signature.
    fn dead(&self, sig: &Signature, error: &sequoia_openpgp::anyhow::Error) -> String {
        let now = system_time(self.task.policy.now);
        match sig.signature_expiration_time() {
            _ if made(sig) > now => format!("it claims to be of {}, which is in the future", date(made(sig))),
            Some(expired) => format!("the signature itself expired on {}", date(expired)),
            None => packets::words(error),
        }
    }

    fn weak_or_odd(&self, sig: &Signature, ka: &AnyKey<'_>) -> Option<SignatureReport> {
        if algorithm::is_broken(sig.hash_algo()) {
            let digest = algorithm::digest(sig.hash_algo());
            let besides = match self.small_key(sig, ka) {
                Some(small) => format!("; {small}"),
                None => String::new(),
            };
            return Some(
                self.about(sig, ka, State::Weak)
                    .detail(format!(
                        "it signs a {digest} digest, for which a second text can be made{besides}"
                    ))
                    .advice("ask upstream to sign with SHA-256 or SHA-512 (in gpg.conf: personal-digest-preferences SHA512)"),
            );
        }
        if let Err(error) = self.policies.effective.signature(sig, Default::default()) {
            return Some(
                self.about(sig, ka, State::Malformed)
                    .detail(packets::words(&error)),
            );
        }
        let small = self.small_key(sig, ka)?;
        Some(
            self.about(sig, ka, State::Weak)
                .detail(small)
                .advice("ask upstream for a signature by a stronger key"),
        )
    }

    /// Words, if the primary key or the key that signed is one the policy refuses.
    fn small_key(&self, sig: &Signature, ka: &AnyKey<'_>) -> Option<String> {
        let keys = [AnyKey::from(ka.cert().primary_key()), ka.clone()];
        let weak = keys.iter().find(|&key| {
            let valid = key.clone().with_policy(&self.policies.any, made(sig));
            valid.is_ok_and(|valid| self.policies.effective.key(&valid).is_err())
        })?;
        let place = if weak.primary() {
            "primary key"
        } else {
            "signing subkey"
        };
        Some(format!(
            "the certificate's {place} is {}, which is too small to resist forgery (2048 bits or more were expected)",
            algorithm::of_key(weak.key())
        ))
    }

    /// Whether SHA-1 self-signatures are what the strict policy refuses about this key.
    fn sha1_binding(&self, ka: &AnyKey<'_>, at: SystemTime) -> bool {
        ka.clone().with_policy(&self.policies.effective, at).is_err()
            && ka.clone().with_policy(&self.policies.sha1_bindings, at).is_ok()
    }

    fn expired(&self, sig: &Signature, ka: &AnyKey<'_>, expiry: &Expiry, sha1: bool) -> SignatureReport {
        let mut report = self.about(sig, ka, State::CertificateExpiredAtSigning);
        report.detail = format!(
            "{} in the keyring expired on {}, the signature is of {}",
            expiry.what,
            expiry.on(),
            date(made(sig))
        );
        // What the lenient look has seen is worth nothing here: the binding must count, too.
        let acceptable = ka
            .clone()
            .with_policy(&self.policies.effective, made(sig))
            .is_ok_and(|valid| valid.for_signing());
        if self.task.policy.accept_expired_certificate && acceptable {
            report.state = State::Good;
            report.relaxed_by.push("accept-expired-certificate");
            if ka.clone().with_policy(&self.policies.strict, made(sig)).is_err() {
                report.relaxed_by.push("accept-sha1-bindings");
            }
            return report;
        }
        if sha1 {
            report.detail.push_str("; its self-signatures use SHA-1 besides");
        }
        report.advice(
            "refresh the keyring: the owner has probably extended the certificate (gpg --refresh-keys, or upstream's \
             web site), then compare the fingerprint",
        )
    }

    fn because_revoked(&self, mut report: SignatureReport, revoked: &Revoked) -> SignatureReport {
        report.state = State::CertificateRevoked;
        report.relaxed_by.clear();
        report
            .detail(format!("{} ({})", revoked.words, revoked.reason))
            .advice("do not use this release until upstream says with which certificate it is signed now")
    }

    fn revoked_at(&self, ka: &AnyKey<'_>, at: SystemTime) -> Option<Revoked> {
        Revoked::at(&self.policies.any, ka, at)
    }
}

//! SSH certificates inside signatures (OpenSSH, PROTOCOL.certkeys): a key vouched for by a `cert-authority` line.

use super::allowed_signers::Signer;
use super::pattern::{Match, list_matches};
use super::verify::key_weakness;
use jiff::Timestamp;
use ssh_key::certificate::CertType;
use ssh_key::{Certificate, HashAlg};

/// Checks everything about `certificate` except the signature that its key made. Ok: the principal for which
/// `authority` allows it. Err: words why not.
pub(super) fn check(certificate: &Certificate, authority: &Signer, at: Timestamp) -> Result<String, String> {
    if certificate.cert_type() != CertType::User {
        return Err("the SSH certificate is a host's, not a user's".to_owned());
    }
    if !certificate.critical_options().is_empty() {
        return Err(
            "the SSH certificate has critical options, which limit its use in ways not checked here"
                .to_owned(),
        );
    }
    if let Some(words) = key_weakness(certificate.signature_key()) {
        return Err(format!("the certification authority's key is too weak: {words}"));
    }
    let seconds = u64::try_from(at.as_second()).unwrap_or(0);
    certificate
        .validate_at(seconds, [&authority.key.fingerprint(HashAlg::Sha256)])
        .map_err(|_| {
            format!("the SSH certificate was not valid at {at}, or the authority did not sign it")
        })?;
    let allowed = authority.principals.as_deref().unwrap_or_default();
    certificate
        .valid_principals()
        .iter()
        .find(|principal| list_matches(allowed, principal) == Match::Yes)
        .cloned()
        .ok_or_else(|| {
            "the SSH certificate names no principal that the allowed signers file allows".to_owned()
        })
}

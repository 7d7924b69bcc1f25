//! What `tarvet keyring audit` says of the keyring, held against what gpg and sqv said of each signature.

use serde_json::Value;

use super::command::Check;
use super::facts::Fact;
use super::material::Material;
use super::record::{Record, SignatureFacts};

/// A fact for each signature of the record, where the keyring is the one that it was made with.
pub fn facts(record: &Record, check: &Check<'_>, material: &Material) -> Result<Vec<Fact>, String> {
    if !material.keyring_as_recorded || record.debian_keyring.is_none() {
        return Ok(Vec::new());
    }
    let audit = check.audit()?;
    let signatures = [
        ("audit_tag_sig", &record.tag_sig),
        ("audit_tarball_sig", &record.tarball_sig),
        ("audit_commit_sig", &record.commit_sig),
    ];
    let fact = |(field, signature): (&'static str, &Option<SignatureFacts>)| {
        let signature = signature.as_ref()?;
        Some(Fact {
            field,
            expected: expected(signature)?,
            found: found(signature, &audit),
        })
    };
    Ok(signatures.into_iter().filter_map(fact).collect())
}

/// The certificate as gpg and sqv showed it; None where they say nothing of one.
fn expected(signature: &SignatureFacts) -> Option<String> {
    match signature.status.as_deref()? {
        "NO_PUBKEY" => Some(STRANGER.to_owned()),
        "GOODSIG" | "EXPKEYSIG" => Some(words(
            signature.key_expired_now,
            signature.key_expired_at_sig_time.unwrap_or(false),
            signature.key_revoked,
            signature.sqv_err.contains("SHA1 is not considered secure"),
        )),
        _ => None,
    }
}

const STRANGER: &str = "not in the keyring";

fn words(expired: bool, expired_then: bool, revoked: bool, refused: bool) -> String {
    format!(
        "expired {expired}, when it signed {expired_then}; revoked {revoked}; refused by policy {refused}"
    )
}

/// The same of the audit: of the certificate, and of the key of it that signed.
fn found(signature: &SignatureFacts, audit: &Value) -> String {
    let files = audit["files"].as_array().into_iter().flatten();
    let certificates: Vec<&Value> = files
        .flat_map(|file| file["certificates"].as_array().into_iter().flatten())
        .collect();
    let of = |issuer: &String| {
        let named = |key: &Value| {
            let fingerprint = key["fingerprint"].as_str().unwrap_or_default();
            issuer.len() >= 16 && fingerprint.ends_with(issuer.as_str())
        };
        certificates
            .iter()
            .copied()
            .find(|certificate| keys(certificate).any(named))
    };
    // Of several signatures in one file gpg's status is that of the worst: a stranger's.
    let absent = signature.issuer_fprs.iter().any(|issuer| of(issuer).is_none());
    let is_strangers = signature.status.as_deref() == Some("NO_PUBKEY") && absent;
    let mut issuers = signature.sig_fpr.iter().chain(&signature.issuer_fprs);
    let Some(certificate) = issuers.find_map(of).filter(|_| !is_strangers) else {
        return STRANGER.to_owned();
    };
    let made =
        |key: &&Value| key["primary"] == true || key["fingerprint"].as_str() == signature.sig_fpr.as_deref();
    let expires = keys(certificate)
        .filter(made)
        .chain([certificate])
        .filter_map(|it| it["expires"].as_str())
        .min();
    // Times of one form and one zone: their order is that of their text.
    let by = |moment: Option<&str>| {
        expires
            .zip(moment)
            .is_some_and(|(expires, moment)| expires <= moment)
    };
    words(
        by(audit["now"].as_str()),
        by(signature.sig_time.and_then(timestamp).as_deref()),
        certificate["standing"] == "revoked",
        // What rests on SHA-1 and on a short key is told as the latter.
        keys(certificate)
            .filter(made)
            .any(|key| key["sha1_binding"] == true || key["weak"] == true),
    )
}

fn keys(certificate: &Value) -> impl Iterator<Item = &Value> {
    certificate["keys"].as_array().into_iter().flatten()
}

/// As the report spells a time.
fn timestamp(seconds: i64) -> Option<String> {
    let time = jiff::Timestamp::from_second(seconds).ok()?;
    Some(time.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{STRANGER, SignatureFacts, expected, found};

    #[test]
    fn the_key_that_signed_is_looked_at() {
        let audit = json!({"now": "2026-09-15T00:00:00Z", "files": [{"certificates": [{
            "standing": "can-sign",
            "expires": null,
            "keys": [
                {"fingerprint": "AAAAAAAAAAAAAAAAAAAA", "primary": true, "sha1_binding": false},
                {"fingerprint": "BBBBBBBBBBBBBBBBBBBB", "expires": "2020-01-01T00:00:00Z", "sha1_binding": true},
            ],
        }]}]});
        let mut signature = SignatureFacts {
            status: Some("EXPKEYSIG".to_owned()),
            sig_fpr: Some("BBBBBBBBBBBBBBBBBBBB".to_owned()),
            sig_time: Some(1_500_000_000),
            key_expired_now: true,
            key_expired_at_sig_time: Some(false),
            sqv_err: "SHA1 is not considered secure".to_owned(),
            ..SignatureFacts::default()
        };
        assert_eq!(expected(&signature), Some(found(&signature, &audit)));
        signature.sig_time = Some(1_600_000_000);
        assert_ne!(expected(&signature), Some(found(&signature, &audit)));
        signature.sig_fpr = Some("AAAAAAAAAAAAAAAAAAAA".to_owned());
        assert!(found(&signature, &audit).starts_with("expired false"));
        signature.sig_fpr = Some("CCCCCCCCCCCCCCCCCCCC".to_owned());
        assert_eq!(found(&signature, &audit), STRANGER);
    }
}

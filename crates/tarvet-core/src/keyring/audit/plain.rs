//! SSH signers, minisign and signify keys.

use ssh_key::public::KeyData;

use super::PlainKey;
use crate::keyring::ed25519::{self, NotAKey};
use crate::keyring::report::bounded;
use crate::keyring::ssh::{Signer, Signers};
use crate::keyring::{Scheme, report::day};

/// Most keys of one file.
const MOST_KEYS: usize = 5_000;
/// Smallest RSA modulus that nobody can factor for money, in bits.
const SMALLEST_RSA: usize = 2_048;

/// What a text file holds.
#[derive(Debug, Default)]
pub(super) struct Plain {
    pub keys: Vec<PlainKey>,
    pub notes: Vec<String>,
    pub secret: Option<&'static str>,
    pub signatures: usize,
    pub limit: Option<String>,
}

/// Takes a text file apart: one minisign or signify key, or SSH signers line by line.
pub(super) fn keys(label: &str, bytes: &[u8]) -> Plain {
    let mut plain = Plain {
        secret: ed25519::has_secret(bytes).then_some("a minisign or signify secret key"),
        ..Plain::default()
    };
    let mut ed25519 = ed25519::Keys::default();
    match ed25519.add(label, bytes) {
        Ok(()) => {
            plain.keys = ed25519.iter().map(minisign).collect();
            return plain;
        }
        Err(NotAKey::Secret) => {
            plain.secret = Some("a minisign or signify secret key");
            return plain;
        }
        Err(NotAKey::Signature) => {
            plain.signatures = 1;
            return plain;
        }
        Err(NotAKey::Unreadable) => {}
    }
    let mut signers = Signers::default();
    let added = signers.add(label, bytes);
    plain.notes = added.notes;
    plain.keys = signers.iter().take(MOST_KEYS).map(ssh).collect();
    if added.accepted > MOST_KEYS {
        plain.limit = Some(format!(
            "{} SSH signers, of which {MOST_KEYS} were judged",
            added.accepted
        ));
    }
    plain
}

fn minisign(key: &ed25519::Key) -> PlainKey {
    PlainKey {
        scheme: key.scheme,
        fingerprint: key.encoded(),
        identity: bounded(&key.comment),
        algorithm: "Ed25519".to_owned(),
        weak: false,
        line: 0,
        options: Vec::new(),
        valid_after: None,
        valid_before: None,
        why: None,
    }
}

fn ssh(signer: &Signer) -> PlainKey {
    let (algorithm, weak) = algorithm(&signer.key);
    let mut options = Vec::new();
    if signer.authority {
        options.push("cert-authority".to_owned());
    }
    if let Some(namespaces) = &signer.namespaces {
        options.push(format!("namespaces={}", bounded(namespaces)));
    }
    options.extend(
        signer
            .valid_after
            .map(|time| format!("valid-after={}", day(time))),
    );
    options.extend(
        signer
            .valid_before
            .map(|time| format!("valid-before={}", day(time))),
    );
    PlainKey {
        scheme: Scheme::Ssh,
        fingerprint: signer.fingerprint(),
        identity: signer.identity().unwrap_or_default(),
        algorithm,
        weak,
        line: signer.line,
        options,
        valid_after: signer.valid_after,
        valid_before: signer.valid_before,
        why: signer.namespaces.as_deref().and_then(outside),
    }
}

/// Why no tag can be signed: the namespaces are told one by one, and `git` is not among them.
fn outside(namespaces: &str) -> Option<String> {
    let may = |name: &str| name == "git" || name.contains(['*', '?']);
    (!namespaces.split(',').any(may))
        .then(|| format!("its namespaces ({}) leave out git", bounded(namespaces)))
}

/// Such as `RSA-3072`, and whether it can be broken.
fn algorithm(key: &KeyData) -> (String, bool) {
    match key {
        KeyData::Rsa(rsa) => {
            let octets = rsa.n.as_positive_bytes().unwrap_or_default();
            let unused = octets.first().map_or(0, |first| first.leading_zeros() as usize);
            let bits = (octets.len() * 8).saturating_sub(unused);
            (format!("RSA-{bits}"), bits < SMALLEST_RSA)
        }
        KeyData::Ecdsa(key) => (format!("ECDSA {}", key.curve()), false),
        KeyData::Ed25519(_) => ("Ed25519".to_owned(), false),
        KeyData::SkEd25519(_) => ("Ed25519, security key".to_owned(), false),
        KeyData::SkEcdsaSha2NistP256(_) => ("ECDSA nistp256, security key".to_owned(), false),
        other => (bounded(other.algorithm().as_str()), false),
    }
}

//! Names of algorithms as people know them.

use sequoia_openpgp::crypto::mpi::PublicKey;
use sequoia_openpgp::packet::{Key, Signature, key};
use sequoia_openpgp::types::{HashAlgorithm, PublicKeyAlgorithm};

/// Such as `RSA-4096, SHA-512`.
pub(super) fn of(sig: &Signature, key: Option<&Key<key::PublicParts, key::UnspecifiedRole>>) -> String {
    let public = key.map_or_else(|| family(sig.pk_algo()), of_key);
    format!("{public}, {}", digest(sig.hash_algo()))
}

/// Such as `RSA-4096`.
pub(super) fn of_key(key: &Key<key::PublicParts, key::UnspecifiedRole>) -> String {
    let family = family(key.pk_algo());
    match key.mpis() {
        PublicKey::RSA { .. } | PublicKey::DSA { .. } => match key.mpis().bits() {
            Some(bits) => format!("{family}-{bits}"),
            None => family,
        },
        PublicKey::EdDSA { curve, .. } => curve.to_string(),
        PublicKey::ECDSA { curve, .. } => format!("ECDSA {curve}"),
        _ => family,
    }
}

fn family(algorithm: PublicKeyAlgorithm) -> String {
    use PublicKeyAlgorithm as A;
    #[allow(deprecated)]
    let name = match algorithm {
        A::RSAEncryptSign | A::RSASign | A::RSAEncrypt => "RSA",
        A::DSA => "DSA",
        A::ECDSA => "ECDSA",
        A::EdDSA => "EdDSA",
        A::Ed25519 => "Ed25519",
        A::Ed448 => "Ed448",
        other => return super::super::report::bounded(&other.to_string()),
    };
    name.to_owned()
}

/// The RSA implementation refuses larger keys, because their cost grows with the cube of their size.
pub(super) const LARGEST_RSA: usize = 4096;

/// Whether signatures by that key, its own self-signatures included, cannot be checked for its size.
pub(super) fn is_too_large(key: &Key<key::PublicParts, key::UnspecifiedRole>) -> bool {
    matches!(key.mpis(), PublicKey::RSA { .. }) && key.mpis().bits().is_some_and(|bits| bits > LARGEST_RSA)
}

/// Such as `SHA-512`.
pub(super) fn digest(algorithm: HashAlgorithm) -> String {
    use HashAlgorithm as H;
    let name = match algorithm {
        H::MD5 => "MD5",
        H::SHA1 => "SHA-1",
        H::RipeMD => "RIPEMD-160",
        H::SHA224 => "SHA-224",
        H::SHA256 => "SHA-256",
        H::SHA384 => "SHA-384",
        H::SHA512 => "SHA-512",
        H::SHA3_256 => "SHA3-256",
        H::SHA3_512 => "SHA3-512",
        other => return other.to_string(),
    };
    name.to_owned()
}

/// Digests for which two texts with one digest can be made.
pub(super) fn is_broken(algorithm: HashAlgorithm) -> bool {
    matches!(
        algorithm,
        HashAlgorithm::MD5 | HashAlgorithm::SHA1 | HashAlgorithm::RipeMD
    )
}

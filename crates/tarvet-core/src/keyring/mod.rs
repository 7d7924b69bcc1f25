//! The only place that touches OpenPGP, SSH, minisign and signify signatures.
//!
//! A [`Keyring`] is what the caller trusts, read from files whose format is told by their bytes. Signatures are
//! checked either inside a git object ([`verify_object`]) or beside a tarball ([`verify_detached`]). Both return
//! one [`SignatureReport`] per signature found; a file without any yields one report that says so. Nothing is
//! fetched, nothing that a signature carries along is imported, and time is an argument: [`SignaturePolicy::now`]
//! for the judgement, the signature's own time for the validity of certificates.
//!
//! What is not done: no web of trust (user ids are shown, never relied on), no X.509, no revocation list for SSH.

mod add;
mod armor;
pub mod audit;
mod cleartext;
mod detached;
mod detect;
mod ed25519;
mod object;
mod openpgp;
mod pieces;
mod report;
pub mod rollover;
mod ssh;
pub mod succession;

#[cfg(test)]
#[allow(
    clippy::disallowed_methods,
    reason = "tests make and take apart what the judgement may not"
)]
mod tests;

pub use add::KeyringError;
pub use cleartext::verify_cleartext;
pub use detached::{SignedBytes, verify_detached};
pub use object::verify_object;
pub use report::{Scheme, SignaturePolicy, SignatureReport, SignatureState, SignedThing};

use report::bounded;

/// Everything the caller trusts to sign: certificates, SSH signers and minisign or signify keys, each with the
/// label of the file it came from.
#[derive(Clone, Debug, Default)]
pub struct Keyring {
    certificates: openpgp::Certificates,
    signers: ssh::Signers,
    ed25519: ed25519::Keys,
    notes: Vec<KeyringNote>,
}

/// One accepted identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyringEntry {
    /// The format of the signatures it makes.
    pub scheme: Scheme,
    /// In full: hexadecimal for OpenPGP, `SHA256:…` for SSH, the base64 public key for minisign and signify.
    pub fingerprint: String,
    /// User ids of a certificate (best first), principals of an SSH signer, or the comment. Raw text.
    pub identities: Vec<String>,
    /// Labels of the files it came from.
    pub labels: Vec<String>,
}

/// Something in a keyring file that was not used, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyringNote {
    /// Label of the file.
    pub label: String,
    /// One sentence; raw text.
    pub text: String,
}

impl Keyring {
    /// A keyring that trusts nobody.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether nobody is trusted.
    pub fn is_empty(&self) -> bool {
        self.certificates.is_empty() && self.signers.is_empty() && self.ed25519.is_empty()
    }

    /// Every accepted identity: a report must be able to list them all.
    pub fn entries(&self) -> Vec<KeyringEntry> {
        let certificates = self.certificates.iter().map(|held| KeyringEntry {
            scheme: Scheme::OpenPgp,
            fingerprint: held.cert.fingerprint().to_hex(),
            identities: held
                .cert
                .userids()
                .map(|user_id| bounded(&String::from_utf8_lossy(user_id.userid().value())))
                .collect(),
            labels: held.labels.clone(),
        });
        let signers = self.signers.iter().map(|signer| KeyringEntry {
            scheme: Scheme::Ssh,
            fingerprint: signer.fingerprint(),
            identities: signer.identity().into_iter().collect(),
            labels: vec![signer.label.clone()],
        });
        let keys = self.ed25519.iter().map(|key| KeyringEntry {
            scheme: key.scheme,
            fingerprint: key.encoded(),
            identities: vec![key.comment.clone()],
            labels: vec![key.label.clone()],
        });
        certificates.chain(signers).chain(keys).collect()
    }

    /// This keyring and another one; copies of one certificate are merged.
    pub(crate) fn joined(&self, other: &Self) -> Self {
        let mut joined = self.clone();
        joined.certificates.join(&other.certificates);
        joined.signers.join(&other.signers);
        joined.ed25519.join(&other.ed25519);
        joined.notes.extend(other.notes.iter().cloned());
        joined
    }

    /// This keyring with what the copies in another one say of its certificates, a revocation above all. Lines about
    /// SSH, minisign and signify keys are not signed: those of this one hold.
    pub(crate) fn brought_up_to_date(&self, other: &Self) -> Self {
        let mut joined = self.clone();
        joined.certificates.join_known(&other.certificates);
        joined
    }

    /// What the keyring files held that is not used: garbage between blocks, secret keys, malformed lines.
    pub fn notes(&self) -> &[KeyringNote] {
        &self.notes
    }
}

//! What is known of one file of certificates or keys before anything is judged. Text from files is raw: it is escaped
//! on its way into a report.

use jiff::Timestamp;

use crate::keyring::Scheme;

/// One file of certificates or keys, taken apart as of one moment.
#[derive(Clone, Debug)]
pub struct Audit {
    /// The moment for which everything is judged.
    pub now: Timestamp,
    /// Names the file in reports.
    pub label: String,
    /// Length of the file in bytes.
    pub size: u64,
    /// What the file looks like: a noun phrase.
    pub shape: &'static str,
    /// Peculiarities of the encoding, a phrase each.
    pub oddities: Vec<String>,
    /// Armored blocks of public certificates.
    pub blocks: usize,
    /// Secret material that belongs to no certificate of `certificates`: kinds, never contents.
    pub secrets: Vec<String>,
    /// Whether the file holds signatures and nothing else.
    pub is_signature: bool,
    /// What could not be read, a sentence each.
    pub damage: Vec<String>,
    /// Limits that were hit: what follows was not judged.
    pub limits: Vec<String>,
    /// The OpenPGP certificates, in the order of the file.
    pub certificates: Vec<CertificateFacts>,
    /// SSH signers, minisign and signify keys, in the order of the file.
    pub keys: Vec<PlainKey>,
    /// Why the file could not be read at all, or what is wrong with the package around it.
    pub trouble: Option<String>,
}

/// What a certificate is worth at [`Audit::now`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// It can make signatures that `check` takes.
    CanSign,
    /// It could, and has expired.
    Expired,
    /// Its owner revoked it.
    Revoked,
    /// Its self-signatures use SHA-1, which the strict policy refuses.
    RefusedSha1,
    /// Its keys or self-signatures rest on an algorithm that can be broken.
    RefusedWeak,
    /// No key of it may sign.
    CannotSign,
    /// It could not be judged.
    NotJudged,
}

impl Standing {
    /// The name used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CanSign => "can-sign",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
            Self::RefusedSha1 => "refused-sha1",
            Self::RefusedWeak => "refused-weak",
            Self::CannotSign => "cannot-sign",
            Self::NotJudged => "not-judged",
        }
    }
}

/// One OpenPGP certificate.
#[derive(Clone, Debug)]
pub struct CertificateFacts {
    /// Hexadecimal, in full.
    pub fingerprint: String,
    /// The first user ids, raw.
    pub user_ids: Vec<String>,
    /// How many user ids there are.
    pub user_id_count: usize,
    /// What it is worth.
    pub standing: Standing,
    /// Why it could not be judged, or cannot sign.
    pub why: Option<String>,
    /// A revocation that counts.
    pub revocation: Option<RevocationFacts>,
    /// When the certificate expires; None: never, or not known.
    pub expires: Option<Timestamp>,
    /// The primary key, then the subkeys.
    pub keys: Vec<KeyFacts>,
    /// Digests of its newest self-signatures, such as `SHA-512`.
    pub digests: Vec<String>,
    /// Signatures over it by others.
    pub certifications: usize,
    /// User attributes: pictures.
    pub attributes: usize,
    /// Valid signatures that it made over itself.
    pub own_signatures: usize,
    /// When the newest of them was made.
    pub newest: Option<Timestamp>,
    /// Signatures or components that cannot be read.
    pub unreadable: usize,
    /// Secret key material was in the file.
    pub secret: bool,
    /// It has more signatures by itself, or more user ids and subkeys, than are read.
    pub overfull: bool,
}

impl CertificateFacts {
    /// The first user id, or none.
    pub fn name(&self) -> &str {
        self.user_ids.first().map_or("no user id", String::as_str)
    }

    /// How messages name it: in full, and with its user id.
    pub fn called(&self) -> String {
        format!("{} ({})", self.fingerprint, self.name())
    }

    /// A command of a help, with this certificate's fingerprint in it.
    pub(super) fn naming(&self, help: &str) -> String {
        help.replace("FINGERPRINT", &self.fingerprint)
    }
}

/// One key of a certificate.
#[derive(Clone, Debug)]
pub struct KeyFacts {
    /// Hexadecimal, in full.
    pub fingerprint: String,
    /// Whether it is the primary key.
    pub primary: bool,
    /// Such as `RSA-4096`.
    pub algorithm: String,
    /// Whether the algorithm or its size can be broken.
    pub weak: bool,
    /// When it was made.
    pub created: Timestamp,
    /// When it expires; None: never, or with the certificate.
    pub expires: Option<Timestamp>,
    /// Whether the certificate says that it signs.
    pub for_signing: bool,
    /// Whether signatures by it are taken at [`Audit::now`].
    pub signs_now: bool,
    /// Whether it has expired.
    pub expired: bool,
    /// Whether the certificate's binding of it uses SHA-1.
    pub sha1: bool,
    /// It says that it signs, but did not agree to belong to this certificate.
    pub lacks_back_signature: bool,
    /// A revocation of this key alone.
    pub revocation: Option<RevocationFacts>,
}

/// A revocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevocationFacts {
    /// When it says it was made.
    pub time: Option<Timestamp>,
    /// Holds for all time: compromised, or without a reason (RFC 9580, section 5.2.3.31).
    pub hard: bool,
    /// The reason and the owner's words, raw.
    pub reason: String,
}

/// An SSH signer, or a minisign or signify key.
#[derive(Clone, Debug)]
pub struct PlainKey {
    /// The format of its signatures.
    pub scheme: Scheme,
    /// `SHA256:…`, or the base64 public key.
    pub fingerprint: String,
    /// Principals or comment, raw.
    pub identity: String,
    /// Such as `RSA-3072` or `Ed25519`.
    pub algorithm: String,
    /// Whether the algorithm or its size can be broken.
    pub weak: bool,
    /// The line of the file, from 1; 0 where the file has one key.
    pub line: usize,
    /// Options of an `allowed_signers` line, such as `namespaces=git`.
    pub options: Vec<String>,
    /// From when on it may sign.
    pub valid_after: Option<Timestamp>,
    /// Until when it may sign.
    pub valid_before: Option<Timestamp>,
    /// Why it can sign no tag, if so.
    pub why: Option<String>,
}

impl PlainKey {
    /// Whether it may sign at `now`.
    pub fn alive(&self, now: Timestamp) -> bool {
        self.valid_after.is_none_or(|from| from <= now) && self.valid_before.is_none_or(|until| now < until)
    }
}

//! The wire types of an audit. All text from files is escaped here and nowhere else.

use serde::Serialize;

use super::{Audit, CertificateFacts, KeyFacts, PlainKey, RevocationFacts};
use crate::checks::Finding;
use crate::escape::escape;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

/// The version of the shape. Keys are only ever added under the same number.
pub const SCHEMA_VERSION: u32 = 1;

/// One file.
#[derive(Debug, Clone, Serialize)]
pub struct FileReport {
    /// Its path; within a tarball `TARBALL:MEMBER`.
    pub path: String,
    /// Length in bytes.
    pub size: u64,
    /// SHA-256 of the file; absent where it was not read.
    pub sha256: Option<String>,
    /// What it looks like.
    pub format: &'static str,
    /// OpenPGP certificates.
    pub certificates: Vec<CertificateReport>,
    /// SSH signers, minisign and signify keys.
    pub keys: Vec<PlainReport>,
    /// Every fault, the gravest first.
    pub findings: Vec<FindingReport>,
}

/// One certificate.
#[derive(Debug, Clone, Serialize)]
pub struct CertificateReport {
    /// Hexadecimal, in full.
    pub fingerprint: String,
    /// The first user ids.
    pub user_ids: Vec<String>,
    /// How many there are.
    pub user_id_count: usize,
    /// What it is worth: `can-sign`, `expired`, `revoked`, `refused-sha1`, `refused-weak`, `cannot-sign`, `not-judged`.
    pub standing: &'static str,
    /// Why, where the name of the standing does not say it.
    pub why: Option<String>,
    /// When the primary key was made (RFC 3339).
    pub created: Option<String>,
    /// When the certificate expires (RFC 3339).
    pub expires: Option<String>,
    /// Its revocation.
    pub revocation: Option<RevocationReport>,
    /// Digests of the newest self-signatures.
    pub self_signature_digests: Vec<String>,
    /// Valid signatures of the certificate over itself.
    pub own_signatures: usize,
    /// When the newest of them was made (RFC 3339).
    pub newest_own_signature: Option<String>,
    /// Signatures over it by others.
    pub certifications: usize,
    /// User attributes.
    pub attributes: usize,
    /// Whether secret key material was with it.
    pub secret: bool,
    /// The primary key, then the subkeys.
    pub keys: Vec<KeyReport>,
}

/// One key of a certificate.
#[derive(Debug, Clone, Serialize)]
pub struct KeyReport {
    /// Hexadecimal, in full.
    pub fingerprint: String,
    /// Whether it is the primary key.
    pub primary: bool,
    /// Such as `RSA-4096`.
    pub algorithm: String,
    /// Whether the algorithm or its size can be broken.
    pub weak: bool,
    /// When it was made (RFC 3339).
    pub created: String,
    /// When it expires (RFC 3339).
    pub expires: Option<String>,
    /// Whether the certificate says that it signs.
    pub for_signing: bool,
    /// Whether signatures by it are taken.
    pub signs_now: bool,
    /// Whether its binding uses SHA-1.
    pub sha1_binding: bool,
    /// Whether it lacks the back-signature of a signing subkey.
    pub lacks_back_signature: bool,
    /// A revocation of this key alone.
    pub revocation: Option<RevocationReport>,
}

/// A revocation.
#[derive(Debug, Clone, Serialize)]
pub struct RevocationReport {
    /// When (RFC 3339).
    pub time: Option<String>,
    /// Whether it holds for all time.
    pub hard: bool,
    /// The reason, and the owner's words.
    pub reason: String,
}

/// An SSH signer, or a minisign or signify key.
#[derive(Debug, Clone, Serialize)]
pub struct PlainReport {
    /// `ssh`, `minisign` or `signify`.
    pub scheme: &'static str,
    /// In full.
    pub fingerprint: String,
    /// Principals or comment.
    pub identity: String,
    /// Such as `Ed25519`.
    pub algorithm: String,
    /// Whether the algorithm or its size can be broken.
    pub weak: bool,
    /// The line of the file, from 1.
    #[serde(skip_serializing_if = "is_zero")]
    pub line: usize,
    /// Options of the line.
    pub options: Vec<String>,
    /// Whether it may sign now.
    pub signs_now: bool,
}

/// One fault.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
pub struct FindingReport {
    /// The check's code.
    pub code: &'static str,
    /// `error`, `warning` or `info`.
    pub level: &'static str,
    /// The file concerned, where it is not told by what surrounds the finding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// What was found.
    pub message: String,
    /// What to do.
    pub help: String,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
fn is_zero(line: &usize) -> bool {
    *line == 0
}

impl FileReport {
    /// Of one file; `bytes` are its contents, if they were read.
    pub fn new(audit: &Audit, findings: &[Finding], bytes: Option<&[u8]>) -> Self {
        Self {
            path: escape(&audit.label),
            size: audit.size,
            sha256: bytes.map(|bytes| tarvet_archive::Sha256(Sha256::digest(bytes).into()).to_string()),
            format: audit.shape,
            certificates: audit.certificates.iter().map(certificate).collect(),
            keys: audit.keys.iter().map(|key| plain(key, audit.now)).collect(),
            findings: findings.iter().map(finding).collect(),
        }
    }

    /// Whether a finding is an error.
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|finding| finding.level == "error")
    }
}

/// A finding, escaped.
pub fn finding(finding: &Finding) -> FindingReport {
    FindingReport {
        code: finding.code,
        level: finding.level.as_str(),
        path: finding.path.as_ref().map(|path| escape(path.as_slice())),
        message: escape(&finding.message),
        help: escape(&finding.help),
    }
}

fn certificate(facts: &CertificateFacts) -> CertificateReport {
    CertificateReport {
        fingerprint: facts.fingerprint.clone(),
        user_ids: facts.user_ids.iter().map(escape).collect(),
        user_id_count: facts.user_id_count,
        standing: facts.standing.as_str(),
        why: facts.why.as_ref().map(escape),
        created: facts.keys.first().map(|key| rfc3339(key.created)),
        expires: facts.expires.map(rfc3339),
        revocation: facts.revocation.as_ref().map(revocation),
        self_signature_digests: facts.digests.clone(),
        own_signatures: facts.own_signatures,
        newest_own_signature: facts.newest.map(rfc3339),
        certifications: facts.certifications,
        attributes: facts.attributes,
        secret: facts.secret,
        keys: facts.keys.iter().map(key).collect(),
    }
}

fn key(facts: &KeyFacts) -> KeyReport {
    KeyReport {
        fingerprint: facts.fingerprint.clone(),
        primary: facts.primary,
        algorithm: escape(&facts.algorithm),
        weak: facts.weak,
        created: rfc3339(facts.created),
        expires: facts.expires.map(rfc3339),
        for_signing: facts.for_signing,
        signs_now: facts.signs_now,
        sha1_binding: facts.sha1,
        lacks_back_signature: facts.lacks_back_signature,
        revocation: facts.revocation.as_ref().map(revocation),
    }
}

fn revocation(facts: &RevocationFacts) -> RevocationReport {
    RevocationReport {
        time: facts.time.map(rfc3339),
        hard: facts.hard,
        reason: escape(&facts.reason),
    }
}

fn plain(key: &PlainKey, now: Timestamp) -> PlainReport {
    PlainReport {
        scheme: key.scheme.as_str(),
        fingerprint: escape(&key.fingerprint),
        identity: escape(&key.identity),
        algorithm: escape(&key.algorithm),
        weak: key.weak,
        line: key.line,
        options: key.options.iter().map(escape).collect(),
        signs_now: key.alive(now) && !key.weak && key.why.is_none(),
    }
}

fn rfc3339(time: Timestamp) -> String {
    time.to_string()
}

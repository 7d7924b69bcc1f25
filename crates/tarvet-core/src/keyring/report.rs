//! What is said about one signature.

use jiff::Timestamp;

/// What the caller decides about signatures; the defaults are the strict ones.
#[derive(Clone, Copy, Debug)]
pub struct SignaturePolicy {
    /// The moment the judgement is made for. Nothing in this module asks the system clock.
    pub now: Timestamp,
    /// Accept certificates whose own self-signatures use SHA-1 (never SHA-1 over a tag or a tarball).
    pub accept_sha1_bindings: bool,
    /// Accept signatures of a certificate whose copy in the keyring had expired when it signed.
    pub accept_expired_certificate: bool,
}

impl SignaturePolicy {
    /// The strict policy as of `now`.
    pub fn strict(now: Timestamp) -> Self {
        Self {
            now,
            accept_sha1_bindings: false,
            accept_expired_certificate: false,
        }
    }
}

/// The signature format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scheme {
    /// OpenPGP, RFC 9580 and its forerunners.
    OpenPgp,
    /// `ssh-keygen -Y sign`, OpenSSH's PROTOCOL.sshsig.
    Ssh,
    /// minisign.
    Minisign,
    /// OpenBSD's signify.
    Signify,
    /// X.509 / CMS, which is reported and never verified.
    X509,
    /// Nothing known.
    Unknown,
}

impl Scheme {
    /// The name used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OpenPgp => "openpgp",
            Self::Ssh => "ssh",
            Self::Minisign => "minisign",
            Self::Signify => "signify",
            Self::X509 => "x509",
            Self::Unknown => "unknown",
        }
    }
}

/// The bytes a signature covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SignedThing {
    /// A git tag object.
    Tag,
    /// A git commit object.
    Commit,
    /// The tarball as it is shipped.
    Tarball,
    /// The tar inside the tarball, decompressed (`.tar.sign`).
    Tar,
    /// A package's own description, such as a `.dsc`.
    Description,
}

impl SignedThing {
    /// The name used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tag => "tag",
            Self::Commit => "commit",
            Self::Tarball => "tarball",
            Self::Tar => "tar",
            Self::Description => "description",
        }
    }
}

/// What one signature is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SignatureState {
    /// Good now, by a certificate of the keyring that was valid when it signed.
    Good,
    /// Good when it was made; the certificate's copy in the keyring has expired since.
    GoodCertificateExpiredSince,
    /// The checksum is right, but the keyring's copy of the certificate does not vouch for that time.
    CertificateExpiredAtSigning,
    /// The checksum is right, but the certificate is revoked.
    CertificateRevoked,
    /// The checksum is right, but it rests on a digest or key size that can be forged.
    Weak,
    /// No certificate of the keyring made it.
    UnknownSigner,
    /// Not a signature over these bytes, or not one its certificate could make.
    Bad,
    /// Not a detached signature at all.
    Malformed,
    /// A kind of signature that is not verified here.
    Unsupported,
}

impl SignatureState {
    /// Whether the signature proves anything. Only the first two states do.
    pub fn is_evidence(self) -> bool {
        matches!(self, Self::Good | Self::GoodCertificateExpiredSince)
    }

    /// The name used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::GoodCertificateExpiredSince => "good-certificate-expired-since",
            Self::CertificateExpiredAtSigning => "certificate-expired-at-signing",
            Self::CertificateRevoked => "certificate-revoked",
            Self::Weak => "weak",
            Self::UnknownSigner => "unknown-signer",
            Self::Bad => "bad",
            Self::Malformed => "malformed",
            Self::Unsupported => "unsupported",
        }
    }
}

/// One signature, judged. Strings are raw text of unknown authors, bounded in length: escape before printing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureReport {
    /// What it was checked against.
    pub over: SignedThing,
    /// The signature format.
    pub scheme: Scheme,
    /// What it is worth.
    pub state: SignatureState,
    /// Of the certificate (hexadecimal, in full) or SSH key (`SHA256:…`) or the key number; only when the
    /// keyring has it.
    pub fingerprint: Option<String>,
    /// The subkey that signed, when it is not the primary key.
    pub signing_key: Option<String>,
    /// Whom the signature names as its maker: a claim.
    pub issuer_hint: Option<String>,
    /// User id, principal or comment that the keyring gives.
    pub user_id: Option<String>,
    /// Labels of the keyring files the certificate came from.
    pub keyring: Option<String>,
    /// When it says it was made; for SSH the tagger's or committer's claim.
    pub time: Option<Timestamp>,
    /// Such as `RSA-4096, SHA-512`.
    pub algorithm: String,
    /// What was found, in one sentence.
    pub detail: String,
    /// What the packager should do next.
    pub advice: Option<String>,
    /// Names of the [`SignaturePolicy`] fields without which the state would not be good.
    pub relaxed_by: Vec<&'static str>,
    /// Label of the signature file, or `tag object`.
    pub source: String,
}

impl SignatureReport {
    /// A report that so far says only what kind of thing was seen.
    pub(super) fn new(over: SignedThing, scheme: Scheme, source: &str, state: SignatureState) -> Self {
        Self {
            over,
            scheme,
            state,
            fingerprint: None,
            signing_key: None,
            issuer_hint: None,
            user_id: None,
            keyring: None,
            time: None,
            algorithm: String::new(),
            detail: String::new(),
            advice: None,
            relaxed_by: Vec::new(),
            source: bounded(source),
        }
    }

    pub(super) fn detail(mut self, text: impl Into<String>) -> Self {
        self.detail = text.into();
        self
    }

    pub(super) fn advice(mut self, text: impl Into<String>) -> Self {
        self.advice = Some(text.into());
        self
    }

    pub(super) fn state(mut self, state: SignatureState) -> Self {
        self.state = state;
        self
    }
}

/// Text of an unknown author, cut to 200 characters.
pub(super) fn bounded(text: &str) -> String {
    const LONGEST: usize = 200;
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// The day of a moment, in UTC.
pub(super) fn day(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d").to_string()
}

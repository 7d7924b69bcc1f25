use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::keyring::{SignaturePolicy, SignatureReport, SignedThing};

/// A statement that needs proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Claim {
    /// The release's tag is signed by a certificate of the caller's keyring.
    ReleaseSigned,
    /// Every member of the tarball has an accounted origin.
    ContentsAccounted,
    /// Every tree entry is in the tarball, or absent for a stated reason.
    ContentsComplete,
    /// The tarball itself is signed by a certificate of the caller's keyring.
    TarballSigned,
    /// Every generated file of the tarball is made anew by the package's build.
    GeneratedRebuilt,
}

impl Claim {
    /// Every claim, in the order of reports.
    pub const ALL: [Claim; 5] = [
        Claim::ReleaseSigned,
        Claim::ContentsAccounted,
        Claim::ContentsComplete,
        Claim::TarballSigned,
        Claim::GeneratedRebuilt,
    ];

    /// The claim's name in reports and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Claim::ReleaseSigned => "release-signed",
            Claim::ContentsAccounted => "contents-accounted",
            Claim::ContentsComplete => "contents-complete",
            Claim::TarballSigned => "tarball-signed",
            Claim::GeneratedRebuilt => "generated-rebuilt",
        }
    }

    /// The claim of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Claim::ALL.into_iter().find(|claim| claim.as_str() == name)
    }
}

/// How grave a finding is (lintian's levels).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// Not reported.
    Off,
    /// Worth knowing.
    Info,
    /// Should be looked at; does not reject.
    Warning,
    /// Rejects.
    Error,
}

impl Level {
    /// The level's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Off => "off",
            Level::Info => "info",
            Level::Warning => "warning",
            Level::Error => "error",
        }
    }
}

/// Who of the keyring may sign what. The default lets everybody sign everything, and one signature suffices.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Signers {
    /// Full fingerprints that may sign the tag; empty for everybody in the keyring.
    pub tag: BTreeSet<String>,
    /// Full fingerprints that may sign the tarball; empty for everybody in the keyring.
    pub tarball: BTreeSet<String>,
    /// How many different certificates must have signed the tag; 0 counts as 1.
    pub tag_threshold: usize,
    /// How many different certificates must have signed the tarball; 0 counts as 1.
    pub tarball_threshold: usize,
}

impl Signers {
    /// Whether the certificate that made this signature is one that may sign such a thing.
    pub fn may_sign(&self, signature: &SignatureReport) -> bool {
        let allowed = match signature.over {
            SignedThing::Tag | SignedThing::Commit => &self.tag,
            SignedThing::Tarball | SignedThing::Tar => &self.tarball,
            // Packagers sign these; the roles are upstream's.
            SignedThing::Description => return true,
        };
        let named = |fingerprint: &String| allowed.contains(fingerprint);
        allowed.is_empty() || signature.fingerprint.as_ref().is_some_and(named)
    }
}

/// What the caller demands. Nothing here can supply evidence; the relaxations are named in every report that used them.
#[derive(Debug, Clone)]
pub struct Policy {
    /// The time at which certificates are judged.
    pub now: Timestamp,
    /// Claims that `Verified` needs.
    pub required: BTreeSet<Claim>,
    /// Take certificates whose self-signatures use SHA-1.
    pub accept_sha1_bindings: bool,
    /// Take signatures made after the keyring's copy of the certificate had expired.
    pub accept_expired_certificate: bool,
    /// Take a signed commit for a signed release although nobody signed its name.
    pub accept_commit_signature: bool,
    /// Who may sign what, and how many must.
    pub signers: Signers,
    /// Levels by code, over the defaults of the checks.
    pub levels: BTreeMap<String, Level>,
}

impl Policy {
    /// The default policy: `release-signed` and `contents-accounted`, and `tarball-signed` where a signature was given.
    pub fn new(now: Timestamp, has_tarball_signature: bool) -> Self {
        let mut required = BTreeSet::from([Claim::ReleaseSigned, Claim::ContentsAccounted]);
        if has_tarball_signature {
            required.insert(Claim::TarballSigned);
        }
        Policy {
            now,
            required,
            accept_sha1_bindings: false,
            accept_expired_certificate: false,
            accept_commit_signature: false,
            signers: Signers::default(),
            levels: BTreeMap::new(),
        }
    }

    /// The part that judges signatures.
    pub fn signatures(&self) -> SignaturePolicy {
        SignaturePolicy {
            now: self.now,
            accept_sha1_bindings: self.accept_sha1_bindings,
            accept_expired_certificate: self.accept_expired_certificate,
        }
    }

    /// Names of the relaxations that are on, as the command line spells them.
    pub fn relaxations(&self) -> Vec<&'static str> {
        [
            (self.accept_sha1_bindings, "accept-sha1-bindings"),
            (self.accept_expired_certificate, "accept-expired-certificate"),
            (self.accept_commit_signature, "accept-commit-signature"),
        ]
        .into_iter()
        .filter_map(|(on, name)| on.then_some(name))
        .collect()
    }
}

use std::collections::HashSet;

use bstr::BString;
use tarvet_core::Level;

use crate::cpio;

/// What is wrong with an SRPM. Each kind is a finding's code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FaultKind {
    /// Not an SRPM, or damaged: lead, header, an entry of a header.
    Malformed,
    /// The lead is not as rpm writes it, or names another package than the header.
    OddLead,
    /// A binary package.
    NotSource,
    /// A version of the format that is not known.
    UnsupportedFormat,
    /// Entries of a header outside of its region, which signatures do not cover in every version of rpm.
    OutsideRegion,
    /// A tag twice in one header: which one counts is up to the reader.
    DuplicateTag,
    /// The signature header, which no signature covers, has a tag that does not belong there.
    InjectedTag,
    /// A digest of the header differs.
    HeaderDigest,
    /// There is no digest of the header, of the payload or of a file that could be verified.
    MissingDigest,
    /// Files are known by MD5 or SHA-1 only.
    WeakDigest,
    /// A size that a header promises differs.
    Size,
    /// A digest of the payload differs.
    PayloadDigest,
    /// The payload's compression is not the one that the header names, is not known, or is damaged.
    Compression,
    /// The list of files is inconsistent, or has names or kinds that no source has.
    FileList,
    /// No file is flagged as the spec, or several are.
    Spec,
    /// A Source or Patch of the header is not among its files.
    UnlistedSource,
    /// The payload has a file that the header does not list.
    UnlistedMember,
    /// The header lists a file that the payload does not have.
    MissingMember,
    /// A file's size, mode or digest differs between header and payload.
    MemberMismatch,
    /// The payload is wrong as a cpio archive.
    Payload(cpio::FaultKind),
    /// A limit was hit; the rest was not read.
    Limit,
}

impl FaultKind {
    /// Every kind.
    pub fn all() -> impl Iterator<Item = FaultKind> {
        use FaultKind as K;
        [
            K::Malformed,
            K::OddLead,
            K::NotSource,
            K::UnsupportedFormat,
            K::OutsideRegion,
            K::DuplicateTag,
            K::InjectedTag,
            K::HeaderDigest,
            K::MissingDigest,
            K::WeakDigest,
            K::Size,
            K::PayloadDigest,
            K::Compression,
            K::FileList,
            K::Spec,
            K::UnlistedSource,
            K::UnlistedMember,
            K::MissingMember,
            K::MemberMismatch,
            K::Limit,
        ]
        .into_iter()
        .chain(cpio::FaultKind::ALL.into_iter().map(K::Payload))
    }

    /// The code of its finding.
    pub fn code(self) -> &'static str {
        use cpio::FaultKind as P;
        match self {
            FaultKind::Malformed => "srpm-malformed",
            FaultKind::OddLead => "srpm-odd-lead",
            FaultKind::NotSource => "srpm-not-a-source-package",
            FaultKind::UnsupportedFormat => "srpm-unsupported-format",
            FaultKind::OutsideRegion => "srpm-header-outside-region",
            FaultKind::DuplicateTag => "srpm-duplicate-tag",
            FaultKind::InjectedTag => "srpm-injected-tag",
            FaultKind::HeaderDigest => "srpm-header-digest-mismatch",
            FaultKind::MissingDigest => "srpm-missing-digest",
            FaultKind::WeakDigest => "srpm-weak-digest",
            FaultKind::Size => "srpm-size-mismatch",
            FaultKind::PayloadDigest => "srpm-payload-digest-mismatch",
            FaultKind::Compression => "srpm-payload-compression",
            FaultKind::FileList => "srpm-malformed-file-list",
            FaultKind::Spec => "srpm-ambiguous-spec",
            FaultKind::UnlistedSource => "srpm-unlisted-source",
            FaultKind::UnlistedMember => "srpm-unlisted-member",
            FaultKind::MissingMember => "srpm-missing-member",
            FaultKind::MemberMismatch => "srpm-member-mismatch",
            FaultKind::Payload(P::Malformed) => "srpm-payload-malformed",
            FaultKind::Payload(P::UnsafeName) => "srpm-payload-unsafe-name",
            FaultKind::Payload(P::DuplicateMember) => "srpm-payload-duplicate-member",
            FaultKind::Payload(P::HardLink) => "srpm-payload-hard-link",
            FaultKind::Payload(P::UnsafeKind) => "srpm-payload-unsafe-kind",
            FaultKind::Payload(P::TrailingData) => "srpm-payload-trailing-data",
            FaultKind::Payload(P::Limit) | FaultKind::Limit => "srpm-limit",
        }
    }

    /// How grave it is.
    pub fn level(self) -> Level {
        match self {
            FaultKind::OddLead | FaultKind::WeakDigest => Level::Warning,
            _ => Level::Error,
        }
    }

    /// What to do about it, one sentence.
    pub fn help(self) -> &'static str {
        match self {
            FaultKind::NotSource => "Give the .src.rpm that this package was built from.",
            FaultKind::UnsupportedFormat => {
                "Make the SRPM anew with `rpmbuild -bs`, or ask for support of this version."
            }
            FaultKind::OddLead => "Make the SRPM anew with `rpmbuild -bs`.",
            FaultKind::MissingDigest | FaultKind::WeakDigest => {
                "Make the SRPM anew with rpm 4.14 or later, which records SHA-256 of header, payload and files."
            }
            FaultKind::Limit | FaultKind::Payload(cpio::FaultKind::Limit) => {
                "If the package is meant to be this large, raise the limit that the message names."
            }
            FaultKind::Malformed | FaultKind::Compression => {
                "Fetch the SRPM again; if it stays so, make it anew with `rpmbuild -bs`."
            }
            FaultKind::Spec | FaultKind::FileList | FaultKind::UnlistedSource => {
                "Make the SRPM anew with `rpmbuild -bs` from its spec."
            }
            _ => {
                "Do not install or build it: rpmbuild does not write such packages. Find out who made it, and make it anew \
                 from the spec and sources."
            }
        }
    }
}

/// One thing wrong with an SRPM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What kind of thing.
    pub kind: FaultKind,
    /// The file of the package concerned, as spelled.
    pub member: Option<BString>,
    /// Expected and found, in one sentence without a full stop. Raw text.
    pub detail: String,
}

/// Faults kept per package. The first of each kind is kept beyond that.
const KEPT: usize = 1000;

/// Collects faults without letting a package flood the report.
#[derive(Debug, Default)]
pub(super) struct Faults {
    faults: Vec<Fault>,
    kinds: HashSet<FaultKind>,
}

impl Faults {
    /// Notes something about the package as a whole.
    pub(super) fn note(&mut self, kind: FaultKind, detail: impl Into<String>) {
        self.push(kind, None, detail.into());
    }

    /// Notes something about one file.
    pub(super) fn at(&mut self, kind: FaultKind, member: &[u8], detail: impl Into<String>) {
        self.push(kind, Some(member.into()), detail.into());
    }

    /// Takes over what the reading of the cpio archive told.
    pub(super) fn payload(&mut self, faults: cpio::Faults) {
        for fault in faults.finish() {
            self.push(FaultKind::Payload(fault.kind), fault.member, fault.detail);
        }
    }

    /// Drops what another fault explains.
    pub(super) fn forget(&mut self, kind: FaultKind) {
        self.faults.retain(|fault| fault.kind != kind);
    }

    fn push(&mut self, kind: FaultKind, member: Option<BString>, detail: String) {
        if self.kinds.insert(kind) || self.faults.len() < KEPT {
            self.faults.push(Fault { kind, member, detail });
        }
    }

    pub(super) fn so_far(&self) -> &[Fault] {
        &self.faults
    }

    pub(super) fn finish(self) -> Vec<Fault> {
        self.faults
    }
}

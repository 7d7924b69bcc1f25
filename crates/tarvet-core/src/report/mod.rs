//! The report: wire types of its own, versioned, escaped. Text and other formats are made from it and nothing else,
//! so they cannot say different things.

mod build;
mod package;

use std::collections::BTreeMap;

use serde::Serialize;

pub(crate) use build::finding as finding_line;
pub use package::{FileLine, PackageFacts, PackageReport, PackageSubject};

use crate::judge::Verdict;

/// The version of the report's shape. Keys are only ever added under the same number.
pub const SCHEMA_VERSION: u32 = 1;

/// Everything that was found out about one tarball. All text from outside is escaped already.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// Who made the report.
    pub tool: Tool,
    /// What was checked.
    pub subject: SubjectReport,
    /// The claims, proven or not.
    pub claims: Vec<ClaimReport>,
    /// Every signature that was found.
    pub signatures: Vec<SignatureLine>,
    /// Counts.
    pub summary: Summary,
    /// Every path that is not simply the same on both sides.
    pub differences: Vec<DifferenceLine>,
    /// Every fault, the gravest first.
    pub findings: Vec<FindingLine>,
    /// The answer.
    #[serde(serialize_with = "verdict_name")]
    pub verdict: Verdict,
}

/// The program that made a report.
#[derive(Debug, Clone, Serialize)]
pub struct Tool {
    /// Its name.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
}

/// What was checked, with digests of every input.
#[derive(Debug, Clone, Serialize)]
pub struct SubjectReport {
    /// The project's name, if known.
    pub name: Option<String>,
    /// Upstream's version, if known.
    pub version: Option<String>,
    /// The tarball.
    pub tarball: TarballReport,
    /// Where upstream was read.
    pub upstream: String,
    /// The release.
    pub release: ReleaseReport,
    /// Every identity the caller trusts.
    pub keyring: Vec<KeyringLine>,
    /// The time at which certificates were judged (RFC 3339).
    pub now: String,
    /// Relaxations of the policy that were on.
    pub relaxations: Vec<&'static str>,
}

/// The tarball that was checked.
#[derive(Debug, Clone, Serialize)]
pub struct TarballReport {
    /// Its path as given.
    pub path: String,
    /// Its compression, by content.
    pub compression: &'static str,
    /// Length of the file in bytes.
    pub size: u64,
    /// SHA-256 of the file.
    pub sha256: String,
    /// The one directory above all members.
    pub top_directory: Option<String>,
}

/// The release, resolved once.
#[derive(Debug, Clone, Serialize)]
pub struct ReleaseReport {
    /// The tag's name.
    pub tag: Option<String>,
    /// The id of the tag object; absent for a lightweight tag.
    pub tag_object: Option<String>,
    /// The commit.
    pub commit: Option<String>,
    /// The root tree.
    pub tree: Option<String>,
    /// The directory of the tree that the tarball is compared with, if it is not the whole tree.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subdir: Option<String>,
    /// `sha1` (with collision detection) or `sha256`.
    pub object_format: String,
}

/// One trusted identity.
#[derive(Debug, Clone, Serialize)]
pub struct KeyringLine {
    /// OpenPGP, SSH, minisign or signify.
    pub scheme: &'static str,
    /// The full fingerprint.
    pub fingerprint: String,
    /// User ids, principals or comment.
    pub identities: Vec<String>,
    /// The files it came from.
    pub sources: Vec<String>,
}

/// A claim.
#[derive(Debug, Clone, Serialize)]
pub struct ClaimReport {
    /// Its name.
    pub claim: &'static str,
    /// Whether the verdict depends on it.
    pub required: bool,
    /// Whether it is proven.
    pub proven: bool,
    /// What proves it.
    pub evidence: Vec<String>,
    /// What is wanting, or weak.
    pub remark: Option<String>,
}

/// A signature.
#[derive(Debug, Clone, Serialize)]
pub struct SignatureLine {
    /// `tag`, `commit`, `tarball` or `tar` (the uncompressed tarball).
    pub over: &'static str,
    /// OpenPGP, SSH, minisign, signify, X.509.
    pub scheme: &'static str,
    /// One of the nine states.
    pub state: &'static str,
    /// Whether it counts as evidence.
    pub evidence: bool,
    /// Full fingerprint of the certificate.
    pub fingerprint: Option<String>,
    /// Fingerprint of the signing subkey, where it is another.
    pub signing_key: Option<String>,
    /// What the signature says of its issuer, where no certificate is known.
    pub issuer_hint: Option<String>,
    /// The signer.
    pub user_id: Option<String>,
    /// The keyring file with the certificate.
    pub keyring: Option<String>,
    /// When it was made (RFC 3339).
    pub time: Option<String>,
    /// Key and digest.
    pub algorithm: String,
    /// Where the signature was found.
    pub source: String,
    /// Expected and found.
    pub detail: String,
    /// What to do next.
    pub advice: Option<String>,
    /// Relaxations without which it would not count.
    pub relaxed_by: Vec<&'static str>,
}

/// Counts over all members and entries.
#[derive(Debug, Clone, Serialize)]
pub struct Summary {
    /// Members that are not directories.
    pub members: usize,
    /// Entries of the tree.
    pub tree_entries: usize,
    /// How many members or absent entries have each origin.
    pub origins: BTreeMap<&'static str, usize>,
    /// Members with the origin `modified`.
    pub modified: usize,
    /// Entries with the origin `missing`.
    pub missing: usize,
}

/// One path on which tarball and tree differ.
#[derive(Debug, Clone, Serialize)]
pub struct DifferenceLine {
    /// The path without the top directory.
    pub path: String,
    /// `tarball`, `tree` or `both`.
    pub side: &'static str,
    /// What explains it.
    pub origin: &'static str,
    /// What was found.
    pub detail: String,
    /// SHA-256 of the member's contents.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// The project that published the contents, or the tool that is said to have made them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    /// Its versions; of an impostor, the nearest published one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The files it is, or is said to be, made from; of an impostor, the standard file.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub from: Vec<String>,
    /// Lines worth a look: changed by a version stamp, or in no published version.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<String>,
}

/// One fault.
#[derive(Debug, Clone, Serialize)]
pub struct FindingLine {
    /// The check's code.
    pub code: &'static str,
    /// `error`, `warning` or `info`.
    pub level: &'static str,
    /// The path concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// What was expected and what was found.
    pub message: String,
    /// What to do next.
    pub help: String,
    /// The reason by which an override silences it; evidence of nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overridden: Option<String>,
}

fn verdict_name<S: serde::Serializer>(verdict: &Verdict, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(verdict.as_str())
}

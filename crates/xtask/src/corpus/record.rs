//! One line of `corpus.jsonl`: the fields this chore reads.

use std::fs;
use std::path::Path;

use serde::Deserialize;

/// A release and what other tools found out about it.
#[derive(Debug, Deserialize)]
pub struct Record {
    pub id: String,
    pub proof: String,
    pub package: String,
    pub debian_version: String,
    pub upstream_version: String,
    pub orig: String,
    pub orig_sha256: String,
    pub debian_keyring: Option<String>,
    pub subdir: Option<String>,
    pub topdir: Option<String>,
    pub tag: String,
    pub tag_object: Option<String>,
    pub commit: String,
    pub tree: String,
    pub byte_identical: Option<String>,
    #[serde(default)]
    pub submodules: Vec<String>,
    pub counts: Counts,
    pub tag_sig_kind: Option<String>,
    pub commit_sig_kind: Option<String>,
    pub tag_sig: Option<SignatureFacts>,
    pub tarball_sig: Option<SignatureFacts>,
    pub commit_sig: Option<SignatureFacts>,
}

/// How many paths agree, and how many do not in which way.
#[derive(Debug, Deserialize)]
pub struct Counts {
    pub identical: u64,
    pub modified: u64,
    pub only_tarball: u64,
    pub missing: u64,
}

/// What gpg and sqv said with the packaged keyring.
#[derive(Debug, Default, Deserialize)]
pub struct SignatureFacts {
    /// gpg's word; none for SSH.
    pub status: Option<String>,
    /// Whether sqv's stricter policy takes it.
    pub sqv_ok: Option<bool>,
    /// Whether the packaged copy of the certificate had expired by the time of the signature.
    pub key_expired_at_sig_time: Option<bool>,
    /// Whether it had when the record was made.
    #[serde(default)]
    pub key_expired_now: bool,
    /// Whether it is revoked.
    #[serde(default)]
    pub key_revoked: bool,
    /// The key that signed, as gpg says: a primary key or a subkey.
    pub sig_fpr: Option<String>,
    /// When, in seconds since 1970.
    pub sig_time: Option<i64>,
    /// Whom the signatures themselves name.
    #[serde(default)]
    pub issuer_fprs: Vec<String>,
    /// Why sqv refuses it.
    #[serde(default)]
    pub sqv_err: String,
}

impl Record {
    /// Every record of the corpus, in its order.
    pub fn read_all(path: &Path) -> Result<Vec<Self>, String> {
        let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let parse = |(index, line): (usize, &str)| {
            serde_json::from_str(line).map_err(|error| format!("{}:{}: {error}", path.display(), index + 1))
        };
        text.lines().enumerate().map(parse).collect()
    }

    /// The stem of the packaging's file names: versions without their epoch.
    pub fn debian_stem(&self) -> String {
        let version = &self.debian_version;
        let version = version.split_once(':').map_or(version.as_str(), |(_, rest)| rest);
        format!("{}_{version}", self.package)
    }
}

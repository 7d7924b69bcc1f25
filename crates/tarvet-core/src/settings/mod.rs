//! `tarvet.toml`: what a packager writes down about upstream. It may demand more and accept named bytes with a reason; it
//! cannot supply evidence and cannot lower an error.

mod read;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use crate::packaging::Acceptance;
use crate::policy::{Claim, Level, Signers};

/// Everything that a tarvet.toml can say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// Where the main tarball comes from.
    pub upstream: UpstreamSettings,
    /// Where further tarballs come from, by component or file name.
    pub components: BTreeMap<String, UpstreamSettings>,
    /// Claims that are required besides the default ones.
    pub require: BTreeSet<Claim>,
    /// Who may sign what.
    pub signers: Signers,
    /// Levels by code.
    pub levels: BTreeMap<String, Level>,
}

/// Where one tarball comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UpstreamSettings {
    /// URL of upstream's repository.
    pub repository: Option<String>,
    /// The tag; `{version}` and `{name}` stand for those of the package.
    pub tag: Option<String>,
    /// The directory of the repository that the tarball was made from.
    pub subdir: Option<String>,
    /// The offline proof, relative to the file's directory.
    pub proof: Option<String>,
    /// Proofs of submodules, by the path of the submodule.
    pub submodules: BTreeMap<String, String>,
    /// Files that somebody answers for.
    pub accepted: Vec<Acceptance>,
}

impl UpstreamSettings {
    /// The tag for this name and version.
    pub fn tag(&self, name: &str, version: &str) -> Option<String> {
        let pattern = self.tag.as_ref()?;
        Some(pattern.replace("{name}", name).replace("{version}", version))
    }
}

/// What is wrong with a tarvet.toml: one sentence with the line, where the line is known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SettingsError {
    /// Expected and found.
    pub message: String,
}

impl Settings {
    /// Reads a tarvet.toml. `level` gives the default level of a check, `None` for a code that no check has.
    pub fn parse(text: &str, level: &dyn Fn(&str) -> Option<Level>) -> Result<Self, SettingsError> {
        read::settings(text, level)
    }
}

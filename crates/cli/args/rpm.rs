//! The arguments of `tarvet rpm`.

use std::path::PathBuf;

use clap::Args;

use super::{LimitArgs, OutputArgs, PolicyArgs, parse_claim};

/// Check an RPM source package: a .spec, an SRPM, or a dist-git or OBS directory
///
/// Reads the spec as text and runs nothing of it, finds its sources, checks every tarball as `tarvet check` does, with the
/// proof and the keyring that the package ships unless you name others, and says what the spec does with them.
#[derive(Args, Debug)]
#[command(override_usage = "tarvet rpm [OPTIONS] [PATH]...")]
pub struct RpmArgs {
    /// A .spec, a .src.rpm or a directory with one .spec; several are checked in parallel
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Upstream's repository: a directory, a git bundle, or a URL (https, ssh, git, file)
    #[arg(long, value_name = "REPO", conflicts_with = "proof")]
    pub git: Option<String>,
    /// Offline proof written by `tarvet prove`, instead of the one that the package ships
    #[arg(long, value_name = "FILE")]
    pub proof: Option<PathBuf>,
    /// The release's tag, if the version does not lead to exactly one
    #[arg(long, value_name = "TAG")]
    pub tag: Option<String>,
    /// Repository or proof of a submodule; may be repeated
    #[arg(long, value_name = "PATH=REPO|PROOF")]
    pub submodule: Vec<String>,
    /// File with the certificates or keys you trust for upstream, instead of the package's own; may be repeated
    #[arg(long, value_name = "FILE")]
    pub keyring: Vec<PathBuf>,
    /// File with the certificates that may sign an SRPM; without it such signatures are not looked at; may be repeated
    #[arg(long, value_name = "FILE")]
    pub srpm_keyring: Vec<PathBuf>,
    /// The version before (a .spec, an SRPM or a directory), or its keyring: is each change of keys since endorsed?
    #[arg(long, value_name = "PATH")]
    pub previous: Option<PathBuf>,
    /// What a macro of the spec stands for; may be repeated
    #[arg(long, value_name = "NAME=VALUE", value_parser = parse_define)]
    pub define: Vec<(String, String)>,
    /// Where the source files are, if not beside the spec
    #[arg(long, value_name = "DIRECTORY")]
    pub sources: Option<PathBuf>,
    /// Table of known build files made by `tarvet known --index`, besides the one built in; may be repeated
    #[arg(long, value_name = "FILE")]
    pub known: Vec<PathBuf>,
    /// Claim that must be proven, besides the default ones; may be repeated
    #[arg(long, value_name = "CLAIM", value_delimiter = ',', value_parser = parse_claim)]
    pub require: Vec<tarvet_core::Claim>,
    #[command(flatten)]
    pub policy: PolicyArgs,
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub limits: LimitArgs,
}

impl RpmArgs {
    /// What is to be checked: this directory, unless something is named.
    pub fn paths(&self) -> Vec<PathBuf> {
        match self.paths.as_slice() {
            [] => vec![".".into()],
            paths => paths.to_vec(),
        }
    }
}

/// `NAME=VALUE`, or as rpm takes it, `NAME VALUE`.
fn parse_define(text: &str) -> Result<(String, String), String> {
    let (name, value) = text
        .split_once(['=', ' ', '\t'])
        .ok_or_else(|| "expected NAME=VALUE".to_owned())?;
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if name.is_empty() || !name.chars().all(is_word) {
        return Err(format!("{name:?} is no name of a macro"));
    }
    Ok((name.to_owned(), value.trim().to_owned()))
}

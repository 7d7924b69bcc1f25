//! `tarvet prove`.

use std::fs;

use tarvet_core::upstream::{TagWish, TreeLimits, prove, walk};

use crate::args::ProveArgs;
use crate::error::CliError;
use crate::inputs;

/// Writes the proof.
pub fn run(args: &ProveArgs) -> Result<u8, CliError> {
    let wish = TagWish::Named(args.tag.clone());
    let upstream = inputs::repository(&args.git, Some(&wish))?;
    let release = upstream.release(Some(&wish))?;
    let tree = match &release.commit {
        Some(commit) => walk(upstream.store(), commit.tree, &TreeLimits::default()),
        None => Default::default(),
    };
    let bytes = prove(upstream.store(), &release, &tree)?;
    fs::write(&args.output, &bytes)
        .map_err(|error| CliError::file(&args.output, "write the proof", &error))?;
    let commit = release
        .commit
        .map(|commit| commit.id.to_string())
        .unwrap_or_default();
    anstream::eprintln!(
        "{}: proof of {} (commit {commit}), {} bytes",
        args.output.display(),
        tarvet_core::escape::escape(&release.tag_name),
        bytes.len()
    );
    Ok(0)
}

//! `tarvet prove`.

use std::fs;

use tarvet_core::upstream::{TagWish, TreeLimits, prove, walk};

use crate::args::ProveArgs;
use crate::differing::{self, Compared};
use crate::error::CliError;
use crate::inputs;

/// Writes the proof.
pub fn run(args: &ProveArgs) -> Result<u8, CliError> {
    let wish = TagWish::Named(args.tag.clone());
    let compared = args.tarball.as_deref().map(|tarball| Compared {
        tarball,
        subdir: &args.subdir,
    });
    let upstream = inputs::repository(&args.git, Some(&wish), compared)?;
    let release = upstream.release(Some(&wish))?;
    let tree = match &release.commit {
        Some(commit) => walk(upstream.store(), commit.tree, &TreeLimits::default()),
        None => Default::default(),
    };
    let more = match compared {
        Some(compared) => differing::blobs(compared, &tree, upstream.store().format())?,
        None => Vec::new(),
    };
    let bytes = prove(upstream.store(), &release, &tree, &more)?;
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

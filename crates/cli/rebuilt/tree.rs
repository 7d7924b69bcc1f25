//! What became of the generated files in the build tree.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path};
use std::time::SystemTime;

use bstr::BString;
use tarvet_core::rebuilt::{GeneratedFile, InTree};

use super::candidates::digest;
use crate::error::CliError;

/// The state of each file below `directory`. With `since`, what was written after that file was is rewritten, whatever its
/// contents.
pub fn states(
    directory: &Path,
    generated: &[GeneratedFile],
    since: Option<&Path>,
) -> Result<BTreeMap<BString, InTree>, CliError> {
    let since = match since {
        Some(path) => Some(
            fs::metadata(path)
                .and_then(|metadata| metadata.modified())
                .map_err(|error| CliError::file(path, "read the time of", &error))?,
        ),
        None => None,
    };
    let state = |file: &GeneratedFile| (file.path.clone(), state(directory, file, since));
    Ok(generated.iter().map(state).collect())
}

fn state(directory: &Path, file: &GeneratedFile, since: Option<SystemTime>) -> InTree {
    let relative = Path::new(OsStr::from_bytes(&file.path));
    let plain = relative
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    let path = directory.join(relative);
    let Some(metadata) = fs::symlink_metadata(&path).ok().filter(|_| plain) else {
        return InTree::Deleted;
    };
    let written = metadata.modified().ok();
    if !metadata.is_file() || since.zip(written).is_some_and(|(since, written)| written > since) {
        return InTree::Rewritten;
    }
    match fs::read(&path) {
        Ok(content) if digest(&content) == file.sha256 => InTree::Unchanged,
        _ => InTree::Rewritten,
    }
}

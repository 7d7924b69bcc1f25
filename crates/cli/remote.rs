//! A repository that is not on this machine: its one release is fetched into the cache, and no more than that.

use std::collections::BTreeSet;
use std::path::PathBuf;

use gix_hash::ObjectId;
use tarvet_core::Upstream;
use tarvet_core::upstream::{
    self, Repository, TagRef, TagWish, TreeLimits, UpstreamError, missing_blobs, walk,
};

use crate::differing::{self, Compared};
use crate::error::CliError;
use crate::fetch::{self, FetchError};

/// Fetches the wanted tag of a URL or bundle, and the blobs that a check reads: those that every check does, and those
/// of files that differ in the tarball.
pub fn fetched(
    address: &str,
    wish: Option<&TagWish>,
    compared: Option<Compared<'_>>,
) -> Result<Upstream, CliError> {
    let failed = |error: FetchError| CliError::new(format!("{address}: {error}"));
    let wish = wish.ok_or(UpstreamError::NothingToLookFor)?;
    let tags: Vec<TagRef> = fetch::list_tags(address)
        .map_err(failed)?
        .into_iter()
        .map(tag_ref)
        .collect();
    let chosen = upstream::choose(&tags, wish, address)?;
    let tag = chosen.name.to_string();
    let place = fetch::fetch(address, &tag, &cache_directory()?, &mut |_| {}).map_err(failed)?;
    let mut asked = BTreeSet::new();
    let mut differing = None;
    loop {
        let repository = Upstream::Repository(Box::new(Repository::open(&place)?.called(address)));
        let release = repository.release(Some(&TagWish::Named(tag.clone())))?;
        let Some(commit) = &release.commit else {
            return Ok(repository);
        };
        let tree = walk(repository.store(), commit.tree, &TreeLimits::default());
        let mut missing = missing_blobs(repository.store(), &tree);
        if let (None, Some(compared)) = (&differing, compared) {
            let blobs = differing::blobs(compared, &tree, repository.store().format())?;
            let absent = |id: &ObjectId| matches!(repository.store().fetch(id), Ok(None));
            missing.extend(blobs.into_iter().filter(absent));
            differing = Some(());
        }
        missing.retain(|id| asked.insert(*id));
        if missing.is_empty() {
            return Ok(repository);
        }
        let ids: Vec<String> = missing.iter().map(ToString::to_string).collect();
        fetch::fetch_blobs(&place, address, &ids).map_err(failed)?;
    }
}

fn tag_ref((full, id): (String, String)) -> TagRef {
    let name = full.strip_prefix("refs/tags/").unwrap_or(&full).into();
    TagRef {
        name,
        target: ObjectId::from_hex(id.as_bytes()).ok(),
    }
}

/// Where fetched repositories are kept: `$XDG_CACHE_HOME/tarvet`, or `~/.cache/tarvet`.
fn cache_directory() -> Result<PathBuf, CliError> {
    let absolute = |name| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let base = absolute("XDG_CACHE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".cache")));
    let base = base.ok_or_else(|| {
        CliError::new("there is no cache directory for the repository")
            .hint("set XDG_CACHE_HOME, or clone the repository and give the clone")
    })?;
    Ok(base.join("tarvet"))
}

//! A repository that is not on this machine: its one release is fetched into the cache, and no more than that.

use std::collections::BTreeSet;
use std::path::PathBuf;

use gix_hash::ObjectId;
use tarvet_core::Upstream;
use tarvet_core::upstream::{
    self, Repository, TagRef, TagWish, TreeLimits, UpstreamError, missing_blobs, walk,
};

use crate::error::CliError;
use crate::fetch::{self, FetchError};

/// Fetches the wanted tag of a URL or bundle, and the blobs that a check reads.
pub fn fetched(address: &str, wish: Option<&TagWish>) -> Result<Upstream, CliError> {
    let failed = |error: FetchError| CliError::new(format!("{address}: {error}"));
    let wish = wish.ok_or(UpstreamError::NothingToLookFor)?;
    let tags: Vec<TagRef> = fetch::list_tags(address)
        .map_err(failed)?
        .into_iter()
        .map(tag_ref)
        .collect();
    let chosen = upstream::choose(&tags, wish, address)?;
    let tag = fetch::TagWish::Named(chosen.name.to_string());
    let place = fetch::fetch(address, &tag, &cache_directory()?, &mut |_| {}).map_err(failed)?;
    let mut asked = BTreeSet::new();
    loop {
        let repository = Upstream::Repository(Box::new(Repository::open(&place)?.called(address)));
        let release = repository.release(Some(&TagWish::Named(chosen.name.to_string())))?;
        let Some(commit) = &release.commit else {
            return Ok(repository);
        };
        let tree = walk(repository.store(), commit.tree, &TreeLimits::default());
        let missing: Vec<ObjectId> = missing_blobs(repository.store(), &tree)
            .into_iter()
            .filter(|id| asked.insert(*id))
            .collect();
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

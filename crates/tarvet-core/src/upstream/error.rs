use std::path::PathBuf;

/// Why upstream could not be read at all. Each message names the thing, what was expected and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UpstreamError {
    /// The path is no repository gix can open.
    #[error("{path}: cannot open as a git repository: {reason}")]
    NotARepository {
        /// The path given.
        path: PathBuf,
        /// What gix said.
        reason: String,
    },
    /// The proof file cannot be read from disk.
    #[error("{path}: cannot read the proof: {source}")]
    UnreadableProof {
        /// The path given.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The ref store cannot be read.
    #[error("{path}: cannot list the tags: {reason}")]
    Refs {
        /// The repository.
        path: PathBuf,
        /// What gix said.
        reason: String,
    },
    /// The tag the caller named does not exist.
    #[error("no tag `{wanted}` in {place}{}", nearest_hint(.nearest))]
    NoSuchTag {
        /// The tag asked for.
        wanted: String,
        /// Where it was looked for.
        place: String,
        /// Existing tags that look similar.
        nearest: Vec<String>,
    },
    /// No tag matches the version.
    #[error("no tag of {place} fits version `{version}`{}; name it with --tag", nearest_hint(.nearest))]
    NoTagForVersion {
        /// The version of the tarball.
        version: String,
        /// Where it was looked for.
        place: String,
        /// Existing tags that look similar.
        nearest: Vec<String>,
    },
    /// More than one tag matches the version.
    #[error("several tags of {place} fit version `{version}`: {}; choose one with --tag", .tags.join(", "))]
    AmbiguousTag {
        /// The version of the tarball.
        version: String,
        /// Where it was looked for.
        place: String,
        /// All that match.
        tags: Vec<String>,
    },
    /// Neither a tag nor a version is known.
    #[error("neither a tag nor a version is known for this tarball; give --tag TAG or --version VERSION")]
    NothingToLookFor,
    /// A proof cannot be written because an object is missing or damaged.
    #[error("cannot prove {tag}: {reason}")]
    CannotProve {
        /// The tag.
        tag: String,
        /// What is missing or damaged.
        reason: String,
    },
}

fn nearest_hint(nearest: &[String]) -> String {
    if nearest.is_empty() {
        String::new()
    } else {
        format!(" (nearest: {})", nearest.join(", "))
    }
}

//! Brings an upstream repository's tags onto this machine, with the system's git.
//!
//! Nothing fetched is trusted: the core hashes every object again. What this module guards is the machine: no
//! configuration, hook, helper or variable of anyone else decides what git runs or whom it asks.
//!
//! A fetch is shallow and without blobs, for tags, commits and trees settle most questions; [`fetch_blobs`] then brings
//! those that are needed. A server that cannot filter sends everything at once, and one that does not hand out single
//! blobs is asked for everything later: both cost time, neither fails.

mod git;
#[cfg(test)]
mod tests;
mod url;

use std::fmt;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use git::Git;
use url::Remote;
pub use url::is_remote;

/// Longest time one call may take.
const TIME_LIMIT: Duration = Duration::from_secs(600);

/// Which tags to bring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TagWish {
    /// `refs/tags/NAME` only.
    Named(String),
    /// All, for the core to choose from.
    Any,
}

/// Why nothing was fetched.
#[derive(Debug)]
pub enum FetchError {
    /// There is no `git` on the search path.
    GitMissing,
    /// The address, tag or id is not one that is passed on to git.
    Refused {
        /// What was given.
        what: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The repository has no such tag.
    NoSuchTag(String),
    /// It took longer than the limit.
    TimedOut,
    /// git printed more than any honest repository makes it print.
    TooMuch,
    /// git failed, in its own words.
    Git(String),
    /// Objects asked for by id are not to be had.
    Missing(Vec<String>),
    /// The cache directory cannot be used.
    Io(PathBuf, io::Error),
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::GitMissing => {
                f.write_str("git is needed to fetch a repository, and there is none on the PATH")
            }
            Self::Refused { what, why } => write!(f, "{what:?} is refused: {why}"),
            Self::NoSuchTag(name) => write!(f, "the repository has no tag {name:?}"),
            Self::TimedOut => write!(f, "fetching took longer than {} seconds", TIME_LIMIT.as_secs()),
            Self::TooMuch => f.write_str("the repository lists more refs than can be right"),
            Self::Git(words) => write!(f, "git failed: {words}"),
            Self::Missing(ids) => write!(f, "the repository does not hand out {}", ids.join(", ")),
            Self::Io(path, error) => write!(f, "{}: {error}", path.display()),
        }
    }
}

impl std::error::Error for FetchError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        if let Self::Io(_, error) = self {
            Some(error)
        } else {
            None
        }
    }
}

/// Whether this is a file that begins as a git bundle does.
pub fn is_bundle(path: &Path) -> bool {
    let mut start = [0; 16];
    let read = std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && (start == *b"# v2 git bundle\n" || start == *b"# v3 git bundle\n")
}

/// The tags of a remote repository or bundle: full ref name and id of what it points at, not peeled.
pub fn list_tags(url: &str) -> Result<Vec<(String, String)>, FetchError> {
    tags_of(&Remote::parse(url)?, Instant::now() + TIME_LIMIT)
}

/// Fetches tags, shallow and if possible without blobs, and returns a bare repository below `cache_dir`, the same one
/// each time for one address. `url` may also be the path of a bundle, which is brought whole.
///
/// Calls for the same address wait for each other. `progress` gets git's own lines, control characters replaced.
pub fn fetch(
    url: &str,
    tags: &TagWish,
    cache_dir: &Path,
    progress: &mut dyn FnMut(&str),
) -> Result<PathBuf, FetchError> {
    let remote = Remote::parse(url)?;
    if let TagWish::Named(name) = tags {
        url::check_tag(name)?;
    }
    let deadline = Instant::now() + TIME_LIMIT;
    let listed = tags_of(&remote, deadline)?;
    let refspec = match tags {
        TagWish::Any => "+refs/tags/*:refs/tags/*".to_owned(),
        TagWish::Named(name) => {
            let full = format!("refs/tags/{name}");
            if !listed.iter().any(|(listed, _)| *listed == full) {
                return Err(FetchError::NoSuchTag(name.clone()));
            }
            format!("+{full}:{full}")
        }
    };
    let sha256 = listed.first().is_some_and(|(_, id)| id.len() == 64);

    std::fs::create_dir_all(cache_dir).map_err(|e| FetchError::Io(cache_dir.into(), e))?;
    let name = digest(&remote);
    let _lock = git::Lock::take(&cache_dir.join(format!("{name}.lock")), deadline)?;
    let place = cache_dir.join(format!("{name}.git"));
    if has_format(&place, sha256) {
        get(&place, &remote, sha256, &[&refspec], deadline, progress)?;
        return Ok(place);
    }
    // A repository appears under its name only when it is whole.
    let fresh = tempfile::Builder::new()
        .prefix(".new-")
        .tempdir_in(cache_dir)
        .map_err(|e| FetchError::Io(cache_dir.into(), e))?;
    let format = format!("--object-format={}", if sha256 { "sha256" } else { "sha1" });
    let dir = fresh.path();
    Git::new(&remote, deadline).nowhere(dir).run([
        "init",
        "--quiet",
        "--bare",
        "--template=",
        &format,
        "--",
        "r",
    ])?;
    get(&dir.join("r"), &remote, sha256, &[&refspec], deadline, progress)?;
    let swap = || {
        if place.exists() {
            std::fs::remove_dir_all(&place)?;
        }
        std::fs::rename(dir.join("r"), &place)
    };
    swap().map_err(|e| FetchError::Io(place.clone(), e))?;
    Ok(place)
}

/// Brings the blobs with these ids into a repository that [`fetch`] returned for the same address.
pub fn fetch_blobs(repo: &Path, url: &str, ids: &[String]) -> Result<(), FetchError> {
    let remote = Remote::parse(url)?;
    for id in ids {
        url::check_id(id)?;
    }
    let deadline = Instant::now() + TIME_LIMIT;
    let lost = missing(repo, &remote, ids, deadline)?;
    if lost.is_empty() {
        return Ok(());
    }
    let _lock = git::Lock::take(&repo.with_extension("lock"), deadline)?;
    let sha256 = ids.first().is_some_and(|id| id.len() == 64);
    configure(repo, sha256)?;
    let mut git = Git::new(&remote, deadline).at(repo);
    // A server of the old protocol refuses ids that no ref names; that is not the end.
    let _ = git.stdin(lost.join("\n")).run(FETCH.iter().chain(&[
        "--filter=blob:none",
        "--stdin",
        "--",
        "origin",
    ]));
    let lost = missing(repo, &remote, &lost, deadline)?;
    if lost.is_empty() {
        return Ok(());
    }
    let refs = Git::new(&remote, deadline).at(repo).run([
        "for-each-ref",
        "--format=+%(refname):%(refname)",
        "refs/tags",
    ])?;
    let refs = String::from_utf8_lossy(&refs).into_owned();
    let all = ["--refetch", "--no-filter", "--depth=1", "--stdin", "--", "origin"];
    Git::new(&remote, deadline)
        .at(repo)
        .stdin(refs)
        .run(FETCH.iter().chain(&all))?;
    let lost = missing(repo, &remote, &lost, deadline)?;
    if lost.is_empty() {
        Ok(())
    } else {
        Err(FetchError::Missing(lost))
    }
}

const FETCH: [&str; 5] = [
    "fetch",
    "--no-tags",
    "--no-write-fetch-head",
    "--no-auto-maintenance",
    "--progress",
];

fn get(
    repo: &Path,
    remote: &Remote,
    sha256: bool,
    refspecs: &[&str],
    deadline: Instant,
    progress: &mut dyn FnMut(&str),
) -> Result<(), FetchError> {
    configure(repo, sha256)?;
    let less: &[&str] = if remote.is_bundle() {
        &[]
    } else {
        &["--depth=1", "--filter=blob:none"]
    };
    let args = FETCH.iter().chain(less).chain(&["--", "origin"]).chain(refspecs);
    Git::new(remote, deadline)
        .at(repo)
        .progress(progress)
        .run(args)
        .map(drop)
}

fn tags_of(remote: &Remote, deadline: Instant) -> Result<Vec<(String, String)>, FetchError> {
    // Outside any repository, or that one's configuration would count.
    let nowhere = tempfile::tempdir().map_err(|e| FetchError::Io(std::env::temp_dir(), e))?;
    let args = ["ls-remote", "--quiet", "--tags", "--refs", "--", remote.address()];
    let out = Git::new(remote, deadline).nowhere(nowhere.path()).run(args)?;
    let out = String::from_utf8_lossy(&out);
    let tags = out.lines().filter_map(|line| {
        let (id, name) = line.split_once('\t')?;
        url::check_id(id).ok()?;
        name.starts_with("refs/tags/")
            .then(|| (name.to_owned(), id.to_owned()))
    });
    Ok(tags.collect())
}

/// Which of these objects the repository lacks, without asking anyone else.
fn missing(
    repo: &Path,
    remote: &Remote,
    ids: &[String],
    deadline: Instant,
) -> Result<Vec<String>, FetchError> {
    let mut git = Git::new(remote, deadline).at(repo);
    let out = git
        .stdin(ids.join("\n") + "\n")
        .run(["cat-file", "--batch-check"])?;
    let out = String::from_utf8_lossy(&out).into_owned();
    Ok(out
        .lines()
        .filter_map(|line| line.strip_suffix(" missing"))
        .map(str::to_owned)
        .collect())
}

/// Writes the repository's configuration anew: nothing anyone put there since the last time counts.
fn configure(repo: &Path, sha256: bool) -> Result<(), FetchError> {
    let format = if sha256 { "\tobjectformat = sha256\n" } else { "" };
    let text = format!(
        "[core]\n\trepositoryformatversion = 1\n\tbare = true\n[extensions]\n\tpartialclone = origin\n{format}\
         [remote \"origin\"]\n\tpromisor = true\n\tpartialclonefilter = blob:none\n"
    );
    let path = repo.join("config");
    std::fs::write(&path, text).map_err(|e| FetchError::Io(path, e))
}

/// Whether there is a repository already, of the right object format.
fn has_format(repo: &Path, sha256: bool) -> bool {
    std::fs::read_to_string(repo.join("config"))
        .is_ok_and(|text| text.contains("objectformat = sha256") == sha256)
}

/// The cache knows an address by its digest, so that none can name a path.
fn digest(remote: &Remote) -> String {
    Sha256::digest(remote.address())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

//! Packages of the Debian archive as files in the work directory, each fetched once.

use std::fs;
use std::path::{Path, PathBuf};

use super::index::{Index, Listed};
use crate::apt::{self, Apt};

/// One file that was fetched, and what the archive says of it.
pub struct Fetched {
    /// The package that it is of.
    pub package: String,
    /// The package's version in Debian.
    pub version: String,
    /// The digest that the signed index has.
    pub sha256: String,
    /// Where it is.
    pub path: PathBuf,
}

/// The work directory.
pub struct Archive {
    apt: Apt,
    index: Index,
    work: PathBuf,
}

impl Archive {
    /// Makes the directory and fetches the indices of apt's `types`.
    pub fn new(work: &Path, types: &'static str) -> Result<Self, String> {
        let mut apt = Apt::new(work, types)?;
        for part in ["debs", "origs", "unpacked"] {
            fs::create_dir_all(work.join(part)).map_err(|error| format!("cannot make {part}: {error}"))?;
        }
        let work = fs::canonicalize(work).map_err(|error| format!("{}: {error}", work.display()))?;
        apt.update()?;
        let index = Index::read(&apt)?;
        Ok(Archive { apt, index, work })
    }

    /// An empty directory to unpack into.
    pub fn scratch(&self) -> Result<PathBuf, String> {
        let scratch = self.work.join("unpacked");
        let empty = |error| format!("cannot empty {}: {error}", scratch.display());
        fs::remove_dir_all(&scratch).map_err(empty)?;
        fs::create_dir_all(&scratch).map_err(empty)?;
        Ok(scratch)
    }

    /// The versions of a binary package, from the oldest suite to the newest.
    pub fn versions(&self, package: &str) -> Vec<String> {
        versions(self.index.binaries.get(package))
    }

    /// The versions of a source package, from the oldest suite to the newest.
    pub fn source_versions(&self, package: &str) -> Vec<String> {
        versions(self.index.sources.get(package))
    }

    /// The version of a source package in one suite.
    pub fn source_version_in(&self, package: &str, suite: &str) -> Result<String, String> {
        let mut listed = self.index.sources.get(package).into_iter().flatten();
        let found = listed.find(|listed| listed.suite == suite);
        found
            .map(|listed| listed.version.clone())
            .ok_or_else(|| format!("{suite} does not have it"))
    }

    /// A binary package.
    pub fn binary(&self, package: &str, version: &str) -> Result<Fetched, String> {
        let listed = find(self.index.binaries.get(package), version)?;
        self.fetched("debs", package, listed, &["download"])
    }

    /// The upstream tarball of a source package.
    pub fn orig(&self, package: &str, version: &str) -> Result<Fetched, String> {
        let listed = find(self.index.sources.get(package), version)?;
        self.fetched(
            "origs",
            package,
            listed,
            &["source", "--download-only", "--tar-only"],
        )
    }

    /// What apt checked while it fetched is not checked again.
    fn fetched(
        &self,
        directory: &str,
        package: &str,
        listed: &Listed,
        how: &[&str],
    ) -> Result<Fetched, String> {
        let directory = self.work.join(directory);
        let path = directory.join(&listed.file);
        if !path.is_file() {
            let exact = format!("{package}={}", listed.version);
            let mut apt = self.apt.command("apt-get");
            apt::run(apt.current_dir(&directory).arg("-qq").args(how).arg(exact))?;
        }
        Ok(Fetched {
            package: package.to_owned(),
            version: listed.version.clone(),
            sha256: listed.sha256.clone(),
            path,
        })
    }
}

fn versions(listed: Option<&Vec<Listed>>) -> Vec<String> {
    let mut versions: Vec<String> = Vec::new();
    for one in listed.into_iter().flatten() {
        if !versions.contains(&one.version) {
            versions.push(one.version.clone());
        }
    }
    versions
}

fn find<'a>(listed: Option<&'a Vec<Listed>>, version: &str) -> Result<&'a Listed, String> {
    let mut listed = listed.into_iter().flatten();
    listed
        .find(|listed| listed.version == version)
        .ok_or_else(|| "the archive does not have it".to_owned())
}

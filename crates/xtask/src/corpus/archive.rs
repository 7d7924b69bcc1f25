//! What the Debian archive still has of a release.

use std::path::{Path, PathBuf};

use super::record::Record;
use crate::apt::{self, Apt};

/// A cache directory and the apt behind it.
pub struct Archive {
    cache: PathBuf,
    apt: Apt,
}

impl Archive {
    /// Nothing is fetched until something is missing.
    pub fn new(cache: &Path) -> Result<Self, String> {
        Ok(Archive {
            cache: cache.to_owned(),
            apt: Apt::new(cache, "deb-src")?,
        })
    }

    /// Brings what the archive still has of the release into the cache; an error says why it is not all of it.
    pub fn fetch(&mut self, record: &Record) -> Result<(), String> {
        self.apt.update()?;
        let exact = format!("{}={}", record.package, record.debian_version);
        let Err(refusal) = self.source(&exact) else {
            return Ok(());
        };
        if !self.cache.join(&record.orig).is_file() {
            // Another revision of the package may still carry the same tarball.
            for version in self.versions_with(&record.package, &record.orig) {
                if self.source(&format!("{}={version}", record.package)).is_ok() {
                    break;
                }
            }
        }
        Err(refusal)
    }

    fn source(&self, what: &str) -> Result<(), String> {
        let mut apt = self.apt.command("apt-get");
        apt.args(["-qq", "source", "--download-only", what]);
        apt::run(&mut apt).map(drop)
    }

    fn versions_with(&self, package: &str, file: &str) -> Vec<String> {
        let output = apt::run(self.apt.command("apt-cache").args(["showsrc", package])).unwrap_or_default();
        versions_listing(&output, file)
    }
}

/// Of `apt-cache showsrc`, the versions whose files include `file`.
fn versions_listing(showsrc: &str, file: &str) -> Vec<String> {
    showsrc
        .split("\n\n")
        .filter(|paragraph| {
            paragraph
                .lines()
                .any(|line| line.split(' ').next_back() == Some(file))
        })
        .filter_map(|paragraph| paragraph.lines().find_map(|line| line.strip_prefix("Version: ")))
        .map(ToOwned::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::versions_listing;

    #[test]
    fn another_revision_with_the_same_tarball() {
        let showsrc = "Package: a\nVersion: 1-2\nFiles:\n 0123 45 a_1.orig.tar.xz\n\n\
                       Package: a\nVersion: 2-1\nFiles:\n 0123 45 a_2.orig.tar.xz\n 0123 45 a_2.orig.tar.xz.asc\n";
        assert_eq!(versions_listing(showsrc, "a_1.orig.tar.xz"), ["1-2"]);
        assert_eq!(versions_listing(showsrc, "a_3.orig.tar.xz"), [""; 0]);
    }
}

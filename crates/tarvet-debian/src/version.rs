//! Debian versions: `[EPOCH:]UPSTREAM[-REVISION]` (deb-version(7)), as file names and tags spell them.

mod dep14;
mod repack;

pub use dep14::{from_tag, to_tag};
pub use repack::Repack;

use std::cmp::Ordering;

/// A valid version. Two are equal when they sort as equal: `1.0` and `1.0-0`.
#[derive(Clone, Debug)]
pub struct Version {
    text: String,
    inner: debversion::Version,
}

/// Longest version that is read: a file name that has it could not be longer either.
const LONGEST: usize = 255;

impl Version {
    /// Reads a version by the rules of dpkg's own check. The error says which one is broken.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = |why: &str| Err(format!("{} is no version: {why}", crate::dsc::shown(text)));
        if text.len() > LONGEST {
            return wrong("it is too long");
        }
        let legal = |c: char| c.is_ascii_alphanumeric() || "-+:.~".contains(c);
        if let Some(bad) = text.chars().find(|c| !legal(*c)) {
            return wrong(&format!("{bad:?} cannot be in one"));
        }
        let (epoch, rest) = match text.split_once(':') {
            Some((epoch, rest)) => (Some(epoch), rest),
            None => (None, text),
        };
        let (upstream, revision) = match rest.rsplit_once('-') {
            Some((upstream, revision)) => (upstream, Some(revision)),
            None => (rest, None),
        };
        let epoch = match epoch.map(|epoch| (epoch.bytes().all(|b| b.is_ascii_digit()), epoch.parse())) {
            None => None,
            Some((true, Ok(epoch))) => Some(epoch),
            Some(_) => return wrong("the epoch before the colon is no number"),
        };
        if revision == Some("") {
            return wrong("nothing follows the last hyphen");
        }
        if !upstream.starts_with(|c: char| c.is_ascii_digit()) {
            return wrong("the upstream part does not begin with a digit");
        }
        Ok(Version {
            text: text.to_owned(),
            inner: debversion::Version {
                epoch,
                upstream_version: upstream.to_owned(),
                debian_revision: revision.map(str::to_owned),
            },
        })
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The number before the colon, where there is one.
    pub fn epoch(&self) -> Option<u32> {
        self.inner.epoch
    }

    /// The part between epoch and last hyphen: what `.orig.tar.*` has in its name.
    pub fn upstream_version(&self) -> &str {
        &self.inner.upstream_version
    }

    /// The part after the last hyphen. Native packages have none.
    pub fn revision(&self) -> Option<&str> {
        self.inner.debian_revision.as_deref()
    }

    /// Without epoch: what `.dsc` and `.debian.tar.*` have in their names.
    pub fn without_epoch(&self) -> &str {
        match self.inner.epoch {
            Some(_) => self.text.split_once(':').map_or("", |(_, rest)| rest),
            None => &self.text,
        }
    }

    /// Whether the upstream part says that the tarball is not upstream's own (`+dfsg`, `+ds`, `+repack` …).
    pub fn is_repacked(&self) -> bool {
        self.repack().is_some()
    }

    /// The words that say so, and upstream's own version before them.
    pub fn repack(&self) -> Option<Repack<'_>> {
        repack::find(self.upstream_version())
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.inner.cmp(&other.inner)
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Version {}

#[cfg(test)]
mod tests;

//! Which files to audit: those that were named, and those that directories hold.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::CliError;

/// Where a Debian source package keeps the keys of its upstream; the last two are out of use.
pub const IN_DEBIAN: [&str; 5] = [
    "debian/upstream/signing-key.asc",
    "debian/upstream/allowed-signers",
    "debian/upstream/signing-key.pgp",
    "debian/upstream-signing-key.pgp",
    "debian/upstream-signing-key.asc",
];

/// Directories within directories.
const DEEPEST: usize = 32;
/// Files and directories looked at.
const MOST_ENTRIES: usize = 4_000_000;

/// One thing to audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub path: PathBuf,
    pub kind: Kind,
}

/// What it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A key file that the user named.
    Named,
    /// A file that may be a key file, going by its name.
    Found,
    /// A Debian source package.
    Dsc,
    /// A directory that could not be listed, and why.
    Unreadable(String),
}

/// Everything to audit, in the order of the arguments, directories sorted by name.
pub fn collect(paths: &[PathBuf]) -> Result<Vec<Place>, CliError> {
    let mut walk = Walk::default();
    for path in paths {
        let metadata =
            fs::metadata(path).map_err(|error| CliError::file(path, "read the keyring", &error))?;
        if metadata.is_dir() {
            walk.directory(path, 0)?;
        } else if has_extension(path, &["spec", "rpm"]) {
            let message = format!(
                "{}: spec files and source RPMs are not audited yet",
                path.display()
            );
            return Err(CliError::new(message).hint("give the key files beside it"));
        } else {
            let kind = if has_extension(path, &["dsc"]) {
                Kind::Dsc
            } else {
                Kind::Named
            };
            walk.places.push(Place {
                path: path.clone(),
                kind,
            });
        }
    }
    Ok(walk.places)
}

#[derive(Default)]
struct Walk {
    places: Vec<Place>,
    entries: usize,
}

impl Walk {
    /// Links are not followed: a package must not lead the audit out of itself, nor round in circles.
    fn directory(&mut self, directory: &Path, depth: usize) -> Result<(), CliError> {
        if is_plain_file(&directory.join("debian/changelog")) {
            self.debian_tree(directory);
            return Ok(());
        }
        if depth > DEEPEST {
            self.unreadable(directory, format!("more than {DEEPEST} directories deep"));
            return Ok(());
        }
        let mut names = match fs::read_dir(directory).and_then(Iterator::collect::<Result<Vec<_>, _>>) {
            Ok(names) => names,
            Err(error) => {
                self.unreadable(directory, format!("the directory cannot be listed: {error}"));
                return Ok(());
            }
        };
        self.entries += names.len();
        if self.entries > MOST_ENTRIES {
            let message = format!("{}: more than {MOST_ENTRIES} files", directory.display());
            return Err(CliError::new(message).hint("audit its parts one by one"));
        }
        names.sort_by_key(fs::DirEntry::file_name);
        for entry in names {
            let path = entry.path();
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => {
                    if entry.file_name() != ".git" {
                        self.directory(&path, depth + 1)?;
                    }
                }
                Ok(kind) if kind.is_file() => self.file(path),
                Ok(_) => {}
                Err(error) => self.unreadable(&path, error.to_string()),
            }
        }
        Ok(())
    }

    fn file(&mut self, path: PathBuf) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let kind = if has_extension(&path, &["dsc"]) {
            Kind::Dsc
        } else if has_extension(&path, &["asc", "gpg", "pgp", "keyring", "key", "pub", "kbx"])
            || name.starts_with("gpgkey")
            || name == "allowed_signers"
            || name == "allowed-signers"
        {
            Kind::Found
        } else {
            return;
        };
        self.places.push(Place { path, kind });
    }

    /// Of a package only the keys that its maintainer put there: upstream's own tests may be full of odd ones.
    fn debian_tree(&mut self, directory: &Path) {
        let keys = IN_DEBIAN.map(|place| directory.join(place));
        for path in keys.into_iter().filter(|path| is_plain_file(path)) {
            self.places.push(Place {
                path,
                kind: Kind::Named,
            });
        }
    }

    fn unreadable(&mut self, path: &Path, words: String) {
        self.places.push(Place {
            path: path.to_owned(),
            kind: Kind::Unreadable(words),
        });
    }
}

fn is_plain_file(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_file())
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    path.extension().is_some_and(|found| {
        extensions
            .iter()
            .any(|extension| found.eq_ignore_ascii_case(extension))
    })
}

//! Which files to audit: those that were named, and those that directories hold.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use bstr::ByteSlice;

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
    /// Specs of one directory, and the files beside them that may be key files, going by their names.
    Specs {
        specs: Vec<PathBuf>,
        beside: Vec<PathBuf>,
    },
    /// An RPM source package.
    Srpm,
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
        } else {
            let kind = if has_extension(path, &["dsc"]) {
                Kind::Dsc
            } else if has_extension(path, &["rpm"]) {
                Kind::Srpm
            } else if has_extension(path, &["spec"]) {
                Kind::Specs {
                    specs: vec![path.clone()],
                    beside: Vec::new(),
                }
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
        let (start, mut specs) = (self.places.len(), Vec::new());
        for entry in names {
            let path = entry.path();
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => {
                    if entry.file_name() != ".git" {
                        self.directory(&path, depth + 1)?;
                    }
                }
                Ok(kind) if kind.is_file() && has_extension(&path, &["spec"]) => specs.push(path),
                Ok(kind) if kind.is_file() => self.file(path),
                Ok(_) => {}
                Err(error) => self.unreadable(&path, error.to_string()),
            }
        }
        if !specs.is_empty() {
            self.specs(directory, specs, start);
        }
        Ok(())
    }

    /// Puts the key files of a directory with specs, which were found since `start`, together with these.
    fn specs(&mut self, directory: &Path, specs: Vec<PathBuf>, start: usize) {
        let is_beside = |place: &Place| place.kind == Kind::Found && place.path.parent() == Some(directory);
        let (beside, others): (Vec<Place>, Vec<Place>) = self.places.drain(start..).partition(is_beside);
        self.places.extend(others);
        self.places.push(Place {
            path: directory.to_owned(),
            kind: Kind::Specs {
                specs,
                beside: beside.into_iter().map(|place| place.path).collect(),
            },
        });
    }

    fn file(&mut self, path: PathBuf) {
        let name = path.file_name().unwrap_or_default().as_bytes();
        let kind = if has_extension(&path, &["dsc"]) {
            Kind::Dsc
        } else if name.ends_with(b".src.rpm") || name.ends_with(b".nosrc.rpm") {
            Kind::Srpm
        } else if has_key_name(name) {
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

/// Whether a file may hold keys, going by its name. Signatures have such names, too.
pub fn has_key_name(name: &[u8]) -> bool {
    const ENDINGS: [&[u8]; 7] = [b"asc", b"gpg", b"pgp", b"keyring", b"key", b"pub", b"kbx"];
    let ending = name
        .rsplit_once_str(".")
        .map(|(_, ending)| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| ENDINGS.contains(&ending.as_slice()))
        || name.starts_with(b"gpgkey")
        || name == b"allowed_signers"
        || name == b"allowed-signers"
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

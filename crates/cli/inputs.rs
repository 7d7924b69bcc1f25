//! Files and repositories that the user names, opened, with errors that say what was expected.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use bstr::BString;
use tarvet_core::Upstream;
use tarvet_core::keyring::Keyring;
use tarvet_core::upstream::{Proof, Repository, TagWish, is_pack};
use tarvet_origin::known::{Table, Tables};

use crate::differing::Compared;
use crate::error::CliError;
use crate::{fetch, remote};

/// Largest keyring or signature file, in bytes.
const LARGEST_KEY_FILE: u64 = 64 << 20;

/// All keyring files together.
pub fn keyring(paths: &[PathBuf]) -> Result<Keyring, CliError> {
    let mut keyring = Keyring::new();
    for path in paths {
        let bytes = read_small(path, "the keyring")?;
        keyring
            .add(&path.display().to_string(), &bytes)
            .map_err(|error| CliError::new(error.to_string()))?;
    }
    Ok(keyring)
}

/// Detached signatures with the names they are reported under.
pub fn signatures(paths: &[PathBuf]) -> Result<Vec<(String, Vec<u8>)>, CliError> {
    let read = |path: &PathBuf| Ok((path.display().to_string(), read_small(path, "the signature")?));
    paths.iter().map(read).collect()
}

/// The built-in table of known build files, and those in files.
pub fn tables(paths: &[PathBuf]) -> Result<Tables, CliError> {
    let mut tables = Tables::new();
    for path in paths {
        let bytes = read_small(path, "the table of known files")?;
        let table = Table::parse(bytes).map_err(|error| {
            CliError::new(format!("{}: not a table of known files: {error}", path.display()))
                .hint("make one with: tarvet known --index DIRECTORY -o FILE")
        })?;
        tables.add(table);
    }
    Ok(tables)
}

/// A file of modest size; `what` is it to the user.
pub fn read_small(path: &Path, what: &str) -> Result<Vec<u8>, CliError> {
    let unreadable = |error| CliError::file(path, &format!("read {what}"), &error);
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(unreadable)?;
    file.take(LARGEST_KEY_FILE + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.len() as u64 > LARGEST_KEY_FILE {
        let message = format!(
            "{}: {what} is larger than {LARGEST_KEY_FILE} bytes",
            path.display()
        );
        return Err(CliError::new(message).hint("is this the right file?"));
    }
    Ok(bytes)
}

/// The proof in a file.
pub fn proof(path: &Path) -> Result<Upstream, CliError> {
    Ok(Upstream::Proof(Proof::open(path)?))
}

/// The repository that `--git` names: a directory, a bundle or a URL. The latter two are fetched for `wish`, with what
/// differs from the tarball.
pub fn repository(
    argument: &str,
    wish: Option<&TagWish>,
    compared: Option<Compared<'_>>,
) -> Result<Upstream, CliError> {
    if fetch::is_remote(argument) || fetch::is_bundle(Path::new(argument)) {
        return remote::fetched(argument, wish, compared);
    }
    Ok(Upstream::Repository(Box::new(Repository::open(Path::new(
        argument,
    ))?)))
}

/// `PATH=REPO|PROOF` of `--submodule`.
pub fn submodule(argument: &str) -> Result<(BString, Upstream), CliError> {
    let usage = || {
        CliError::new(format!(
            "--submodule {argument}: expected PATH=REPO or PATH=PROOF"
        ))
    };
    let (path, place) = argument.split_once('=').ok_or_else(usage)?;
    let path = path.trim_matches('/');
    if path.is_empty() || place.is_empty() {
        return Err(usage());
    }
    let upstream = if starts_like_pack(Path::new(place)) {
        proof(Path::new(place))?
    } else {
        repository(place, None, None)?
    };
    Ok((path.into(), upstream))
}

fn starts_like_pack(path: &Path) -> bool {
    let mut start = [0; 4];
    let read = fs::File::open(path).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && is_pack(&start)
}

//! `tarvet known --index`: a table of the versions in repositories and directories.

use std::fs;
use std::path::Path;

use bstr::{BStr, ByteSlice};
use tarvet_core::upstream::{Repository, every_version};
use tarvet_origin::known::{Builder, Class, Tables, Version};

use crate::error::CliError;
use crate::inputs;

/// Directories below a directory that are searched.
const DEPTH: usize = 16;
/// Larger files are no build files.
const LARGEST: u64 = 4 << 20;
const SECONDS_A_DAY: i64 = 86_400;

/// Writes the table.
pub fn run(paths: &[std::path::PathBuf], output: &Path) -> Result<u8, CliError> {
    let mut builder = Builder::new();
    for path in paths {
        let metadata = fs::metadata(path).map_err(|error| CliError::file(path, "index", &error))?;
        if !metadata.is_dir() {
            return Err(CliError::new(format!("{}: not a directory", path.display()))
                .hint("--index takes git repositories and directories"));
        }
        let taken = match Repository::open(path) {
            Ok(repository) => repository_files(&project(path), &repository, &mut builder)?,
            Err(_) => directory(&project(path), path, DEPTH, &mut builder)?,
        };
        anstream::eprintln!("{}: {taken} versions of build files", path.display());
    }
    let bytes = builder
        .finish()
        .map_err(|error| CliError::new(error.to_string()))?;
    fs::write(output, &bytes).map_err(|error| CliError::file(output, "write the table", &error))?;
    anstream::eprintln!("{}: {} bytes", output.display(), bytes.len());
    Ok(0)
}

/// A directory is called after its project, and perhaps its version.
fn project(path: &Path) -> (String, String) {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let name = name.strip_suffix(".git").unwrap_or(&name);
    match name.rsplit_once('-') {
        Some((project, version)) if version.starts_with(|first: char| first.is_ascii_digit()) => {
            (project.to_owned(), version.to_owned())
        }
        _ => (name.to_owned(), "of unknown version".to_owned()),
    }
}

/// Macro files, and whatever has the name of a standard file.
fn class(name: &BStr) -> Option<Class> {
    let standard = Tables::new().class(name);
    standard.or_else(|| name.ends_with(b".m4").then_some(Class::Macro))
}

fn repository_files(
    (project, _): &(String, String),
    repository: &Repository,
    builder: &mut Builder,
) -> Result<usize, CliError> {
    let mut taken = 0;
    every_version(repository, &|name| class(name).is_some(), &mut |file| {
        let day = u16::try_from(file.since / SECONDS_A_DAY).unwrap_or_default();
        let version = Version::Days {
            first: day,
            last: day,
        };
        if let Some(class) = class(file.name.as_bstr()) {
            taken += usize::from(builder.add(project, &version, class, &file.name, &file.content));
        }
    })?;
    Ok(taken)
}

fn directory(
    named: &(String, String),
    path: &Path,
    depth: usize,
    builder: &mut Builder,
) -> Result<usize, CliError> {
    let mut taken = 0;
    let entries = fs::read_dir(path).map_err(|error| CliError::file(path, "index", &error))?;
    let mut entries: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    entries.sort();
    for entry in entries {
        let Ok(metadata) = fs::symlink_metadata(&entry) else {
            continue;
        };
        if metadata.is_dir() && depth > 0 {
            taken += directory(named, &entry, depth - 1, builder)?;
        } else if metadata.is_file() && metadata.len() <= LARGEST {
            let name = entry
                .file_name()
                .map(|name| name.to_string_lossy().into_owned())
                .unwrap_or_default();
            let name = name.as_bytes().as_bstr();
            if let Some(class) = class(name) {
                let content = inputs::read_small(&entry, "the file")?;
                let version = Version::Release(named.1.clone());
                taken += usize::from(builder.add(&named.0, &version, class, name, &content));
            }
        }
    }
    Ok(taken)
}

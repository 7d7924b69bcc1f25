//! The regular files of an unpacked package.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::apt;

/// Larger files are no build files.
const LARGEST: u64 = 4 << 20;

/// A file: its path without the leading `./`, and its contents.
pub struct File {
    pub path: String,
    pub content: Vec<u8>,
}

/// Unpacks a binary package.
pub fn deb(deb: &Path, into: &Path) -> Result<(), String> {
    apt::run(Command::new("dpkg-deb").arg("-x").args([deb, into])).map(drop)
}

/// Unpacks a tarball without its topmost directory.
pub fn tarball(tarball: &Path, into: &Path) -> Result<(), String> {
    let mut tar = Command::new("tar");
    tar.args([
        "--extract",
        "--no-same-owner",
        "--no-same-permissions",
        "--strip-components=1",
    ]);
    apt::run(tar.arg("--file").arg(tarball).arg("--directory").arg(into)).map(drop)
}

/// Every regular file below, sorted by path; links are not followed.
pub fn files(below: &Path, wanted: &dyn Fn(&str) -> bool) -> Result<Vec<File>, String> {
    let mut files = Vec::new();
    walk(below, "", wanted, &mut files).map_err(|error| format!("{}: {error}", below.display()))?;
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}

fn walk(
    directory: &Path,
    prefix: &str,
    wanted: &dyn Fn(&str) -> bool,
    files: &mut Vec<File>,
) -> std::io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        let path = format!("{prefix}{name}");
        if kind.is_dir() {
            walk(&entry.path(), &format!("{path}/"), wanted, files)?;
        } else if kind.is_file() && wanted(&path) && entry.metadata()?.len() <= LARGEST {
            // What one may not read is not worth much.
            if let Ok(content) = fs::read(entry.path()) {
                files.push(File { path, content });
            }
        }
    }
    Ok(())
}

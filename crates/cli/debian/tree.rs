//! `--tree`: is the unpacked tree what dpkg-source makes of the tarballs that were checked?

mod patched;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::{fs, io};

use bstr::{BStr, BString};
use sha2::{Digest, Sha256};
use tarvet_archive::{Limits, Member, MemberKind};
use tarvet_debian::SourcePackage;

use super::below_top;
use super::tarball::Vetted;
use crate::error::CliError;

/// Directories that are no part of the source: the packaging, quilt's, and version control's.
const NOT_LOOKED_AT: [&str; 4] = ["debian", ".pc", ".git", ".svn"];

/// Differences that are told; whoever has more of them has the wrong tree.
const MOST: usize = 200;

/// Every file that is not as dpkg-source would have left it: path and what is wrong.
pub fn differences(
    root: &Path,
    source: &SourcePackage,
    vetted: &[Vetted],
    limits: Limits,
) -> Result<Vec<(BString, String)>, CliError> {
    if vetted.is_empty() {
        return Ok(Vec::new());
    }
    let expected = expected(vetted);
    let states = patched::states(source, vetted, &expected, limits)?;
    let mut differences = Vec::new();
    for (path, member) in &expected {
        let place = root.join(OsStr::from_bytes(path));
        let what = match states.get(path) {
            Some(states) => patched::compare(&place, states)?,
            None => compare(&place, member)?,
        };
        differences.extend(what.map(|what| (path.clone(), what)));
    }
    let mut found = Vec::new();
    walk(root, BStr::new(""), &mut found)?;
    for path in found.into_iter().filter(|path| !expected.contains_key(path)) {
        let what = match states.get(&path) {
            Some(states) => patched::compare(&root.join(OsStr::from_bytes(&path)), states)?,
            None => Some("it is in none of the tarballs, and no patch makes it".into()),
        };
        differences.extend(what.map(|what| (path, what)));
    }
    differences.truncate(MOST);
    Ok(differences)
}

/// What dpkg-source unpacks, without debian/: the main tarball, each component in place of its directory.
fn expected(vetted: &[Vetted]) -> BTreeMap<BString, &Member> {
    let mut expected: BTreeMap<BString, &Member> = BTreeMap::new();
    for one in vetted {
        let directory = one.tarball.component.as_ref().map(|name| format!("{name}/"));
        if let Some(directory) = &directory {
            expected.retain(|path, _| !path.starts_with(directory.as_bytes()));
        }
        for member in &one.facts.tarball.manifest.members {
            let Some(path) = below_top(BStr::new(&member.path), one.facts.comparison.top.as_ref()) else {
                continue;
            };
            let path = BString::from([directory.as_deref().unwrap_or_default().as_bytes(), path].concat());
            if member.kind != MemberKind::Directory && !is_left_out(BStr::new(&path)) {
                expected.insert(path, member);
            }
        }
    }
    expected
}

fn is_left_out(path: &BStr) -> bool {
    let first = path.split(|byte| *byte == b'/').next().unwrap_or_default();
    NOT_LOOKED_AT.iter().any(|name| name.as_bytes() == first)
}

fn compare(place: &Path, member: &Member) -> Result<Option<String>, CliError> {
    let found = match there(place)? {
        There::Nothing => return Ok(Some("the tarball has it and the tree has not".into())),
        There::Other => return Ok(Some("it is neither a file nor a link".into())),
        There::Link(digest) if member.kind == MemberKind::Symlink => digest,
        There::File(digest) if member.kind != MemberKind::Symlink => digest,
        There::Link(_) => return Ok(Some("it is a link, and a file in the tarball".into())),
        There::File(_) => return Ok(Some("it is a file, and a link in the tarball".into())),
    };
    let same = found == member.sha256.0;
    Ok((!same).then(|| "other contents than in the tarball, and no patch touches it".into()))
}

/// What is at a place of the tree; contents, or a link's target, by SHA-256.
enum There {
    Nothing,
    File([u8; 32]),
    Link([u8; 32]),
    Other,
}

fn there(place: &Path) -> Result<There, CliError> {
    let unreadable = |error| CliError::file(place, "read the file", &error);
    let metadata = match fs::symlink_metadata(place) {
        Ok(metadata) => metadata,
        Err(error) if absent(&error) => return Ok(There::Nothing),
        Err(error) => return Err(unreadable(error)),
    };
    Ok(if metadata.is_symlink() {
        let target = fs::read_link(place).map_err(unreadable)?;
        There::Link(Sha256::digest(target.as_os_str().as_bytes()).into())
    } else if metadata.is_file() {
        There::File(Sha256::digest(fs::read(place).map_err(unreadable)?).into())
    } else {
        There::Other
    })
}

/// No such file, or a file where a directory on the way to it would be.
fn absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

/// Every file and link below `root`, without following links.
fn walk(root: &Path, below: &BStr, found: &mut Vec<BString>) -> Result<(), CliError> {
    let directory = root.join(OsStr::from_bytes(below));
    let unreadable = |error| CliError::file(&directory, "read the directory", &error);
    for entry in fs::read_dir(&directory).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let mut path = BString::from(below);
        if !path.is_empty() {
            path.push(b'/');
        }
        path.extend_from_slice(entry.file_name().as_bytes());
        if is_left_out(BStr::new(&path)) {
            continue;
        }
        if entry.file_type().map_err(unreadable)?.is_dir() {
            walk(root, BStr::new(&path), found)?;
        } else {
            found.push(path);
        }
    }
    Ok(())
}

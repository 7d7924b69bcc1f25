//! `.pc`, which dpkg-source leaves in the tree with quilt's notes and the files as they were before each patch.
//!
//! quilt(1) of quilt 0.67 and what dpkg-source 1.21 writes are the source. Whatever else lies there is in no tarball, and a build can
//! read it as it can read any file.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use bstr::{BStr, BString, ByteSlice};
use sha2::{Digest, Sha256};

use super::{Found, found};
use crate::error::CliError;

/// No list of patches is longer, in bytes.
const LONGEST: u64 = 1 << 20;

/// What in `files`, all below `.pc`, is not quilt's. `unpacked` tells the digest of what a tarball has at a path, and
/// `touched` whether a patch touches it.
pub fn strange(
    root: &Path,
    files: &[BString],
    unpacked: &dyn Fn(&BStr) -> Option<[u8; 32]>,
    touched: &dyn Fn(&BStr) -> bool,
) -> Result<Vec<(BString, String)>, CliError> {
    let mut strange = Vec::new();
    // The first patch of a file has put away the tarball's, later ones what was between.
    let mut backups: BTreeMap<&BStr, Vec<(&BString, bool)>> = BTreeMap::new();
    for path in files {
        let name = BStr::new(path.strip_prefix(b".pc/").unwrap_or(path));
        if let Some(of) = backup(root, name).filter(|of| touched(of)) {
            let there = found(&root.join(OsStr::from_bytes(path)))?.0;
            let empty: [u8; 32] = Sha256::digest(b"").into();
            let first = there == Found::File(unpacked(of).unwrap_or(empty));
            if matches!(there, Found::File(_)) {
                backups.entry(of).or_default().push((path, first));
                continue;
            }
        } else if is_note(root, path, name) {
            continue;
        }
        strange.push((
            path.clone(),
            "quilt does not leave such a file there, and no tarball has it".to_owned(),
        ));
    }
    for (of, backups) in backups {
        if !backups.iter().any(|(_, first)| *first) {
            let what = format!("it is not {of} as the tarball has it, which quilt would have put there");
            strange.extend(backups.into_iter().map(|(path, _)| (path.clone(), what.clone())));
        }
    }
    Ok(strange)
}

/// The file of which `PATCH/FILE` is the state before PATCH, if there is such a patch.
fn backup<'n>(root: &Path, name: &'n BStr) -> Option<&'n BStr> {
    let slashes = name.find_iter("/").take(MOST_PARTS);
    let is_patch = |at: &usize| name.get(..*at).is_some_and(|patch| is_listed(root, patch));
    let at = slashes.into_iter().find(is_patch)?;
    name.get(at + 1..).map(BStr::new)
}

/// More directories than the name of any patch has.
const MOST_PARTS: usize = 8;

fn is_listed(root: &Path, patch: &[u8]) -> bool {
    let plain = !patch.is_empty()
        && patch
            .split(|byte| *byte == b'/')
            .all(|part| !part.starts_with(b"."));
    plain
        && root
            .join("debian/patches")
            .join(OsStr::from_bytes(patch))
            .is_file()
}

/// quilt's own notes, by name and contents.
fn is_note(root: &Path, path: &BString, name: &BStr) -> bool {
    let place = root.join(OsStr::from_bytes(path));
    let small = fs::symlink_metadata(&place).is_ok_and(|file| file.is_file() && file.len() <= LONGEST);
    let Some(text) = small.then(|| fs::read(&place).ok()).flatten() else {
        return false;
    };
    match name.as_bytes() {
        b".version" => text == b"2\n",
        b".quilt_patches" => text == b"debian/patches\n",
        // dpkg-source --before-build, for --after-build.
        b".dpkg-source-unapply" => text.is_empty(),
        b".quilt_series" => text == b"series\n" || text == b"debian.series\n",
        b"applied-patches" => text.lines().all(|patch| is_listed(root, patch)),
        // In the directory of a patch, also of one that is no longer listed.
        name => name.ends_with(b"/.timestamp") && text.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILES: &[(&str, &str)] = &[
        ("debian/patches/a/fix.patch", ""),
        ("debian/patches/more.patch", ""),
        (".pc/.version", "2\n"),
        (".pc/.quilt_patches", "debian/patches\n"),
        (".pc/.quilt_series", "series\n"),
        (".pc/.dpkg-source-unapply", ""),
        (".pc/applied-patches", "a/fix.patch\nmore.patch\n"),
        (".pc/a/fix.patch/.timestamp", ""),
        (".pc/a/fix.patch/src/main.c", "one\n"),
        (".pc/more.patch/src/main.c", "two\n"),
        (".pc/more.patch/made.c", ""),
    ];

    /// What is strange when these files come on top, or in the place of others.
    fn with(more: &[(&str, &str)]) -> Vec<String> {
        let tree = tempfile::tempdir().unwrap();
        let mut files: BTreeMap<&str, &str> = FILES.iter().copied().collect();
        files.extend(more.iter().copied());
        for (path, text) in &files {
            let place = tree.path().join(path);
            fs::create_dir_all(place.parent().unwrap()).unwrap();
            fs::write(place, text).unwrap();
        }
        let below = files.keys().filter(|path| path.starts_with(".pc/"));
        let below: Vec<BString> = below.map(|path| (*path).into()).collect();
        let unpacked = |path: &BStr| (path == "src/main.c").then(|| Sha256::digest(b"one\n").into());
        let touched = |path: &BStr| path == "src/main.c" || path == "made.c";
        let strange = strange(tree.path(), &below, &unpacked, &touched).unwrap();
        strange.into_iter().map(|(path, _)| path.to_string()).collect()
    }

    #[test]
    fn what_quilt_leaves_is_not_told() {
        assert_eq!(with(&[]), [""; 0]);
    }

    #[test]
    fn anything_else_is_told() {
        for (path, text) in [
            (".pc/configure", "evil"),
            (".pc/more.patch/configure", "evil"),
            (".pc/other.patch/src/main.c", "one\n"),
            (".pc/more.patch/made.c", "evil"),
            (".pc/.version", "evil"),
            (".pc/applied-patches", "evil\n"),
            (".pc/more.patch/.timestamp", "evil"),
            (".pc/x.m4", ""),
        ] {
            assert_eq!(with(&[(path, text)]), [path]);
        }
        let both = [
            (".pc/a/fix.patch/src/main.c", "evil"),
            (".pc/more.patch/src/main.c", "evil"),
        ];
        assert_eq!(with(&both).len(), 2);
    }
}

//! A look at a git directory before anybody opens it: a fifo or a device in the place of a file would block or feed its
//! reader for ever.

use std::fs;
use std::path::{Path, PathBuf};

/// Files and directories that are looked at; loose objects are left to the moment they are read.
const MOST_FILES: usize = 500_000;
/// The largest file that git reads whole, in bytes: a ref, a configuration.
const LARGEST: u64 = 1 << 30;
/// Files that are small, in bytes, wherever they are honest.
const SMALL: u64 = 16 << 20;
/// Redirections (`.git` files, `commondir`) that are followed.
const MOST_REDIRECTIONS: usize = 4;

/// The first thing in a repository that is no plain file or directory, or far too large. `path` is its work tree or its git
/// directory; where `.git` and `commondir` lead is looked at, too.
pub(super) fn special_file(path: &Path) -> Option<PathBuf> {
    let dot_git = path.join(".git");
    let mut next = Some(if fs::symlink_metadata(&dot_git).is_ok() {
        dot_git
    } else {
        path.to_owned()
    });
    let mut left = MOST_FILES;
    for _ in 0..MOST_REDIRECTIONS {
        let here = next.take()?;
        if !is_sound(&here, SMALL) {
            return Some(here);
        }
        if here.is_file() {
            next = redirection(&here, "gitdir: ");
            continue;
        }
        if let Some(found) = inside(&here, &mut left) {
            return Some(found);
        }
        next = redirection(&here.join("commondir"), "");
    }
    next
}

/// Looks through a directory; directories of loose objects are skipped.
fn inside(directory: &Path, left: &mut usize) -> Option<PathBuf> {
    let mut open = vec![directory.to_owned()];
    while let Some(directory) = open.pop() {
        for entry in fs::read_dir(&directory).ok()?.flatten() {
            let path = entry.path();
            *left = left.checked_sub(1)?;
            let pack = directory.ends_with("pack");
            if !is_sound(&path, if pack { u64::MAX } else { LARGEST }) {
                return Some(path);
            }
            // Links to directories are not followed: they could lead anywhere, and in a circle.
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) && !is_loose(&directory, &path) {
                open.push(path);
            }
        }
    }
    None
}

/// A plain file of a sane size or a directory, also behind a symlink. What is not there is sound.
pub(super) fn is_sound(path: &Path, largest: u64) -> bool {
    match fs::metadata(path) {
        Ok(metadata) => metadata.is_dir() || (metadata.is_file() && metadata.len() <= largest),
        Err(_) => true,
    }
}

fn is_loose(directory: &Path, path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    directory.ends_with("objects") && name.len() == 2 && name != "pack"
}

/// Where a small file leads, relative to its own directory.
fn redirection(file: &Path, prefix: &str) -> Option<PathBuf> {
    if !fs::metadata(file).is_ok_and(|metadata| metadata.is_file() && metadata.len() < 4096) {
        return None;
    }
    let text = fs::read_to_string(file).ok()?;
    let target = text.strip_prefix(prefix)?.trim_end();
    Some(file.parent()?.join(target))
}

//! debian/ of an unpacked tree.

use super::{DebianDir, DebianFile, Kind, Room};
use crate::dsc::{FaultKind, Faults};
use bstr::{BString, ByteSlice};
use sha2::Digest;
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use tarvet_archive::Sha256;

/// Directories inside directories.
const DEEPEST: usize = 64;

impl DebianDir {
    /// Reads debian/ of the tree at `root`, in the order of names. No symbolic link is followed.
    ///
    /// Err: a directory or file in it could not be read, or changed while it was.
    pub fn from_directory(root: &Path, room: Room) -> io::Result<Self> {
        let mut walk = Walk {
            debian: DebianDir::default(),
            faults: Faults::of("debian"),
            left: room.total,
            room,
        };
        let top = root.join("debian");
        match fs::symlink_metadata(&top) {
            Ok(meta) if meta.is_dir() => walk.directory(top, BString::from("debian"), &meta)?,
            Ok(_) => {
                let help = "make debian a directory of the tree itself";
                walk.faults.push(
                    FaultKind::DebianDirUnreadable,
                    None,
                    "debian is no directory",
                    help,
                );
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        walk.debian.faults = walk.faults.found;
        Ok(walk.debian)
    }
}

struct Walk {
    debian: DebianDir,
    faults: Faults<'static>,
    /// Bytes of contents that still fit.
    left: u64,
    room: Room,
}

impl Walk {
    fn directory(&mut self, path: PathBuf, name: BString, meta: &Metadata) -> io::Result<()> {
        self.debian
            .files
            .insert(name.clone(), entry(Kind::Directory, meta));
        let mut waiting = vec![(path, name)];
        while let Some((path, name)) = waiting.pop() {
            for item in fs::read_dir(&path)? {
                let item = item?;
                let mut below = name.clone();
                below.push(b'/');
                below.extend_from_slice(item.file_name().as_bytes());
                if self.debian.files.len() >= self.room.entries || below.find_iter("/").count() > DEEPEST {
                    self.too_much();
                    return Ok(());
                }
                let path = item.path();
                let meta = fs::symlink_metadata(&path)?;
                let entry = self.entry(&path, &meta)?;
                if entry.kind == Kind::Directory {
                    waiting.push((path, below.clone()));
                }
                self.debian.files.insert(below, entry);
            }
        }
        Ok(())
    }

    fn too_much(&mut self) {
        let message = format!(
            "more than {} entries below debian/, or {DEEPEST} levels",
            self.room.entries
        );
        let help = "clean the tree (debian/rules clean), or give the .dsc instead";
        self.faults
            .push(FaultKind::DebianDirUnreadable, None, message, help);
    }

    fn entry(&mut self, path: &Path, meta: &Metadata) -> io::Result<DebianFile> {
        let kind = meta.file_type();
        if kind.is_symlink() {
            let target = fs::read_link(path)?;
            return Ok(DebianFile {
                link: Some(BString::from(target.as_os_str().as_bytes())),
                ..entry(Kind::Symlink, meta)
            });
        }
        if kind.is_dir() {
            return Ok(entry(Kind::Directory, meta));
        }
        if !kind.is_file() {
            return Ok(entry(Kind::Other, meta));
        }
        let mut file = DebianFile {
            size: meta.len(),
            ..entry(Kind::File, meta)
        };
        if meta.len() <= self.room.file.min(self.left) {
            let content = read(path, meta)?;
            self.left -= meta.len();
            file.sha256 = Some(Sha256(sha2::Sha256::digest(&content).into()));
            file.content = Some(content);
        }
        Ok(file)
    }
}

/// The contents of a file that is still the one that was looked at.
fn read(path: &Path, meta: &Metadata) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    let opened = file.metadata()?;
    let mut content = Vec::new();
    file.take(meta.len() + 1).read_to_end(&mut content)?;
    let same = (opened.dev(), opened.ino()) == (meta.dev(), meta.ino());
    if !same || content.len() as u64 != meta.len() {
        return Err(io::Error::other(format!(
            "{} changed while it was read",
            path.display()
        )));
    }
    Ok(content)
}

fn entry(kind: Kind, meta: &Metadata) -> DebianFile {
    DebianFile {
        kind,
        mode: meta.mode() & 0o7777,
        size: 0,
        sha256: None,
        content: None,
        link: None,
    }
}

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::AtomicU64;

use bstr::BString;
use tarvet_archive::Limits;
use tarvet_origin::known::Tables;

use crate::keyring::Keyring;
use crate::packaging::Packaging;
use crate::policy::Policy;
use crate::upstream::{Nowhere, Proof, Repository, TagWish, TreeLimits};

/// What is claimed: this tarball is that release of this upstream, signed by somebody in this keyring.
pub struct Subject<'a> {
    /// The project's name, if known.
    pub name: Option<String>,
    /// Upstream's version, if known.
    pub version: Option<String>,
    /// The tarball.
    pub tarball: TarballFile,
    /// Where upstream's objects are.
    pub upstream: Upstream,
    /// The tag wanted; `None` when neither a tag nor a version is known.
    pub wish: Option<TagWish>,
    /// The directory of the tree that the tarball was made from; empty for the root.
    pub subdir: BString,
    /// Submodules: path of the gitlink, and where its objects are.
    pub submodules: Vec<(BString, Upstream)>,
    /// Whom the caller trusts.
    pub keyring: &'a Keyring,
    /// Published versions of standard build files.
    pub tables: &'a Tables,
    /// Detached signatures over the tarball: label and bytes of each file.
    pub signatures: Vec<(String, Vec<u8>)>,
    /// What the package around the tarball says of it.
    pub packaging: Packaging<'a>,
    /// What the caller demands.
    pub policy: Policy,
    /// Bounds on reading the tarball.
    pub limits: Limits,
    /// Bounds on reading the tree.
    pub tree_limits: TreeLimits,
    /// Threads for decoding.
    pub threads: usize,
    /// Counts the bytes of the tarball as they are read.
    pub progress: Option<&'a AtomicU64>,
}

/// Where upstream's objects are read.
pub enum Upstream {
    /// A repository on disk.
    Repository(Box<Repository>),
    /// An offline proof.
    Proof(Proof),
    /// Nobody said where: nothing can be proven of the release.
    Unknown(Nowhere),
}

/// A tarball, opened once: whatever is read of it later is read through the same file.
#[derive(Debug)]
pub struct TarballFile {
    path: PathBuf,
    file: Mutex<File>,
    len: u64,
}

impl TarballFile {
    /// Opens the file. Errors are the system's.
    pub fn open(path: &Path) -> io::Result<Self> {
        Self::from_file(path, File::open(path)?)
    }

    /// Takes a file that is open for reading, under the name that reports give it: a tarball from inside of a package
    /// has no path of its own. Errors are the system's.
    pub fn from_file(path: &Path, file: File) -> io::Result<Self> {
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        Ok(TarballFile {
            path: path.to_owned(),
            file: Mutex::new(file),
            len: metadata.len(),
        })
    }

    /// The path it was opened by.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file's name without its directory.
    pub fn file_name(&self) -> String {
        self.path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default()
    }

    /// Length in bytes when it was opened.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether the file was empty when it was opened.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// A reader from the first byte. Several readers may be in use at once; each keeps its own position.
    pub fn reader(&self) -> impl Read + Send + Sync + '_ {
        TarballReader {
            tarball: self,
            position: 0,
        }
    }
}

struct TarballReader<'a> {
    tarball: &'a TarballFile,
    position: u64,
}

impl Read for TarballReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut file = self
            .tarball
            .file
            .lock()
            .map_err(|_| io::Error::other("another reader of the tarball failed"))?;
        file.seek(SeekFrom::Start(self.position))?;
        let count = file.read(buffer)?;
        self.position += count as u64;
        Ok(count)
    }
}

//! The one pass over the tarball, which starts before upstream has been read.
//!
//! Which contents are worth keeping depends on the tree, so the reader waits for [`Expected`] when it meets its first
//! file; by then the decoder is well ahead. Without this the time for the tree would be added to every check.

use std::collections::HashMap;
use std::io::{self, Read};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use bstr::{BStr, BString, ByteSlice};
use gix::ObjectId;
use tarvet_archive::{Limits, Options, Tarball};

use crate::subject::TarballFile;

/// What the tree has at the paths that git may have converted on their way into the tarball.
#[derive(Debug, Default)]
pub(crate) struct Expected {
    blobs: OnceLock<HashMap<BString, ObjectId>>,
    cancelled: AtomicBool,
}

impl Expected {
    /// Lets the reader go on.
    pub(crate) fn tell(&self, blobs: HashMap<BString, ObjectId>) {
        self.blobs.get_or_init(|| blobs);
    }

    /// Ends the reading, unless the reader was told what to expect. Must be called whatever happens: it waits.
    pub(crate) fn done(&self) -> impl Drop + '_ {
        Done(self)
    }
}

struct Done<'a>(&'a Expected);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        if self.0.blobs.get().is_none() {
            self.0.cancelled.store(true, Ordering::Relaxed);
            self.0.tell(HashMap::new());
        }
    }
}

/// What to read, and how.
pub(crate) struct Request<'a> {
    pub file: &'a TarballFile,
    pub object_format: gix::hash::Kind,
    pub subdir: &'a BStr,
    pub limits: Limits,
    pub threads: usize,
    pub progress: Option<&'a AtomicU64>,
}

/// Reads the tarball; contents that git may have converted are kept for comparison.
pub(crate) fn read(request: &Request<'_>, expected: &Expected) -> io::Result<Tarball> {
    let find = |path: &[u8]| {
        let blobs = expected.blobs.wait();
        match request.subdir.is_empty() {
            true => blobs.get(path.as_bstr()).copied(),
            false => blobs
                .get([request.subdir.as_bytes(), b"/", path].concat().as_bstr())
                .copied(),
        }
    };
    // The top directory is not known yet, so the path counts with and without its first component.
    let wanted = |path: &BStr| {
        let path = path.strip_prefix(b"./").unwrap_or(path);
        let below_top = path.split_once_str("/").map_or(path, |(_, rest)| rest);
        [find(below_top), find(path)]
    };
    let keep = |path: &BStr, _size: u64| wanted(path).iter().any(Option::is_some);
    let keep_still = |path: &BStr, blob: &ObjectId| wanted(path).iter().flatten().any(|id| id != blob);
    let options = Options {
        object_format: request.object_format,
        limits: request.limits,
        keep: &keep,
        keep_still: &keep_still,
        threads: request.threads,
        tar_digest: false,
    };
    let input = Cancellable {
        inner: request.file.reader(),
        cancelled: &expected.cancelled,
    };
    tarvet_archive::read(input, Some(&request.file.file_name()), &options, request.progress)
}

struct Cancellable<'a, R> {
    inner: R,
    cancelled: &'a AtomicBool,
}

impl<R: Read> Read for Cancellable<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.cancelled.load(Ordering::Relaxed) {
            return Err(io::Error::other("reading was cancelled"));
        }
        self.inner.read(buffer)
    }
}

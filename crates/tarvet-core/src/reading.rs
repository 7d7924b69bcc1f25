//! The one pass over the tarball, which starts before upstream has been read.
//!
//! Which contents are worth a look depends on the tree, so the reader waits for [`Expected`] when it meets its first
//! file; by then the decoder is well ahead. Without this the time for the tree would be added to every check.

use std::io::{self, Read};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use bstr::BStr;
use tarvet_archive::{Limits, Options, Tarball};
use tarvet_origin::known::Tables;

use crate::origin::{Inspector, Sketches};
use crate::subject::TarballFile;
use crate::upstream::Tree;

/// What the reader is told of upstream once it is known.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// The signed tree.
    pub tree: Arc<Tree>,
    /// For each of its entries, whether git may convert the contents on their way into the tarball.
    pub converts: Vec<bool>,
    /// Whether the blobs of the tree can be read, so that members that equal them need not be kept.
    pub blobs: bool,
}

/// What is told later.
#[derive(Debug, Default)]
pub(crate) struct Expected {
    told: OnceLock<Told>,
    cancelled: AtomicBool,
}

impl Expected {
    /// Lets the reader go on.
    pub(crate) fn tell(&self, told: Told) {
        self.told.get_or_init(|| told);
    }

    /// Waits until upstream was read.
    pub(crate) fn wait(&self) -> &Told {
        self.told.wait()
    }

    /// Ends the reading, unless the reader was told what to expect. Must be called whatever happens: it waits.
    pub(crate) fn done(&self) -> impl Drop + '_ {
        Done(self)
    }
}

struct Done<'a>(&'a Expected);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        if self.0.told.get().is_none() {
            self.0.cancelled.store(true, Ordering::Relaxed);
            self.0.tell(Told::default());
        }
    }
}

/// What to read, and how.
pub(crate) struct Request<'a> {
    pub file: &'a TarballFile,
    pub object_format: gix::hash::Kind,
    pub subdir: &'a BStr,
    pub tables: &'a Tables,
    pub limits: Limits,
    pub threads: usize,
    pub progress: Option<&'a AtomicU64>,
    /// Whether a build will be looked at: what it makes anew is told by more of the contents.
    pub for_build: bool,
}

/// Reads the tarball. What an explanation may need of the contents is sketched or kept as they go by.
pub(crate) fn read(request: &Request<'_>, expected: &Expected) -> io::Result<(Tarball, Sketches)> {
    let inspector = Inspector::new(expected, request.subdir, request.tables, request.for_build);
    let options = Options {
        object_format: request.object_format,
        limits: request.limits,
        keep: &inspector,
        threads: request.threads,
        tar_digest: false,
    };
    let input = Cancellable {
        inner: request.file.reader(),
        cancelled: &expected.cancelled,
    };
    let tarball = tarvet_archive::read(input, Some(&request.file.file_name()), &options, request.progress)?;
    Ok((tarball, inspector.into_sketches()))
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

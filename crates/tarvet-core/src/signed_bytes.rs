use std::io::{self, Read};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use sha2::{Digest, Sha256};
use tarvet_archive::{Compression, Limits, Tarball};

use crate::keyring::SignedBytes;
use crate::subject::TarballFile;

/// The bytes a tarball's signature may cover: the file itself, or the tar inside.
///
/// The file is read again for this, so every reading is hashed and compared with the one the manifest came from:
/// otherwise a file swapped in between could lend its good signature to other contents.
pub(crate) struct TarballBytes<'a> {
    file: &'a TarballFile,
    compression: Compression,
    limits: Limits,
    expected: [u8; 32],
    changed: AtomicBool,
}

impl<'a> TarballBytes<'a> {
    pub(crate) fn new(file: &'a TarballFile, tarball: &Tarball, limits: Limits) -> Self {
        TarballBytes {
            file,
            compression: tarball.compression,
            limits,
            expected: tarball.file.sha256.0,
            changed: AtomicBool::new(false),
        }
    }

    /// Whether any reading gave other bytes than the manifest was made from.
    pub(crate) fn changed(&self) -> bool {
        self.changed.load(Ordering::Relaxed)
    }

    fn hashed(&self) -> impl Read + Send + Sync + '_ {
        Hashed {
            inner: self.file.reader(),
            hasher: Sha256::new(),
            bytes: self,
        }
    }
}

impl SignedBytes for TarballBytes<'_> {
    fn compressed(&self) -> io::Result<Box<dyn Read + Send + Sync + '_>> {
        Ok(Box::new(self.hashed()))
    }

    fn uncompressed(&self) -> io::Result<Box<dyn Read + Send + Sync + '_>> {
        if self.compression == Compression::None {
            return self.compressed();
        }
        let tar = tarvet_archive::decompress(self.hashed(), &self.limits)?;
        Ok(Box::new(Exclusive(Mutex::new(tar))))
    }
}

/// Makes a reader `Sync`; it is only ever read through `&mut`, so the lock is never taken.
struct Exclusive<R>(Mutex<R>);

impl<R: Read> Read for Exclusive<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0
            .get_mut()
            .map_err(|_| io::Error::other("a reader of the tarball failed"))?
            .read(buffer)
    }
}

struct Hashed<'a, R> {
    inner: R,
    hasher: Sha256,
    bytes: &'a TarballBytes<'a>,
}

impl<R: Read> Read for Hashed<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.hasher.update(buffer.get(..count).unwrap_or_default());
        if count == 0 && !buffer.is_empty() {
            let digest: [u8; 32] = self.hasher.finalize_reset().into();
            if digest != self.bytes.expected {
                self.bytes.changed.store(true, Ordering::Relaxed);
                return Err(io::Error::other(
                    "the tarball changed while it was being checked; run again",
                ));
            }
        }
        Ok(count)
    }
}

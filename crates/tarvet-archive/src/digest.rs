use gix_hash::{Kind, ObjectId};
use sha2::Digest;

use crate::Sha256;

/// Both digests are fed in steps of this size, so that the second finds the bytes in the cache.
const STEP: usize = 16 * 1024;

/// Git blob id and SHA-256 of one run of contents.
pub(crate) struct Contents {
    blob: gix_hash::Hasher,
    sha256: sha2::Sha256,
    format: Kind,
}

/// What [`Contents`] found.
pub(crate) struct Identity {
    /// The null id where `collision` is set: equal to nothing.
    pub(crate) blob: ObjectId,
    pub(crate) sha256: Sha256,
    /// The contents carry a SHA-1 collision attack.
    pub(crate) collision: bool,
}

impl Contents {
    pub(crate) fn new(format: Kind, size: u64) -> Self {
        let mut blob = gix_hash::hasher(format);
        blob.update(format!("blob {size}\0").as_bytes());
        Contents {
            blob,
            sha256: sha2::Sha256::new(),
            format,
        }
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        for step in bytes.chunks(STEP) {
            self.blob.update(step);
            self.sha256.update(step);
        }
    }

    pub(crate) fn finish(self) -> Identity {
        let blob = self.blob.try_finalize();
        Identity {
            collision: blob.is_err(),
            blob: blob.unwrap_or_else(|_| ObjectId::null(self.format)),
            sha256: Sha256(self.sha256.finalize().into()),
        }
    }

    pub(crate) fn of(format: Kind, bytes: &[u8]) -> Identity {
        let mut contents = Contents::new(format, bytes.len() as u64);
        contents.update(bytes);
        contents.finish()
    }
}

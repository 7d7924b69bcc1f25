use gix_hash::{Kind, ObjectId};
use sha2::Digest;

use crate::Sha256;

/// Starts the git blob id of contents of `size` bytes.
pub(crate) fn blob(format: Kind, size: u64) -> gix_hash::Hasher {
    let mut hasher = gix_hash::hasher(format);
    hasher.update(format!("blob {size}\0").as_bytes());
    hasher
}

/// The id, or `None` when the contents carry a SHA-1 collision attack.
pub(crate) fn finish(blob: gix_hash::Hasher) -> Option<ObjectId> {
    blob.try_finalize().ok()
}

/// The SHA-256 of `bytes`.
pub(crate) fn sha256(bytes: &[u8]) -> Sha256 {
    Sha256(sha2::Sha256::digest(bytes).into())
}

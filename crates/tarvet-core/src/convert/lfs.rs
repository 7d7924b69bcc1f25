//! Git LFS pointers: the blob names the SHA-256 of contents kept elsewhere.

use bstr::ByteSlice;
use sha2::{Digest, Sha256};

/// Pointers are small by specification; anything longer is contents.
const MAX_POINTER: usize = 1024;

/// What a pointer says of the contents it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LfsPointer {
    /// Their digest.
    pub sha256: [u8; 32],
    /// Their length in bytes.
    pub size: u64,
}

impl LfsPointer {
    /// Whether these are the contents it stands for.
    pub fn describes(&self, contents: &[u8]) -> bool {
        contents.len() as u64 == self.size && Sha256::digest(contents).as_slice() == self.sha256
    }
}

/// Reads a pointer as the LFS specification writes it: `version` first, then keys in alphabetical order, each line
/// `key value`, nothing else. `None` if the blob is anything else.
pub fn lfs_pointer(blob: &[u8]) -> Option<LfsPointer> {
    if blob.len() > MAX_POINTER {
        return None;
    }
    let mut lines = blob.to_str().ok()?.strip_suffix('\n')?.split('\n');
    let version = lines.next()?.strip_prefix("version ")?;
    if version != "https://git-lfs.github.com/spec/v1" && version != "https://hawser.github.com/spec/v1" {
        return None;
    }
    let (mut sha256, mut size, mut last) = (None, None, "");
    for line in lines {
        let (key, value) = line.split_once(' ')?;
        if key <= last {
            return None;
        }
        last = key;
        match key {
            "oid" => sha256 = Some(digest(value.strip_prefix("sha256:")?)?),
            "size" if value.bytes().all(|b| b.is_ascii_digit()) => size = Some(value.parse().ok()?),
            _ if key.starts_with("ext-") => {
                // An extension transforms the contents once more; then the digest is not the member's.
                return None;
            }
            _ => return None,
        }
    }
    Some(LfsPointer {
        sha256: sha256?,
        size: size?,
    })
}

fn digest(hex: &str) -> Option<[u8; 32]> {
    let hex = hex.as_bytes();
    if hex.len() != 64 {
        return None;
    }
    let mut out = [0; 32];
    for (byte, pair) in out.iter_mut().zip(hex.chunks_exact(2)) {
        for &digit in pair {
            if digit.is_ascii_uppercase() {
                return None;
            }
            *byte = (*byte << 4) | u8::try_from((digit as char).to_digit(16)?).ok()?;
        }
    }
    Some(out)
}

//! SHA-1 for formats that still have it in places where nothing depends on it.

use gix_hash::{Kind, ObjectId};

/// SHA-1, with collision detection.
pub struct Sha1(gix_hash::Hasher);

impl Default for Sha1 {
    fn default() -> Self {
        Sha1(gix_hash::hasher(Kind::Sha1))
    }
}

impl std::fmt::Debug for Sha1 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sha1(..)")
    }
}

impl Sha1 {
    /// Takes more bytes in.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest; `None` where the bytes carry a collision attack.
    pub fn finish(self) -> Option<[u8; 20]> {
        match self.0.try_finalize() {
            Ok(ObjectId::Sha1(digest)) => Some(digest),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn abc() {
        let mut sha1 = Sha1::default();
        sha1.update(b"abc");
        let digest = sha1.finish().unwrap();
        assert_eq!(
            &digest[..8],
            &[0xa9, 0x99, 0x3e, 0x36, 0x47, 0x06, 0x81, 0x6a],
            "FIPS 180, example of one block"
        );
    }
}

//! People who sign with minisign or signify: bare Ed25519 with comments.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use blake2::{Blake2b512, Digest};
use ed25519_dalek::{Signer, SigningKey};

/// Somebody with one key for both tools.
pub struct Minisigner {
    key: SigningKey,
    number: [u8; 8],
}

impl Minisigner {
    /// The key made from 32 times `seed`, numbered with 8 times `seed`.
    pub fn new(seed: u8) -> Self {
        Self::numbered(seed, seed)
    }

    /// The key made from 32 times `seed`, with a number of choice.
    pub fn numbered(seed: u8, number: u8) -> Self {
        Self {
            key: SigningKey::from_bytes(&[seed; 32]),
            number: [number; 8],
        }
    }

    fn public(&self) -> String {
        BASE64.encode(
            [
                b"Ed".as_slice(),
                &self.number,
                self.key.verifying_key().as_bytes(),
            ]
            .concat(),
        )
    }

    /// `minisign.pub`.
    pub fn minisign_public(&self) -> String {
        let number = u64::from_le_bytes(self.number);
        format!(
            "untrusted comment: minisign public key {number:016X}\n{}\n",
            self.public()
        )
    }

    /// `name.pub`.
    pub fn signify_public(&self) -> String {
        format!("untrusted comment: upstream public key\n{}\n", self.public())
    }

    /// A minisign signature; `prehashed` is what the tool does by default.
    pub fn minisign(&self, data: &[u8], trusted_comment: &str, prehashed: bool) -> Vec<u8> {
        let (mark, signature) = match prehashed {
            true => (b"ED", self.key.sign(&Blake2b512::digest(data))),
            false => (b"Ed", self.key.sign(data)),
        };
        let signature = signature.to_bytes();
        let global = self
            .key
            .sign(&[signature.as_slice(), trusted_comment.as_bytes()].concat())
            .to_bytes();
        let body = BASE64.encode([mark.as_slice(), &self.number, &signature].concat());
        let global = BASE64.encode(global);
        format!("untrusted comment: signature\n{body}\ntrusted comment: {trusted_comment}\n{global}\n")
            .into_bytes()
    }

    /// A signify signature.
    pub fn signify(&self, data: &[u8]) -> Vec<u8> {
        let body = [b"Ed".as_slice(), &self.number, &self.key.sign(data).to_bytes()].concat();
        format!(
            "untrusted comment: verify with upstream.pub\n{}\n",
            BASE64.encode(body)
        )
        .into_bytes()
    }
}

/// The public key line alone, as `minisign -P` takes it.
pub fn minisign_public_key(signer: &Minisigner) -> String {
    signer.public()
}

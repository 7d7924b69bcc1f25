//! The SSHSIG format (OpenSSH, PROTOCOL.sshsig), parsed here because the key in it may be a certificate.

use super::Problem;
use crate::keyring::SignatureState as State;
use crate::keyring::armor::{Block, plain_body};
use crate::keyring::ed25519::each_chunk;
use crate::keyring::report::bounded;
use ssh_key::sha2::{Digest, Sha256, Sha512};
use std::io::{self, Read};

const MAGIC: &[u8] = b"SSHSIG";

/// A parsed signature; nothing in it is verified.
#[derive(Clone, Debug)]
pub(in crate::keyring) struct Sshsig {
    /// Key or certificate, in SSH wire format.
    pub public_key: Vec<u8>,
    pub namespace: String,
    reserved: Vec<u8>,
    /// `sha256` or `sha512`.
    pub digest: DigestName,
    /// Signature algorithm, then what it needs.
    pub signature: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::keyring) enum DigestName {
    Sha256,
    Sha512,
}

/// Both digests a signature may name, of one pass over the data.
pub(in crate::keyring) struct Digests {
    sha256: Vec<u8>,
    sha512: Vec<u8>,
}

impl Digests {
    pub fn of(mut data: impl Read) -> io::Result<Self> {
        let (mut sha256, mut sha512) = (Sha256::new(), Sha512::new());
        each_chunk(&mut data, |chunk| {
            sha256.update(chunk);
            sha512.update(chunk);
        })?;
        Ok(Self {
            sha256: sha256.finalize().to_vec(),
            sha512: sha512.finalize().to_vec(),
        })
    }
}

impl Sshsig {
    pub fn from_armor(block: &Block<'_>) -> Result<Self, Problem> {
        let body = plain_body(block).ok_or_else(|| malformed("the armor of the SSH signature is damaged"))?;
        Self::parse(&body)
    }

    fn parse(body: &[u8]) -> Result<Self, Problem> {
        let damaged = || malformed("the SSH signature is damaged");
        let mut wire = Wire(body.strip_prefix(MAGIC).ok_or_else(damaged)?);
        let version = wire.number().ok_or_else(damaged)?;
        if version != 1 {
            let words = format!("an SSH signature of version {version}; version 1 is verified");
            return Err(Problem {
                state: State::Unsupported,
                words,
            });
        }
        let public_key = wire.string().ok_or_else(damaged)?.to_vec();
        let namespace =
            String::from_utf8(wire.string().ok_or_else(damaged)?.to_vec()).map_err(|_| damaged())?;
        let reserved = wire.string().ok_or_else(damaged)?.to_vec();
        let digest = match wire.string().ok_or_else(damaged)? {
            b"sha256" => DigestName::Sha256,
            b"sha512" => DigestName::Sha512,
            other => {
                let name = bounded(&String::from_utf8_lossy(other));
                let words = format!("it signs a {name} digest; SHA-256 or SHA-512 was expected");
                return Err(Problem {
                    state: State::Weak,
                    words,
                });
            }
        };
        let signature = wire.string().ok_or_else(damaged)?.to_vec();
        if !wire.0.is_empty() {
            return Err(damaged());
        }
        Ok(Self {
            public_key,
            namespace,
            reserved,
            digest,
            signature,
        })
    }

    /// The bytes that the key signed, for data with these digests.
    pub fn signed_bytes(&self, digests: &Digests) -> Vec<u8> {
        let (name, digest) = match self.digest {
            DigestName::Sha256 => ("sha256", &digests.sha256),
            DigestName::Sha512 => ("sha512", &digests.sha512),
        };
        let mut bytes = MAGIC.to_vec();
        for field in [self.namespace.as_bytes(), &self.reserved, name.as_bytes(), digest] {
            put(&mut bytes, field);
        }
        bytes
    }
}

impl DigestName {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sha256 => "SHA-256",
            Self::Sha512 => "SHA-512",
        }
    }
}

fn malformed(words: &str) -> Problem {
    Problem {
        state: State::Malformed,
        words: words.to_owned(),
    }
}

fn put(bytes: &mut Vec<u8>, field: &[u8]) {
    // Every field came out of a length-prefixed field or is a constant.
    let length = u32::try_from(field.len()).unwrap_or(u32::MAX);
    bytes.extend(length.to_be_bytes());
    bytes.extend(field);
}

/// A reader of SSH's wire format (RFC 4251 section 5).
pub(super) struct Wire<'a>(pub &'a [u8]);

impl<'a> Wire<'a> {
    pub fn number(&mut self) -> Option<u32> {
        let (head, rest) = self.0.split_first_chunk::<4>()?;
        self.0 = rest;
        Some(u32::from_be_bytes(*head))
    }

    pub fn string(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        let (head, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(head)
    }
}

//! People who sign by SSH.

use base64::Engine;
use ed25519_dalek::{Signer, SigningKey};
use ssh_key::private::{Ed25519Keypair, KeypairData};
use ssh_key::{HashAlg, LineEnding, PrivateKey};

/// Somebody with an Ed25519 SSH key.
pub struct SshPerson {
    /// The key pair.
    pub key: PrivateKey,
}

impl SshPerson {
    /// The key made from 32 times `seed`.
    pub fn new(seed: u8, comment: &str) -> Self {
        let pair = Ed25519Keypair::from_seed(&[seed; 32]);
        Self {
            key: PrivateKey::new(KeypairData::Ed25519(pair), comment).expect("a key"),
        }
    }

    /// The public key as one line.
    pub fn public(&self) -> String {
        self.key.public_key().to_openssh().expect("a key")
    }

    /// The private key as `ssh-keygen` keeps it.
    pub fn private(&self) -> String {
        self.key.to_openssh(LineEnding::LF).expect("a key").to_string()
    }

    /// An armored signature.
    pub fn sign(&self, namespace: &str, data: &[u8]) -> Vec<u8> {
        let signature = self
            .key
            .sign(namespace, HashAlg::Sha512, data)
            .expect("a signature");
        signature.to_pem(LineEnding::LF).expect("armor").into_bytes()
    }
}

/// A make-believe security key (`sk-ssh-ed25519@openssh.com`).
pub struct SecurityKey(SigningKey);

impl SecurityKey {
    const NAME: &'static [u8] = b"sk-ssh-ed25519@openssh.com";

    /// The key made from 32 times `seed`.
    pub fn new(seed: u8) -> Self {
        Self(SigningKey::from_bytes(&[seed; 32]))
    }

    fn wire(&self) -> Vec<u8> {
        [
            string(Self::NAME),
            string(self.0.verifying_key().as_bytes()),
            string(b"ssh:"),
        ]
        .concat()
    }

    /// The public key as one line.
    pub fn public(&self) -> String {
        let encoded = base64::engine::general_purpose::STANDARD.encode(self.wire());
        format!("{} {encoded} token", String::from_utf8_lossy(Self::NAME))
    }

    /// An armored signature; flag 1 says that somebody touched the key.
    pub fn sign(&self, namespace: &str, data: &[u8], flags: u8) -> Vec<u8> {
        let sha256 = |bytes: &[u8]| HashAlg::Sha256.digest(bytes);
        let signed = [
            b"SSHSIG".to_vec(),
            string(namespace.as_bytes()),
            string(b""),
            string(b"sha512"),
            string(&HashAlg::Sha512.digest(data)),
        ]
        .concat();
        let trailer = [flags, 0, 0, 0, 7];
        let token_input = [sha256(b"ssh:"), trailer.to_vec(), sha256(&signed)].concat();
        let value = self.0.sign(&token_input).to_bytes();
        let signature = [string(Self::NAME), string(&value), trailer.to_vec()].concat();
        let blob = [
            b"SSHSIG".to_vec(),
            1u32.to_be_bytes().to_vec(),
            string(&self.wire()),
            string(namespace.as_bytes()),
            string(b""),
            string(b"sha512"),
            string(&signature),
        ]
        .concat();
        let encoded = base64::engine::general_purpose::STANDARD.encode(blob);
        let lines: Vec<_> = encoded
            .as_bytes()
            .chunks(70)
            .map(String::from_utf8_lossy)
            .collect();
        format!(
            "-----BEGIN SSH SIGNATURE-----\n{}\n-----END SSH SIGNATURE-----\n",
            lines.join("\n")
        )
        .into_bytes()
    }
}

fn string(bytes: &[u8]) -> Vec<u8> {
    [&u32::try_from(bytes.len()).expect("short").to_be_bytes(), bytes].concat()
}

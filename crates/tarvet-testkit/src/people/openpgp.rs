//! OpenPGP people.

mod certify;

pub use certify::Certify;

use super::day;
pub use sequoia_openpgp as sequoia;
use sequoia_openpgp::cert::{Cert, CertRevocationBuilder};
use sequoia_openpgp::crypto::KeyPair;
use sequoia_openpgp::packet::signature::SignatureBuilder;
use sequoia_openpgp::packet::{Key, Packet, Signature, UserID, key};
use sequoia_openpgp::serialize::SerializeInto;
use sequoia_openpgp::types::{Curve, HashAlgorithm, KeyFlags, ReasonForRevocation, SignatureType};
use std::io::Write;
use std::time::{Duration, SystemTime};

/// A signing subkey, honest or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subkey {
    /// The primary key signs.
    None,
    /// A proper signing subkey.
    Signing,
    /// Claims to sign, but never agreed to belong to this certificate.
    WithoutBackSignature,
    /// Bound for authentication only.
    Authentication,
}

/// How a certificate is made; the defaults make a good one.
#[derive(Clone, Debug)]
pub struct Recipe {
    /// The user id.
    pub name: &'static str,
    /// Creation of the keys and of the self-signatures.
    pub created: SystemTime,
    /// How long it is valid.
    pub validity: Option<Duration>,
    /// Of the self-signatures.
    pub digest: HashAlgorithm,
    /// If not given: Ed25519 in the form that GnuPG reads, too.
    pub rsa_bits: Option<usize>,
    /// Who signs data.
    pub subkey: Subkey,
    /// How long the subkey is valid.
    pub subkey_validity: Option<Duration>,
}

impl Recipe {
    /// A good certificate of 2020.
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            created: day("2020-01-01"),
            validity: None,
            digest: HashAlgorithm::SHA512,
            rsa_bits: None,
            subkey: Subkey::None,
            subkey_validity: None,
        }
    }

    /// Makes the keys.
    pub fn make(self) -> Person {
        let mut primary: Key<key::SecretParts, key::PrimaryRole> = match self.rsa_bits {
            Some(bits) => key::Key4::generate_rsa(bits).expect("RSA").into(),
            None => key::Key4::generate_ecc(true, Curve::Ed25519)
                .expect("Ed25519")
                .into(),
        };
        primary.set_creation_time(self.created).expect("a time");
        let mut signer = primary.clone().into_keypair().expect("a key pair");
        let user_id = UserID::from(self.name);
        let own = self_signature(
            &mut signer,
            &primary,
            &user_id,
            &self,
            self.created,
            self.validity,
        );
        let mut packets: Vec<Packet> = vec![primary.clone().into(), user_id.into(), own.into()];
        let mut subkey_pair = None;
        if self.subkey != Subkey::None {
            let mut subkey: Key<key::SecretParts, key::SubordinateRole> =
                key::Key4::generate_ecc(true, Curve::Ed25519)
                    .expect("Ed25519")
                    .into();
            subkey.set_creation_time(self.created).expect("a time");
            subkey_pair = Some(subkey.clone().into_keypair().expect("a key pair"));
            let binding = bind(&mut signer, &primary, &subkey, &self);
            packets.extend([subkey.into(), binding.into()]);
        }
        let cert = Cert::from_packets(packets.into_iter()).expect("a certificate");
        Person {
            cert,
            primary,
            signer: subkey_pair.unwrap_or(signer),
            recipe: self,
        }
    }
}

fn self_signature(
    signer: &mut KeyPair,
    primary: &Key<key::SecretParts, key::PrimaryRole>,
    user_id: &UserID,
    recipe: &Recipe,
    at: SystemTime,
    validity: Option<Duration>,
) -> Signature {
    let flags = KeyFlags::empty().set_certification();
    let flags = if recipe.subkey == Subkey::None {
        flags.set_signing()
    } else {
        flags
    };
    SignatureBuilder::new(SignatureType::PositiveCertification)
        .set_hash_algo(recipe.digest)
        .set_signature_creation_time(at)
        .and_then(|it| it.set_key_flags(flags))
        .and_then(|it| it.set_key_validity_period(validity))
        .and_then(|it| it.sign_userid_binding(signer, primary.parts_as_public(), user_id))
        .expect("a self-signature")
}

fn bind(
    signer: &mut KeyPair,
    primary: &Key<key::SecretParts, key::PrimaryRole>,
    subkey: &Key<key::SecretParts, key::SubordinateRole>,
    recipe: &Recipe,
) -> Signature {
    let flags = match recipe.subkey {
        Subkey::Authentication => KeyFlags::empty().set_authentication(),
        _ => KeyFlags::empty().set_signing(),
    };
    let mut builder = SignatureBuilder::new(SignatureType::SubkeyBinding)
        .set_hash_algo(recipe.digest)
        .set_signature_creation_time(recipe.created)
        .and_then(|it| it.set_key_flags(flags))
        .and_then(|it| it.set_key_validity_period(recipe.subkey_validity))
        .expect("a binding");
    if recipe.subkey == Subkey::Signing {
        let mut own = subkey.clone().into_keypair().expect("a key pair");
        let back = SignatureBuilder::new(SignatureType::PrimaryKeyBinding)
            .set_hash_algo(recipe.digest)
            .set_signature_creation_time(recipe.created)
            .and_then(|it| {
                it.sign_primary_key_binding(&mut own, primary.parts_as_public(), subkey.parts_as_public())
            })
            .expect("a back-signature");
        builder = builder.set_embedded_signature(back).expect("room");
    }
    builder
        .sign_subkey_binding(signer, primary.parts_as_public(), subkey.parts_as_public())
        .expect("a binding")
}

/// Somebody with a certificate and the keys to it.
#[derive(Clone)]
pub struct Person {
    /// With secret keys.
    pub cert: Cert,
    primary: Key<key::SecretParts, key::PrimaryRole>,
    signer: KeyPair,
    recipe: Recipe,
}

impl Person {
    /// The maintainer.
    pub fn alice() -> Self {
        Recipe::new("Alice Maintainer <alice@example.org>").make()
    }

    /// Somebody honest who is in nobody's keyring.
    pub fn bob() -> Self {
        Recipe::new("Bob Stranger <bob@example.org>").make()
    }

    /// Alice's user id, other keys.
    pub fn eve() -> Self {
        Self::alice()
    }

    /// Expires after a thousand days: on 2022-09-27.
    pub fn dave() -> Self {
        let recipe = Recipe::new("Dave Expired <dave@example.org>");
        Recipe {
            validity: Some(super::days(1000)),
            ..recipe
        }
        .make()
    }

    /// Whose certificate gets revoked: see [`Person::revoked`].
    pub fn carol() -> Self {
        Recipe::new("Carol Revoked <carol@example.org>").make()
    }

    /// Good keys, but every self-signature uses SHA-1.
    pub fn sha1_bound() -> Self {
        let recipe = Recipe::new("Frank Oldstyle <frank@example.org>");
        Recipe {
            digest: HashAlgorithm::SHA1,
            ..recipe
        }
        .make()
    }

    /// An RSA key of 1024 bits.
    pub fn rsa_1024() -> Self {
        let recipe = Recipe::new("Grace Small <grace@example.org>");
        Recipe {
            rsa_bits: Some(1024),
            ..recipe
        }
        .make()
    }

    /// Signs with a proper subkey.
    pub fn with_subkey() -> Self {
        let recipe = Recipe::new("Heidi Subkey <heidi@example.org>");
        Recipe {
            subkey: Subkey::Signing,
            ..recipe
        }
        .make()
    }

    /// The fingerprint of the certificate, hexadecimal.
    pub fn fingerprint(&self) -> String {
        self.cert.fingerprint().to_hex()
    }

    /// The certificate, armored.
    pub fn certificate(&self) -> Vec<u8> {
        self.cert.armored().to_vec().expect("a certificate")
    }

    /// The certificate, binary.
    pub fn certificate_binary(&self) -> Vec<u8> {
        self.cert.to_vec().expect("a certificate")
    }

    /// The secret keys, armored.
    pub fn secret(&self) -> Vec<u8> {
        self.cert.as_tsk().armored().to_vec().expect("a secret key")
    }

    /// The same person after a revocation; `None`: without a reason.
    pub fn revoked(&self, reason: Option<ReasonForRevocation>, at: SystemTime) -> Self {
        let mut signer = self.primary.clone().into_keypair().expect("a key pair");
        let revocation = match reason {
            Some(reason) => CertRevocationBuilder::new()
                .set_reason_for_revocation(reason, b"a story")
                .and_then(|it| it.set_signature_creation_time(at))
                .and_then(|it| it.build(&mut signer, &self.cert, HashAlgorithm::SHA512)),
            None => SignatureBuilder::new(SignatureType::KeyRevocation)
                .set_signature_creation_time(at)
                .and_then(|it| it.sign_direct_key(&mut signer, self.primary.parts_as_public())),
        }
        .expect("a revocation");
        let (cert, _) = self
            .cert
            .clone()
            .insert_packets(revocation)
            .expect("the same certificate");
        Self { cert, ..self.clone() }
    }

    /// The same person after renewing the certificate.
    pub fn renewed(&self, at: SystemTime, validity: Option<Duration>) -> Self {
        let mut signer = self.primary.clone().into_keypair().expect("a key pair");
        let user_id = UserID::from(self.recipe.name);
        let own = self_signature(&mut signer, &self.primary, &user_id, &self.recipe, at, validity);
        let packets: Vec<Packet> = vec![user_id.into(), own.into()];
        let (cert, _) = self
            .cert
            .clone()
            .insert_packets(packets)
            .expect("the same certificate");
        Self { cert, ..self.clone() }
    }

    /// The same person after adding a signing subkey that does not expire, with which they sign from now on.
    pub fn rotated(&self, at: SystemTime) -> Self {
        let recipe = Recipe {
            created: at,
            subkey: Subkey::Signing,
            subkey_validity: None,
            ..self.recipe.clone()
        };
        let mut primary = self.primary.clone().into_keypair().expect("a key pair");
        let mut subkey: Key<key::SecretParts, key::SubordinateRole> =
            key::Key4::generate_ecc(true, Curve::Ed25519)
                .expect("Ed25519")
                .into();
        subkey.set_creation_time(at).expect("a time");
        let signer = subkey.clone().into_keypair().expect("a key pair");
        let binding = bind(&mut primary, &self.primary, &subkey, &recipe);
        let packets: Vec<Packet> = vec![subkey.into(), binding.into()];
        let (cert, _) = self
            .cert
            .clone()
            .insert_packets(packets)
            .expect("the same certificate");
        Self {
            cert,
            signer,
            ..self.clone()
        }
    }

    /// An armored detached signature.
    pub fn sign(&self, data: &[u8], at: SystemTime) -> Vec<u8> {
        armor(&self.sign_with(data, at, SignatureType::Binary, |builder| builder))
    }

    /// A binary detached signature, changed to taste before it is made.
    pub fn sign_with(
        &self,
        data: &[u8],
        at: SystemTime,
        kind: SignatureType,
        change: impl FnOnce(SignatureBuilder) -> SignatureBuilder,
    ) -> Vec<u8> {
        let builder = SignatureBuilder::new(kind)
            .set_hash_algo(HashAlgorithm::SHA512)
            .set_signature_creation_time(at)
            .expect("a time");
        let signature = change(builder)
            .sign_message(&mut self.signer.clone(), data)
            .expect("a signature");
        Packet::from(signature).to_vec().expect("a packet")
    }
}

/// Armors a binary signature.
pub fn armor(signature: &[u8]) -> Vec<u8> {
    let mut writer = sequoia_openpgp::armor::Writer::new(Vec::new(), sequoia_openpgp::armor::Kind::Signature)
        .expect("memory");
    writer.write_all(signature).expect("memory");
    writer.finalize().expect("memory")
}

//! People who vouch for each other's certificates.

use super::Person;
use sequoia_openpgp::packet::signature::SignatureBuilder;
use sequoia_openpgp::packet::{Packet, UserID};
use sequoia_openpgp::types::{HashAlgorithm, SignatureType};
use std::time::SystemTime;

/// How somebody certifies somebody else.
#[derive(Clone, Copy, Debug)]
pub struct Certify {
    /// When, as the certification says.
    pub at: SystemTime,
    /// 0x10 to 0x13, or a revocation (0x30).
    pub kind: SignatureType,
    /// What is signed.
    pub digest: HashAlgorithm,
    /// For how long; `None`: for ever.
    pub validity: Option<std::time::Duration>,
    /// Whether it may leave the certifier's own keyring.
    pub exportable: bool,
}

impl Certify {
    /// A good certification.
    pub fn on(at: SystemTime) -> Self {
        Self {
            at,
            kind: SignatureType::PositiveCertification,
            digest: HashAlgorithm::SHA512,
            validity: None,
            exportable: true,
        }
    }
}

impl Person {
    /// The same person with a certification of the user id by `by`.
    pub fn certified(&self, by: &Person, how: Certify) -> Self {
        let mut signer = by.primary.clone().into_keypair().expect("a key pair");
        let user_id = UserID::from(self.recipe.name);
        let mut builder = SignatureBuilder::new(how.kind)
            .set_hash_algo(how.digest)
            .set_signature_creation_time(how.at)
            .expect("a time");
        if let Some(validity) = how.validity {
            builder = builder.set_signature_validity_period(validity).expect("room");
        }
        if !how.exportable {
            builder = builder.set_exportable_certification(false).expect("room");
        }
        let signature = builder
            .sign_userid_binding(&mut signer, self.primary.parts_as_public(), &user_id)
            .expect("a certification");
        self.with(vec![user_id.into(), signature.into()])
    }

    /// The same person with further packets after a user id or key of the certificate.
    pub fn with(&self, packets: Vec<Packet>) -> Self {
        let (cert, _) = self
            .cert
            .clone()
            .insert_packets(packets)
            .expect("the same certificate");
        Self { cert, ..self.clone() }
    }
}

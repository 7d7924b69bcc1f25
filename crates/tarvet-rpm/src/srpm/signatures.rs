//! Signatures on an SRPM. Most have none: packages are signed once a build system made them.

use std::io::{self, Read};

use tarvet_core::keyring::{Keyring, SignaturePolicy, SignatureReport, SignedBytes, verify_detached};

use super::{
    Srpm, base64,
    fault::Faults,
    header::Header,
    tags::{Values, signature as tags},
};

/// What a signature covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Covers {
    /// [`Srpm::header_bytes`], and through the digests in it the payload.
    Header,
    /// The file from [`Srpm::header_offset`] on, as before rpm 4.14.
    HeaderAndPayload,
}

/// One signature in the signature header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderSignature {
    /// The tag that it stands in, as rpm calls it.
    pub tag: &'static str,
    /// OpenPGP packets.
    pub packets: Vec<u8>,
    /// What it covers.
    pub covers: Covers,
}

impl<R> Srpm<R> {
    /// Every signature of the package; one that stands in two tags is there once. Base64 that cannot be read is
    /// handed over as it is, to be judged as a signature that cannot be read.
    pub fn signatures(&self) -> Vec<HeaderSignature> {
        let Some(signature) = &self.signature else {
            return Vec::new();
        };
        signatures(signature)
    }

    /// Judges the signatures that cover the header. `label` names the package in the reports.
    ///
    /// A good one proves what the header says, not what the payload holds: for that [`super::Payload::is_sound`] must
    /// hold too. Those that cover header and payload together are not judged. Err: never, as the header is in memory.
    pub fn judge_signatures(
        &self,
        keyring: &Keyring,
        policy: &SignaturePolicy,
        label: &str,
    ) -> io::Result<Vec<SignatureReport>> {
        let header = SignedHeader(self.header.as_ref().map(Header::bytes).unwrap_or_default());
        let mut reports = Vec::new();
        for signature in self.signatures() {
            if signature.covers == Covers::Header {
                let packets = &signature.packets;
                reports.extend(verify_detached(keyring, policy, label, packets, &header, None)?);
            }
        }
        Ok(reports)
    }
}

fn signatures(signature: &Header) -> Vec<HeaderSignature> {
    let mut faults = Faults::default();
    let mut values = Values {
        header: signature,
        faults: &mut faults,
    };
    let mut found: Vec<HeaderSignature> = Vec::new();
    let mut add = |tag, packets: Vec<u8>, covers| {
        if !found
            .iter()
            .any(|one| one.packets == packets && one.covers == covers)
        {
            found.push(HeaderSignature { tag, packets, covers });
        }
    };
    for text in values.strings(tags::OPENPGP).unwrap_or_default() {
        let packets = base64::decode(text).unwrap_or_else(|| text.to_vec());
        add("OPENPGP", packets, Covers::Header);
    }
    for (tag, name, covers) in [
        (tags::RSA, "RSAHEADER", Covers::Header),
        (tags::DSA, "DSAHEADER", Covers::Header),
        (tags::PGP, "SIGPGP", Covers::HeaderAndPayload),
        (tags::GPG, "SIGGPG", Covers::HeaderAndPayload),
    ] {
        if let Some(packets) = values.binary(tag) {
            add(name, packets.to_vec(), covers);
        }
    }
    found
}

struct SignedHeader<'a>(&'a [u8]);

impl SignedBytes for SignedHeader<'_> {
    fn compressed(&self) -> io::Result<Box<dyn Read + Send + Sync + '_>> {
        Ok(Box::new(self.0))
    }

    fn uncompressed(&self) -> io::Result<Box<dyn Read + Send + Sync + '_>> {
        Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "a header is not compressed",
        ))
    }
}

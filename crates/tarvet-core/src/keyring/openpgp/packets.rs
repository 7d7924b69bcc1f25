//! From the bytes of a signature file to signature packets that may go to the verifier.

use super::{algorithm, mpi};
use crate::keyring::report::bounded;
use crate::keyring::{Scheme, SignatureReport, SignatureState, SignedThing};
use sequoia_openpgp::packet::{Signature, Tag};
use sequoia_openpgp::parse::{Dearmor, PacketParserBuilder, PacketParserResult, Parse};
use sequoia_openpgp::types::SignatureType;
use sequoia_openpgp::{Packet, armor};
use std::io::Read;

const MOST_ISSUERS: usize = 8;

/// One thing found where a detached signature was expected.
pub(in crate::keyring) enum Found {
    /// Worth verifying.
    Signature(Box<Signature>),
    /// Settled already.
    Refused(Box<SignatureReport>),
}

/// The bytes inside one armored block; armor checksums are not a security feature and are not checked.
pub(in crate::keyring) fn dearmor(block: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut reader = armor::Reader::from_bytes(block, armor::ReaderMode::Tolerant(None));
    reader.read_to_end(&mut bytes).ok()?;
    (!bytes.is_empty()).then_some(bytes)
}

/// Reads binary packets until they end or cease to make sense, at most `limit` findings.
pub(in crate::keyring) fn signatures(
    bytes: &[u8],
    over: SignedThing,
    source: &str,
    limit: usize,
) -> Vec<Found> {
    let mut found = Vec::new();
    let refuse = |state, detail: String| {
        let report = SignatureReport::new(over, Scheme::OpenPgp, source, state).detail(detail);
        Found::Refused(Box::new(report))
    };
    let parser = PacketParserBuilder::from_bytes(bytes)
        .and_then(|builder| builder.dearmor(Dearmor::Disabled).buffer_unread_content().build());
    let mut next = match parser {
        Ok(next) => next,
        Err(error) => {
            return vec![refuse(
                SignatureState::Malformed,
                format!("not OpenPGP packets: {}", words(&error)),
            )];
        }
    };
    while let PacketParserResult::Some(parser) = next {
        if found.len() >= limit {
            return found;
        }
        let (packet, rest) = match parser.next() {
            Ok(step) => step,
            Err(error) => {
                found.push(refuse(
                    SignatureState::Malformed,
                    format!("the OpenPGP packets are damaged: {}", words(&error)),
                ));
                return found;
            }
        };
        next = rest;
        match packet {
            Packet::Signature(sig) => found.push(inspect(sig, over, source)),
            Packet::Unknown(unknown) if unknown.tag() == Tag::Signature => match mpi::mended(&unknown) {
                Some(sig) => found.push(inspect(sig, over, source)),
                None => {
                    let (state, detail) = stranger(&Packet::Unknown(unknown));
                    found.push(refuse(state, detail));
                    return found;
                }
            },
            // A marker says "OpenPGP" and padding says nothing.
            Packet::Marker(_) | Packet::Padding(_) => {}
            other => {
                let (state, detail) = stranger(&other);
                found.push(refuse(state, detail));
                return found;
            }
        }
    }
    if found.is_empty() {
        found.push(refuse(SignatureState::Malformed, "no signature in it".to_owned()));
    }
    found
}

/// Rejects what a detached signature over a tag or tarball may not be, before any cryptography.
fn inspect(sig: Signature, over: SignedThing, source: &str) -> Found {
    let (state, detail) = match (sig.version(), sig.typ()) {
        // Each issuer costs a search of the keyring; honest signatures name one, by fingerprint and key id.
        (4 | 6, SignatureType::Binary | SignatureType::Text) if sig.get_issuers().len() > MOST_ISSUERS => (
            SignatureState::Malformed,
            "a signature that names too many issuers".to_owned(),
        ),
        // The cleartext framework (RFC 9580, 7.2) covers lines, not bytes.
        (4 | 6, SignatureType::Text) if over == SignedThing::Description => {
            return Found::Signature(Box::new(sig));
        }
        (4 | 6, SignatureType::Binary) if over == SignedThing::Description => (
            SignatureState::Unsupported,
            "a signature over bytes (type 0x00) on a cleartext-signed text; type 0x01 was expected"
                .to_owned(),
        ),
        (4 | 6, SignatureType::Binary) => return Found::Signature(Box::new(sig)),
        (4 | 6, SignatureType::Text) => (
            SignatureState::Unsupported,
            "a text-mode signature (type 0x01), which does not cover line ends and trailing blanks; \
             a binary signature (type 0x00) was expected"
                .to_owned(),
        ),
        (4 | 6, other) => (
            SignatureState::Malformed,
            format!(
                "a signature of type 0x{:02x} ({other}), which says nothing about a file; type 0x00 was expected",
                u8::from(other)
            ),
        ),
        (version, _) => (
            SignatureState::Unsupported,
            format!("an OpenPGP signature of version {version}; versions 4 and 6 are verified"),
        ),
    };
    let mut report = SignatureReport::new(over, Scheme::OpenPgp, source, state).detail(detail);
    report.issuer_hint = sig.get_issuers().first().map(|issuer| format!("{issuer:X}"));
    report.time = sig.signature_creation_time().map(super::timestamp);
    report.algorithm = algorithm::of(&sig, None);
    Found::Refused(Box::new(report))
}

/// Words for a packet that has no place in a detached signature.
fn stranger(packet: &Packet) -> (SignatureState, String) {
    match packet {
        Packet::Unknown(unknown) if unknown.tag() == Tag::Signature => (
            SignatureState::Malformed,
            format!(
                "a signature that cannot be read: {}",
                bounded(&unknown.error().to_string())
            ),
        ),
        Packet::PublicKey(_) | Packet::PublicSubkey(_) => (
            SignatureState::Malformed,
            "a keyring where a signature was expected; are the two files swapped?".to_owned(),
        ),
        Packet::SecretKey(_) | Packet::SecretSubkey(_) => (
            SignatureState::Malformed,
            "secret key material where a signature was expected".to_owned(),
        ),
        Packet::OnePassSig(_) | Packet::Literal(_) | Packet::CompressedData(_) => (
            SignatureState::Malformed,
            "an inline-signed message where a detached signature was expected; what it carries is not \
             compared with anything"
                .to_owned(),
        ),
        other => (
            SignatureState::Malformed,
            format!(
                "an OpenPGP packet of type {} where a signature was expected",
                other.tag()
            ),
        ),
    }
}

/// The outermost words of an error chain, bounded.
pub(super) fn words(error: &sequoia_openpgp::anyhow::Error) -> String {
    bounded(
        &error
            .chain()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(": "),
    )
}

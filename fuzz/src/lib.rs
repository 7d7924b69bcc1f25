//! What several targets share.
#![forbid(unsafe_code)]

use std::io::{self, Read};

use jiff::Timestamp;
use tarvet_archive::{Limits, Options, Tarball};
use tarvet_core::keyring::{Keyring, SignaturePolicy, SignatureReport, SignedBytes, SignedThing};
use tarvet_core::keyring::{verify_detached, verify_object};

/// What every signature is checked against. Nobody ever signed this: the seeds sign something else.
pub const NEVER_SIGNED: &[u8] = b"object 0123456789012345678901234567890123456789\ntype commit\ntag v1\n\
                                  tagger Nobody <nobody@example.org> 1600000000 +0000\n\nnobody signed this\n";

/// The keys whose owners made the seeds.
pub fn known_keys() -> Keyring {
    let mut keyring = Keyring::new();
    for (label, bytes) in [
        ("openpgp", include_bytes!("../keys/openpgp.asc").as_slice()),
        ("ssh", include_bytes!("../keys/allowed_signers")),
        ("minisign", include_bytes!("../keys/minisign.pub")),
        ("signify", include_bytes!("../keys/signify.pub")),
    ] {
        keyring
            .add(label, bytes)
            .expect("the keys of the seeds are sound");
    }
    keyring
}

/// Takes whatever may be taken: nothing may hide behind a strict policy.
pub fn lenient() -> SignaturePolicy {
    SignaturePolicy {
        now: Timestamp::from_second(1_750_000_000).expect("a time"),
        accept_sha1_bindings: true,
        accept_expired_certificate: true,
    }
}

/// Checks `signature` in every way there is against what nobody signed; it must never be evidence.
pub fn never_evidence(keyring: &Keyring, signature: &[u8]) {
    let policy = lenient();
    let detached = verify_detached(
        keyring,
        &policy,
        "fuzz",
        signature,
        &Unsigned,
        Some("foo-1.tar.gz"),
    )
    .expect("memory can be read");
    let time = Timestamp::from_second(1_600_000_000).ok();
    let object = verify_object(keyring, &policy, SignedThing::Tag, NEVER_SIGNED, signature, time);
    for report in detached.iter().chain(&object) {
        assert!(!report.state.is_evidence(), "{report:?}");
        assert!(!report.detail.is_empty(), "{report:?}");
    }
    told(&detached);
    told(&object);
}

/// Silence is not a pass: there is always something to say.
fn told(reports: &[SignatureReport]) {
    assert!(!reports.is_empty());
}

struct Unsigned;

impl SignedBytes for Unsigned {
    fn compressed(&self) -> io::Result<Box<dyn Read + Send + Sync + '_>> {
        Ok(Box::new(NEVER_SIGNED))
    }

    fn uncompressed(&self) -> io::Result<Box<dyn Read + Send + Sync + '_>> {
        Ok(Box::new(NEVER_SIGNED))
    }
}

/// Reads a tarball twice, under limits that a fuzzer can reach, and demands the same answer and the limits kept.
pub fn read_twice(bytes: &[u8], name: Option<&str>) -> Tarball {
    let limits = Limits {
        bytes: 1 << 20,
        ratio: 100,
        members: 100,
        header_bytes: 1 << 14,
        path_depth: 16,
        kept_bytes: 1 << 12,
        dictionary_bytes: 8 << 20,
    };
    let options = Options {
        object_format: gix::hash::Kind::Sha1,
        limits,
        keep: &tarvet_archive::KeepAll,
        threads: 1,
        tar_digest: true,
    };
    let read = || tarvet_archive::read(bytes, name, &options, None).expect("memory can be read");
    let first = read();
    assert_eq!(first, read());
    assert_eq!(first.file.len, bytes.len() as u64, "read to the last byte");
    let members = &first.manifest.members;
    assert!(members.len() as u64 <= limits.members);
    let kept: usize = members
        .iter()
        .filter_map(|member| member.content.as_ref())
        .map(Vec::len)
        .sum();
    assert!(kept as u64 <= limits.kept_bytes);
    first
}

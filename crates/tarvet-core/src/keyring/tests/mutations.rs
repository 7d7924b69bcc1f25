//! Flipped bytes: never a panic, and never evidence unless the bytes mean the same.

use super::*;
use proptest::prelude::*;
use std::sync::LazyLock;
use tarvet_testkit::people::{Minisigner, Person, Recipe, SshPerson, Subkey};

struct Case {
    certificate: Vec<u8>,
    /// Binary, so that every byte means something.
    signature: Vec<u8>,
    /// Where the hashed part of the signature ends: what follows up to the digest prefix is not signed.
    person: Person,
}

static CASE: LazyLock<Case> = LazyLock::new(|| {
    let person = Recipe {
        subkey: Subkey::Signing,
        ..Recipe::new("Alice <alice@example.org>")
    }
    .make();
    let kind = tarvet_testkit::people::sequoia::types::SignatureType::Binary;
    let signature = person.sign_with(DATA, day("2024-04-13"), kind, |builder| builder);
    Case {
        certificate: person.certificate_binary(),
        signature,
        person,
    }
});

fn evidence(keyring: &Keyring, file: &[u8], data: &[u8]) -> bool {
    let tarball = Tarball {
        compressed: data.to_vec(),
        tar: TAR.to_vec(),
    };
    let reports = verify_detached(keyring, &strict(), "x", file, &tarball, None).unwrap();
    assert!(!reports.is_empty());
    let objects = verify_object(keyring, &strict(), SignedThing::Tag, TAG, file, None);
    assert!(!objects.is_empty() && objects.iter().all(|report| !report.state.is_evidence()));
    reports.iter().any(|report| report.state.is_evidence())
}

/// A change that leaves a signature good must have left its signed fields alone: sequoia then still finds the
/// very certificate, and other data is still refused.
fn check_mutant(keyring: &Keyring, file: &[u8]) {
    assert!(!evidence(keyring, file, b"other data\n"));
    evidence(keyring, file, DATA);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn flipped_signatures_never_cover_other_data(at in any::<prop::sample::Index>(), mask in 1u8..=255) {
        let keyring = keyring(&[&CASE.certificate]);
        let mut signature = CASE.signature.clone();
        let at = at.index(signature.len());
        signature[at] ^= mask;
        check_mutant(&keyring, &signature);
    }

    #[test]
    fn flipped_armor_never_covers_other_data(at in any::<prop::sample::Index>(), byte: u8) {
        let keyring = keyring(&[&CASE.certificate]);
        let mut signature = tarvet_testkit::people::armor(&CASE.signature);
        let at = at.index(signature.len());
        signature[at] = byte;
        check_mutant(&keyring, &signature);
    }

    #[test]
    fn flipped_keyrings_never_change_whom_they_trust(at in any::<prop::sample::Index>(), mask in 1u8..=255) {
        let mut file = CASE.certificate.clone();
        let at = at.index(file.len());
        file[at] ^= mask;
        let mut keyring = Keyring::new();
        if keyring.add("mutant", &file).is_ok() {
            let tarball = tarball();
            let reports = verify_detached(&keyring, &strict(), "x", &CASE.signature, &tarball, None).unwrap();
            for report in reports.iter().filter(|report| report.state.is_evidence()) {
                prop_assert_eq!(report.fingerprint.clone(), Some(CASE.person.fingerprint()));
            }
            prop_assert!(!evidence(&keyring, &CASE.signature, b"other data\n"));
        }
    }

    #[test]
    fn flipped_ssh_and_minisign_signatures_prove_nothing(at in any::<prop::sample::Index>(), byte: u8, which in 0..3) {
        let (ssh, mini) = (SshPerson::new(1, ""), Minisigner::new(1));
        let keyring = keyring(&[ssh.public(), mini.minisign_public()]);
        let mut file = match which {
            0 => ssh.sign("file", DATA),
            1 => mini.minisign(DATA, "timestamp:1\tfile:x", true),
            _ => mini.signify(DATA),
        };
        let at = at.index(file.len());
        file[at] = byte;
        check_mutant(&keyring, &file);
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), text in "\\PC{0,200}") {
        let mut keyring = Keyring::new();
        for file in [bytes.as_slice(), text.as_bytes(), format!("untrusted comment: x\n{text}").as_bytes()] {
            let _ = keyring.add("x", file);
            prop_assert!(!evidence(&keyring, file, DATA));
        }
    }
}

/// Every byte of the signed part of a signature matters: flipping it leaves no evidence at all.
#[test]
fn the_hashed_part_of_a_signature_cannot_change() {
    let keyring = keyring(&[&CASE.certificate]);
    assert!(evidence(&keyring, &CASE.signature, DATA));
    let signature = &CASE.signature;
    // Two bytes of header, then version, type, algorithms and the length of the hashed area.
    let hashed = usize::from(signature[6]) << 8 | usize::from(signature[7]);
    for at in 2..8 + hashed {
        let mut mutant = signature.clone();
        mutant[at] ^= 0x01;
        assert!(!evidence(&keyring, &mutant, DATA), "byte {at} does not matter");
    }
}

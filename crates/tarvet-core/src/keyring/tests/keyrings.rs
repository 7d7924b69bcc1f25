//! Keyring files of every shape: THREATS.md P8.

use super::files::armored_file;
use super::*;
use tarvet_testkit::people::{Minisigner, Person, Recipe, SshPerson};

fn fingerprints(keyring: &Keyring) -> Vec<String> {
    keyring
        .entries()
        .into_iter()
        .map(|entry| entry.fingerprint)
        .collect()
}

#[track_caller]
fn refused(file: &[u8], words: &str) {
    let mut keyring = Keyring::new();
    let error = keyring
        .add("debian/upstream/signing-key.asc", file)
        .unwrap_err()
        .to_string();
    assert!(error.contains(words), "{words:?} is not in {error:?}");
    assert!(error.starts_with("debian/upstream/signing-key.asc: "), "{error}");
    assert!(keyring.is_empty());
}

#[test]
fn several_blocks_binary_and_armored_file_are_all_read() {
    let (alice, bob) = (Person::alice(), Person::bob());
    let both = [alice.fingerprint(), bob.fingerprint()];
    let text = [
        b"Alice:\n".as_slice(),
        &alice.certificate(),
        b"\nBob:\n",
        &bob.certificate(),
    ]
    .concat();
    let binary = [alice.certificate_binary(), bob.certificate_binary()].concat();
    for file in [&text, &binary, &armored_file(&binary), &armored_file(&text)] {
        assert_eq!(fingerprints(&keyring(&[file])), both);
    }
}

#[test]
fn the_other_formats_are_told_by_content() {
    let keyring = keyring(&[
        SshPerson::new(1, "alice").public(),
        format!("# who\nalice@example.org {}\n", SshPerson::new(2, "").public()),
        Minisigner::new(3).minisign_public(),
        Minisigner::new(4).signify_public(),
    ]);
    let schemes: Vec<_> = keyring.entries().iter().map(|entry| entry.scheme).collect();
    assert_eq!(
        schemes,
        [Scheme::Ssh, Scheme::Ssh, Scheme::Minisign, Scheme::Signify]
    );
    assert_eq!(keyring.entries()[1].identities, ["alice@example.org"]);
    assert_eq!(keyring.entries()[1].labels, ["keyring-1"]);
}

/// P8.
#[test]
fn p8_what_is_no_keyring_gets_its_own_words() {
    let alice = Person::alice();
    refused(b"", "it is empty");
    refused(b"<html><body>Not found", "web page");
    refused(b"\0\0\0\x20\x01\x01\0\0KBXf\0\0\0\0", "keybox");
    refused(&alice.sign(DATA, day("2024-04-13")), "it is a signature");
    refused(&SshPerson::new(1, "").sign("git", TAG), "it is a signature");
    refused(&alice.secret(), "secret key material");
    refused(SshPerson::new(1, "").private().as_bytes(), "secret key material");
    refused(b"ssh-ed25519 AAAA nonsense\n", "line 1 skipped");
    refused(b"hello\n", "plain text");
    refused(&[0x99, 0xff, 0xff], "OpenPGP keyring");
}

/// P8: garbage between blocks and secret keys are noted; the rest is used.
#[test]
fn p8_garbage_and_secret_keys_are_noted_and_never_used() {
    let (alice, bob) = (Person::alice(), Person::bob());
    let garbage = b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n-----END PGP PUBLIC KEY BLOCK-----\n";
    let file = [garbage.as_slice(), &bob.secret(), &alice.certificate()].concat();
    let keyring = keyring(&[file]);
    assert_eq!(fingerprints(&keyring), [alice.fingerprint()]);
    assert!(keyring.notes().len() >= 2, "{:?}", keyring.notes());
    assert!(keyring.notes().iter().any(|note| note.text.contains("secret")));
    let report = one(&keyring, &bob.sign(DATA, day("2024-04-13")));
    expect(&report, SignatureState::UnknownSigner, "");
}

#[test]
fn an_empty_keyring_proves_nothing() {
    let keyring = Keyring::new();
    assert!(keyring.is_empty() && keyring.entries().is_empty());
    let report = one(&keyring, &Person::alice().sign(DATA, day("2024-04-13")));
    expect(
        &report,
        SignatureState::UnknownSigner,
        "no certificate of the keyring",
    );
}

#[test]
fn long_user_ids_are_cut() {
    let name: &'static str = Box::leak("x".repeat(5000).into_boxed_str());
    let keyring = keyring(&[Recipe::new(name).make().certificate()]);
    assert!(keyring.entries()[0].identities[0].chars().count() <= 201);
}

//! minisign and signify: THREATS.md S5.

use super::SignatureState as S;
use super::*;
use tarvet_testkit::people::{Minisigner, minisign_public_key};

const COMMENT: &str = "timestamp:1700000000\tfile:foo.tar.xz\thashed";

#[test]
fn minisign_verifies_in_both_modes() {
    let alice = Minisigner::new(1);
    for key in [alice.minisign_public(), minisign_public_key(&alice)] {
        let keyring = keyring(&[key]);
        for prehashed in [true, false] {
            let report = one(&keyring, &alice.minisign(DATA, COMMENT, prehashed));
            expect(&report, S::Good, "trusted comment is");
            assert_eq!(
                (report.scheme, report.over),
                (Scheme::Minisign, SignedThing::Tarball)
            );
            assert_eq!(report.time.map(|time| time.as_second()), Some(1_700_000_000));
            assert!(report.advice.is_none());
            let report = one(&keyring, &alice.minisign(TAR, COMMENT, prehashed));
            expect(&report, S::Good, "");
            assert_eq!(report.over, SignedThing::Tar);
            expect(
                &one(&keyring, &alice.minisign(b"else", COMMENT, prehashed)),
                S::Bad,
                "checksum",
            );
        }
    }
}

/// S5.
#[test]
fn s5_the_trusted_comment_is_checked_and_its_file_name_compared() {
    let alice = Minisigner::new(1);
    let keyring = keyring(&[alice.minisign_public()]);
    let text = String::from_utf8(alice.minisign(DATA, COMMENT, true)).unwrap();
    let altered = text.replace("foo.tar.xz", "bar.tar.xz");
    expect(
        &one(&keyring, altered.as_bytes()),
        S::Bad,
        "trusted comment is wrong",
    );
    let other = one(
        &keyring,
        &alice.minisign(DATA, "timestamp:1\tfile:bar.tar.xz", true),
    );
    expect(&other, S::Good, "names another file than foo.tar.xz");
    assert!(other.advice.is_some());
    // The untrusted comment is nobody's word and is not repeated.
    let shouted = text.replace("untrusted comment: signature", "untrusted comment: VERIFIED");
    let report = one(&keyring, shouted.as_bytes());
    expect(&report, S::Good, "");
    assert!(!format!("{report:?}").contains("VERIFIED"));
}

#[test]
fn signify_verifies() {
    let alice = Minisigner::new(1);
    let keyring = keyring(&[alice.signify_public()]);
    assert_eq!(keyring.entries()[0].scheme, Scheme::Signify);
    let report = one(&keyring, &alice.signify(DATA));
    expect(&report, S::Good, "carry no time");
    assert_eq!(report.scheme, Scheme::Signify);
    expect(&one(&keyring, &alice.signify(b"else")), S::Bad, "checksum");
}

#[test]
fn unknown_keys_and_damage() {
    let (alice, bob) = (Minisigner::new(1), Minisigner::new(2));
    let keyring = keyring(&[alice.minisign_public()]);
    expect(
        &one(&keyring, &bob.minisign(DATA, COMMENT, true)),
        S::UnknownSigner,
        "0202020202020202",
    );
    expect(
        &one(&keyring, alice.minisign_public().as_bytes()),
        S::Malformed,
        "public key",
    );
    let mut embedded = alice.signify(DATA);
    embedded.extend(b"a message\n");
    expect(&one(&keyring, &embedded), S::Malformed, "text after");
    expect(
        &one(&keyring, b"untrusted comment: x\nAAAA\n"),
        S::Malformed,
        "damaged",
    );
}

#[test]
fn a_key_with_a_stolen_number_does_not_shadow_the_right_one() {
    let (alice, mallory) = (Minisigner::new(1), Minisigner::numbered(2, 1));
    let keyring = keyring(&[mallory.minisign_public(), alice.minisign_public()]);
    for signature in [
        alice.signify(DATA),
        alice.minisign(DATA, COMMENT, true),
        alice.minisign(DATA, COMMENT, false),
    ] {
        let report = one(&keyring, &signature);
        expect(&report, S::Good, "");
        assert_eq!(report.keyring.as_deref(), Some("keyring-1"));
    }
}

/// Git embeds OpenPGP, SSH and X.509 only.
#[test]
fn git_objects_do_not_carry_minisign() {
    let alice = Minisigner::new(1);
    let keyring = keyring(&[alice.minisign_public()]);
    let wrapped = super::files::armored_file(&alice.signify(TAG));
    for signature in [alice.signify(TAG), wrapped] {
        let reports = verify_object(&keyring, &strict(), SignedThing::Tag, TAG, &signature, None);
        expect(&reports[0], S::Malformed, "git embeds");
    }
}

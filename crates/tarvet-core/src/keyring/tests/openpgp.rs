//! THREATS.md P1 to P10, and what only looks like them.

use super::SignatureState as S;
use super::*;
use tarvet_testkit::people::sequoia::types::{ReasonForRevocation, SignatureType};
use tarvet_testkit::people::{Person, Recipe, Subkey, armor, days};

#[test]
fn a_good_signature_is_evidence_and_says_by_whom() {
    let alice = Person::alice();
    let report = one(
        &keyring(&[alice.certificate()]),
        &alice.sign(DATA, day("2024-04-13")),
    );
    expect(&report, S::Good, "valid when it signed");
    assert_eq!(report.over, SignedThing::Tarball);
    assert_eq!(report.fingerprint.as_deref(), Some(alice.fingerprint().as_str()));
    assert_eq!(
        report.user_id.as_deref(),
        Some("Alice Maintainer <alice@example.org>")
    );
    assert_eq!(report.keyring.as_deref(), Some("keyring-0"));
    assert_eq!(report.time, Some(time("2024-04-13")));
    assert_eq!(report.algorithm, "Ed25519, SHA-512");
    assert!(report.relaxed_by.is_empty() && report.signing_key.is_none());
}

#[test]
fn tag_signatures_verify_and_an_unsigned_tail_is_mentioned() {
    let alice = Person::alice();
    let keyring = keyring(&[alice.certificate()]);
    let mut signature = alice.sign(TAG, day("2024-04-13"));
    let judge = |signature: &[u8]| verify_object(&keyring, &strict(), SignedThing::Tag, TAG, signature, None);
    expect(&judge(&signature)[0], S::Good, "");
    assert!(!judge(&signature)[0].detail.contains("unsigned"));
    signature.extend(b"and more\n");
    expect(&judge(&signature)[0], S::Good, "8 bytes of unsigned text");
}

/// P1: same user id, other key.
#[test]
fn p1_an_impostor_is_an_unknown_signer() {
    let (alice, eve) = (Person::alice(), Person::eve());
    let report = one(
        &keyring(&[alice.certificate()]),
        &eve.sign(DATA, day("2024-04-13")),
    );
    expect(&report, S::UnknownSigner, &eve.fingerprint());
    assert!(report.fingerprint.is_none() && report.advice.is_some());
}

/// P1: Eve's signature claims Alice as its issuer.
#[test]
fn p1_a_claimed_issuer_is_not_believed() {
    let (alice, eve) = (Person::alice(), Person::eve());
    let forged = eve.sign_with(DATA, day("2024-04-13"), SignatureType::Binary, |builder| {
        builder.set_issuer_fingerprint(alice.cert.fingerprint()).unwrap()
    });
    expect(
        &one(&keyring(&[alice.certificate()]), &forged),
        S::Bad,
        "checksum is wrong",
    );
}

/// P1: a certificate that travels in the signature file is not imported.
#[test]
fn p1_an_embedded_certificate_is_refused_not_imported() {
    let (alice, eve) = (Person::alice(), Person::eve());
    let keyring = keyring(&[alice.certificate()]);
    let mut file = eve.sign(DATA, day("2024-04-13"));
    file.extend(eve.certificate());
    let states: Vec<_> = detached(&keyring, &strict(), &file)
        .into_iter()
        .map(|r| r.state)
        .collect();
    assert_eq!(states, [S::UnknownSigner, S::Malformed]);
}

/// P2.
#[test]
fn p2_only_a_properly_bound_signing_subkey_signs() {
    let make = |subkey| {
        Recipe {
            subkey,
            ..Recipe::new("Alice")
        }
        .make()
    };
    let judge = |person: &Person| {
        one(
            &keyring(&[person.certificate()]),
            &person.sign(DATA, day("2024-04-13")),
        )
    };
    let proper = judge(&make(Subkey::Signing));
    expect(&proper, S::Good, "");
    assert_ne!(proper.signing_key, None);
    assert_ne!(proper.signing_key, proper.fingerprint);
    expect(&judge(&make(Subkey::WithoutBackSignature)), S::Bad, "not bound");
    expect(&judge(&make(Subkey::Authentication)), S::Bad, "does not allow");
}

/// P2: Eve takes Alice's signing subkey into her own certificate.
#[test]
fn p2_a_grafted_subkey_is_not_bound() {
    let alice = Recipe {
        subkey: Subkey::Signing,
        ..Recipe::new("Alice")
    }
    .make();
    let eve = Person::eve();
    let stolen = alice.cert.keys().subkeys().next().unwrap();
    let packets: Vec<tarvet_testkit::people::sequoia::Packet> = vec![
        stolen.key().clone().take_secret().0.into(),
        stolen.self_signatures().next().unwrap().clone().into(),
    ];
    let (grafted, _) = eve.cert.clone().insert_packets(packets).unwrap();
    let file = tarvet_testkit::people::sequoia::serialize::SerializeInto::to_vec(
        &grafted.strip_secret_key_material(),
    )
    .unwrap();
    let report = one(&keyring(&[&file]), &alice.sign(DATA, day("2024-04-13")));
    assert!(matches!(report.state, S::Bad | S::UnknownSigner), "{report:#?}");
    assert_ne!(report.fingerprint, Some(alice.fingerprint()));
    // Beside the true owner's certificate, the owner gets the credit.
    let both = keyring(&[file, alice.certificate_binary()]);
    let report = one(&both, &alice.sign(DATA, day("2024-04-13")));
    expect(&report, S::Good, "");
    assert_eq!(report.fingerprint, Some(alice.fingerprint()));
}

/// P3: Dave's certificate expired on 2022-09-27.
///
///     2020-01-01        2022-01-01    2022-09-27    2024-04-13    2026-01-01
///     created ───────────── signs ────── expires ──── signs ─────── now
#[test]
fn p3_expiry_before_and_after_signing_differ() {
    let dave = Person::dave();
    let keyring = keyring(&[dave.certificate()]);
    let since = one(&keyring, &dave.sign(DATA, day("2022-01-01")));
    expect(&since, S::GoodCertificateExpiredSince, "expired on 2022-09-27");
    assert!(since.advice.unwrap().contains("refresh"));
    let before = one(&keyring, &dave.sign(DATA, day("2024-04-13")));
    expect(
        &before,
        S::CertificateExpiredAtSigning,
        "2022-09-27, the signature is of 2024-04-13",
    );
    assert!(before.advice.unwrap().contains("refresh"));
    let relaxed = SignaturePolicy {
        accept_expired_certificate: true,
        ..strict()
    };
    let accepted = detached(&keyring, &relaxed, &dave.sign(DATA, day("2024-04-13"))).remove(0);
    assert_eq!(
        (accepted.state, accepted.relaxed_by),
        (S::Good, vec!["accept-expired-certificate"])
    );
    // What is not expiry is not accepted by that.
    expect(
        &detached(&keyring, &relaxed, &dave.sign(b"other", day("2024-04-13")))[0],
        S::Bad,
        "checksum",
    );
}

#[test]
fn p3_an_expired_signing_subkey_is_told_from_an_expired_certificate() {
    let recipe = Recipe {
        subkey: Subkey::Signing,
        subkey_validity: Some(days(1000)),
        ..Recipe::new("Dave")
    };
    let dave = recipe.make();
    let keyring = keyring(&[dave.certificate()]);
    let report = one(&keyring, &dave.sign(DATA, day("2024-04-13")));
    expect(&report, S::CertificateExpiredAtSigning, "signing subkey");
}

/// P3: the newest information counts, in whichever file and order it comes.
#[test]
fn p3_refreshed_copies_are_merged() {
    let dave = Person::dave();
    let renewed = dave.renewed(day("2022-09-01"), Some(days(3000)));
    let signature = dave.sign(DATA, day("2024-04-13"));
    for files in [
        [dave.certificate(), renewed.certificate()],
        [renewed.certificate(), dave.certificate()],
    ] {
        let keyring = keyring(&files);
        assert_eq!(keyring.entries().len(), 1);
        let report = one(&keyring, &signature);
        expect(&report, S::Good, "");
        assert_eq!(report.keyring.as_deref(), Some("keyring-0, keyring-1"));
    }
    let revoked = dave.revoked(Some(ReasonForRevocation::KeyCompromised), day("2025-01-01"));
    let report = one(
        &keyring(&[renewed.certificate(), revoked.certificate()]),
        &signature,
    );
    expect(&report, S::CertificateRevoked, "2025-01-01");
}

/// P3: Carol signs on 2024-04-13.
#[test]
fn p3_revocations_count_by_reason_and_time() {
    let carol = Person::carol();
    let signature = carol.sign(DATA, day("2024-04-13"));
    let judge = |reason, at| one(&keyring(&[carol.revoked(reason, at).certificate()]), &signature);
    let (before, after) = (day("2023-01-01"), day("2025-01-01"));
    for hard in [
        Some(ReasonForRevocation::KeyCompromised),
        Some(ReasonForRevocation::Unspecified),
        None,
    ] {
        expect(&judge(hard, before), S::CertificateRevoked, "2023-01-01");
        expect(&judge(hard, after), S::CertificateRevoked, "2025-01-01");
    }
    let soft = Some(ReasonForRevocation::KeyRetired);
    expect(&judge(soft, before), S::CertificateRevoked, "a story");
    let later = judge(soft, after);
    expect(&later, S::Good, "revoked as of 2025-01-01 since");
    assert!(later.advice.unwrap().contains("successor"));
    // Not yet revoked when the judgement is made for an earlier day.
    let policy = SignaturePolicy::strict(time("2024-06-01"));
    let keyring = keyring(&[carol.revoked(soft, after).certificate()]);
    assert!(
        !detached(&keyring, &policy, &signature)[0]
            .detail
            .contains("revoked")
    );
}

/// P4.
#[test]
fn p4_dates_that_cannot_be() {
    let alice = Person::alice();
    let keyring = keyring(&[alice.certificate()]);
    expect(
        &one(&keyring, &alice.sign(DATA, day("2099-01-01"))),
        S::Bad,
        "in the future",
    );
    expect(
        &one(&keyring, &alice.sign(DATA, day("2019-01-01"))),
        S::Bad,
        "key was made on 2020-01-01",
    );
    let short = alice.sign_with(DATA, day("2024-04-13"), SignatureType::Binary, |builder| {
        builder.set_signature_validity_period(days(10)).unwrap()
    });
    expect(&one(&keyring, &short), S::Bad, "expired on 2024-04-23");
}

/// P7.
#[test]
fn p7_only_binary_document_signatures_count() {
    let alice = Person::alice();
    let keyring = keyring(&[alice.certificate()]);
    let text = alice.sign_with(DATA, day("2024-04-13"), SignatureType::Text, |builder| builder);
    expect(&one(&keyring, &text), S::Unsupported, "text-mode");
    let mut other = alice.sign_with(DATA, day("2024-04-13"), SignatureType::Binary, |builder| builder);
    assert_eq!(
        &other[2..4],
        [4, 0],
        "version and type follow a header of two bytes"
    );
    for (kind, words) in [(0x02, "0x02"), (0x10, "0x10"), (0x40, "0x40"), (0x99, "0x99")] {
        other[3] = kind;
        expect(&one(&keyring, &other), S::Malformed, words);
    }
}

/// P9: over the tar inside.
#[test]
fn p9_a_signature_over_the_tar_is_found() {
    let alice = Person::alice();
    let keyring = keyring(&[alice.certificate()]);
    let report = one(&keyring, &alice.sign(TAR, day("2024-04-13")));
    expect(&report, S::Good, "");
    assert_eq!(report.over, SignedThing::Tar);
    let report = one(&keyring, &alice.sign(b"another file", day("2024-04-13")));
    expect(&report, S::Bad, "checksum");
    assert_eq!(report.over, SignedThing::Tarball);
}

/// P9 and the corpus: two signatures in one file, one by somebody unknown; and one bad beside one good.
#[test]
fn p9_every_signature_of_a_file_is_reported() {
    let (alice, bob) = (Person::alice(), Person::bob());
    let keyring = keyring(&[alice.certificate()]);
    let at = day("2024-04-13");
    let states = |file: &[u8]| {
        detached(&keyring, &strict(), file)
            .iter()
            .map(|r| r.state)
            .collect::<Vec<_>>()
    };
    let blocks = [bob.sign(DATA, at), alice.sign(DATA, at)].concat();
    assert_eq!(states(&blocks), [S::UnknownSigner, S::Good]);
    let binary = |person: &Person, data| person.sign_with(data, at, SignatureType::Binary, |builder| builder);
    let packets = [binary(&alice, DATA), binary(&bob, DATA), binary(&alice, b"other")].concat();
    assert_eq!(states(&packets), [S::Good, S::UnknownSigner, S::Bad]);
    assert_eq!(states(&armor(&packets)), [S::Good, S::UnknownSigner, S::Bad]);
}

/// P10: the same key material with another creation time is another certificate.
#[test]
fn p10_certificates_are_told_apart_by_full_fingerprint() {
    let alice = Person::alice();
    let mut other = alice.cert.primary_key().key().clone().take_secret().0;
    other.set_creation_time(day("2020-01-02")).unwrap();
    assert_ne!(other.fingerprint().to_hex(), alice.fingerprint());
    let cert = tarvet_testkit::people::sequoia::Cert::try_from(vec![other.into()]).unwrap();
    let file = tarvet_testkit::people::sequoia::serialize::SerializeInto::to_vec(&cert).unwrap();
    let report = one(&keyring(&[file]), &alice.sign(DATA, day("2024-04-13")));
    assert!(!report.state.is_evidence(), "{report:#?}");
}

#[test]
fn a_copy_whose_self_signatures_are_all_newer_says_nothing_about_the_past() {
    let young = Recipe {
        created: day("2025-06-01"),
        ..Recipe::new("Alice")
    }
    .make();
    assert_eq!(
        one(
            &keyring(&[young.certificate()]),
            &young.sign(DATA, day("2025-07-01"))
        )
        .state,
        S::Good
    );
    let alice = Person::alice();
    let renewed = alice.renewed(day("2025-06-01"), None);
    let oldest: Vec<_> =
        tarvet_testkit::people::sequoia::Cert::into_packets(renewed.cert.clone().strip_secret_key_material())
            .filter(|packet| match packet {
                tarvet_testkit::people::sequoia::Packet::Signature(sig) => {
                    sig.signature_creation_time() == Some(day("2025-06-01"))
                }
                _ => true,
            })
            .collect();
    let cert = tarvet_testkit::people::sequoia::Cert::try_from(oldest).unwrap();
    let file = tarvet_testkit::people::sequoia::serialize::SerializeInto::to_vec(&cert).unwrap();
    let report = one(&keyring(&[file]), &alice.sign(DATA, day("2024-04-13")));
    expect(
        &report,
        S::CertificateExpiredAtSigning,
        "self-signatures are newer",
    );
}

/// V10: a good signature by a stranger beside a bad one of a trusted certificate; none is credited to the other.
#[test]
fn v10_signatures_of_one_block_are_judged_one_by_one() {
    let (alice, bob) = (Person::alice(), Person::bob());
    let binary =
        |person: &Person, data| person.sign_with(data, day("2024-04-13"), SignatureType::Binary, |b| b);
    let block = armor(&[binary(&alice, b"another tag"), binary(&bob, TAG)].concat());
    let keyring = keyring(&[alice.certificate()]);
    let reports = verify_object(&keyring, &strict(), SignedThing::Tag, TAG, &block, None);
    let states: Vec<_> = reports.iter().map(|report| report.state).collect();
    assert_eq!(states, [S::Bad, S::UnknownSigner]);
    assert_eq!(reports[1].fingerprint, None);
}

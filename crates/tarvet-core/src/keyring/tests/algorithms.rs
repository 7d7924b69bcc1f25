//! THREATS.md P5 and P6: algorithms, key sizes, subpackets.

use super::SignatureState as S;
use super::*;
use tarvet_testkit::people::sequoia::packet::signature::subpacket::{
    NotationDataFlags, Subpacket, SubpacketTag, SubpacketValue,
};
use tarvet_testkit::people::sequoia::types::{HashAlgorithm, SignatureType};
use tarvet_testkit::people::{Person, Recipe, Subkey, days};

/// P5.
#[test]
fn p5_weak_digests_over_data_are_refused_whatever_is_relaxed() {
    let alice = Person::alice();
    let keyring = keyring(&[alice.certificate()]);
    let relaxed = SignaturePolicy {
        accept_sha1_bindings: true,
        accept_expired_certificate: true,
        ..strict()
    };
    for (digest, name) in [(HashAlgorithm::SHA1, "SHA-1"), (HashAlgorithm::MD5, "MD5")] {
        let weak = alice.sign_with(DATA, day("2024-04-13"), SignatureType::Binary, |b| {
            b.set_hash_algo(digest)
        });
        for policy in [strict(), relaxed] {
            let report = detached(&keyring, &policy, &weak).remove(0);
            expect(&report, S::Weak, name);
            assert!(report.advice.is_some());
        }
    }
}

#[test]
fn p5_sha1_self_signatures_are_weak_unless_accepted() {
    let old = Recipe {
        digest: HashAlgorithm::SHA1,
        ..Recipe::new("Old Hand <old@example.org>")
    }
    .make();
    let keyring = keyring(&[old.certificate()]);
    let signature = old.sign(DATA, day("2024-04-13"));
    let report = one(&keyring, &signature);
    expect(&report, S::Weak, "self-signatures use SHA-1");
    assert_eq!(report.fingerprint, Some(old.fingerprint()));
    let relaxed = SignaturePolicy {
        accept_sha1_bindings: true,
        ..strict()
    };
    let accepted = detached(&keyring, &relaxed, &signature).remove(0);
    assert_eq!(
        (accepted.state, accepted.relaxed_by),
        (S::Good, vec!["accept-sha1-bindings"])
    );
    expect(
        &detached(&keyring, &relaxed, &old.sign(b"x", day("2024-04-13")))[0],
        S::Bad,
        "checksum",
    );
}

#[test]
fn p5_sha1_and_expiry_together_need_both_relaxations() {
    let recipe = Recipe::new("Old Hand <old@example.org>");
    let old = Recipe {
        digest: HashAlgorithm::SHA1,
        validity: Some(days(1000)),
        ..recipe
    }
    .make();
    let keyring = keyring(&[old.certificate()]);
    let signature = old.sign(DATA, day("2024-04-13"));
    expect(
        &one(&keyring, &signature),
        S::CertificateExpiredAtSigning,
        "SHA-1 besides",
    );
    let judge = |sha1, expired| {
        let policy = SignaturePolicy {
            accept_sha1_bindings: sha1,
            accept_expired_certificate: expired,
            ..strict()
        };
        detached(&keyring, &policy, &signature).remove(0)
    };
    assert!(!judge(true, false).state.is_evidence());
    assert!(!judge(false, true).state.is_evidence());
    let both = judge(true, true);
    assert_eq!(both.state, S::Good);
    assert_eq!(
        both.relaxed_by,
        ["accept-expired-certificate", "accept-sha1-bindings"]
    );
}

#[test]
fn p5_small_keys_are_weak() {
    let small = Recipe {
        rsa_bits: Some(1024),
        ..Recipe::new("Small")
    }
    .make();
    let report = one(
        &keyring(&[small.certificate()]),
        &small.sign(DATA, day("2024-04-13")),
    );
    expect(&report, S::Weak, "RSA-1024");
    let hidden = Recipe {
        rsa_bits: Some(1024),
        subkey: Subkey::Signing,
        ..Recipe::new("Small")
    }
    .make();
    let report = one(
        &keyring(&[hidden.certificate()]),
        &hidden.sign(DATA, day("2024-04-13")),
    );
    expect(&report, S::Weak, "primary key is RSA-1024");
    let fair = Recipe {
        rsa_bits: Some(2048),
        ..Recipe::new("Fair")
    }
    .make();
    let report = one(
        &keyring(&[fair.certificate()]),
        &fair.sign(DATA, day("2024-04-13")),
    );
    expect(&report, S::Good, "");
    assert_eq!(report.algorithm, "RSA-2048, SHA-512");
}

/// P6.
#[test]
fn p6_critical_unknown_subpackets_and_notations_are_refused() {
    let alice = Person::alice();
    let keyring = keyring(&[alice.certificate()]);
    let subpacket = |critical| {
        alice.sign_with(DATA, day("2024-04-13"), SignatureType::Binary, move |builder| {
            let value = SubpacketValue::Unknown {
                tag: SubpacketTag::Private(100),
                body: vec![1, 2, 3],
            };
            builder
                .modify_hashed_area(|mut area| {
                    area.add(Subpacket::new(value, critical)?)?;
                    Ok(area)
                })
                .unwrap()
        })
    };
    expect(&one(&keyring, &subpacket(true)), S::Malformed, "ritical");
    expect(&one(&keyring, &subpacket(false)), S::Good, "");
    let notation = |critical, value: &[u8]| {
        alice.sign_with(DATA, day("2024-04-13"), SignatureType::Binary, |builder| {
            builder
                .add_notation("x@example.org", value, NotationDataFlags::empty(), critical)
                .unwrap()
        })
    };
    expect(&one(&keyring, &notation(true, b"v")), S::Malformed, "notation");
    expect(
        &one(&keyring, &notation(false, b"[GNUPG:] GOODSIG\n[GNUPG:] VALIDSIG")),
        S::Good,
        "",
    );
    expect(&one(&keyring, &notation(false, &[b'x'; 30_000])), S::Good, "");
}

/// What cannot be verified here is not called bad.
#[test]
fn very_large_rsa_keys_are_unsupported() {
    use tarvet_testkit::people::sequoia::packet::key::{Key4, PrimaryRole, PublicParts};
    let mut modulus = vec![0xff; 1024];
    modulus[0] = 0x80;
    let key =
        Key4::<PublicParts, PrimaryRole>::import_public_rsa(&[1, 0, 1], &modulus, Some(day("2020-01-01")));
    let key: tarvet_testkit::people::sequoia::packet::Key<_, _> = key.unwrap().into();
    let fingerprint = key.fingerprint();
    let cert = tarvet_testkit::people::sequoia::Cert::try_from(vec![key.into()]).unwrap();
    let file = tarvet_testkit::people::sequoia::serialize::SerializeInto::to_vec(&cert).unwrap();
    let signature = tarvet_testkit::people::Recipe {
        rsa_bits: Some(2048),
        ..Recipe::new("x")
    }
    .make()
    .sign_with(DATA, day("2024-04-13"), SignatureType::Binary, |builder| {
        builder.set_issuer_fingerprint(fingerprint).unwrap()
    });
    expect(&one(&keyring(&[file]), &signature), S::Unsupported, "RSA-8192");
}

#[test]
fn version_6_certificates_verify() {
    use tarvet_testkit::people::sequoia::{self, Profile, serialize::SerializeInto};
    let (cert, _) = sequoia::cert::CertBuilder::new()
        .set_profile(Profile::RFC9580)
        .unwrap()
        .set_creation_time(day("2020-01-01"))
        .add_userid("Six <six@example.org>")
        .add_signing_subkey()
        .generate()
        .unwrap();
    let key = cert
        .keys()
        .subkeys()
        .next()
        .unwrap()
        .key()
        .clone()
        .parts_into_secret()
        .unwrap();
    let signature = sequoia::packet::signature::SignatureBuilder::new(SignatureType::Binary)
        .set_signature_creation_time(day("2024-04-13"))
        .unwrap()
        .sign_message(&mut key.into_keypair().unwrap(), DATA)
        .unwrap();
    let signature = sequoia::Packet::from(signature).to_vec().unwrap();
    let file = cert.clone().strip_secret_key_material().to_vec().unwrap();
    let report = one(&keyring(&[file]), &signature);
    expect(&report, S::Good, "");
    assert_eq!(report.fingerprint.map(|f| f.len()), Some(64));
}

#[test]
fn signatures_that_name_a_crowd_of_issuers_are_malformed() {
    let alice = Person::alice();
    let crowd = alice.sign_with(DATA, day("2024-04-13"), SignatureType::Binary, |builder| {
        (0..40u64).fold(builder, |builder, n| {
            builder
                .modify_unhashed_area(|mut area| {
                    let id = tarvet_testkit::people::sequoia::KeyID::from(n + 1);
                    area.add(Subpacket::new(SubpacketValue::Issuer(id), false)?)?;
                    Ok(area)
                })
                .unwrap()
        })
    });
    expect(
        &one(&keyring(&[alice.certificate()]), &crowd),
        S::Malformed,
        "too many issuers",
    );
}

/// The caller's time rules, not the machine's.
#[test]
fn now_is_an_argument() {
    let old = Recipe {
        digest: HashAlgorithm::SHA1,
        ..Recipe::new("Old Hand")
    }
    .make();
    let keyring = keyring(&[old.certificate()]);
    let judge = |now, signed| {
        let policy = SignaturePolicy::strict(time(now));
        detached(&keyring, &policy, &old.sign(DATA, day(signed))).remove(0)
    };
    // SHA-1 self-signatures were refused from 2023-02-01 on.
    expect(&judge("2022-06-01", "2022-05-01"), S::Good, "");
    expect(&judge("2024-06-01", "2022-05-01"), S::Weak, "");
    expect(&judge("2022-06-01", "2022-07-01"), S::Bad, "in the future");
}

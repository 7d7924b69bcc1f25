//! Who may vouch for whom.

use super::*;
use crate::keyring::tests::{keyring, strict, time};
use crate::policy::Level;
use std::collections::BTreeMap;
use std::process::Command;
use tarvet_testkit::people::sequoia::Packet;
use tarvet_testkit::people::sequoia::types::{HashAlgorithm, ReasonForRevocation, SignatureType};
use tarvet_testkit::people::{Certify, Person, Recipe, SshPerson, Subkey, day, days};

/// Old signer and new one, with the new one's certificate certified as told; judged on 2026-01-01.
fn judged(old: &Person, new: &Person) -> (KeyChange, Vec<&'static str>) {
    let rollover = compare(
        &keyring(&[old.certificate()]),
        &keyring(&[old.certificate(), new.certificate()]),
        None,
        &strict(),
    );
    let findings = crate::checks::run(super::checks::ALL, &rollover, &BTreeMap::new());
    let change = rollover
        .changes
        .into_iter()
        .find(|change| change.fingerprint == new.fingerprint())
        .unwrap();
    (change, findings.iter().map(|finding| finding.code).collect())
}

fn endorsed(old: &Person, how: Certify) {
    let (change, codes) = judged(old, &Person::bob().certified(old, how));
    assert_eq!(change.endorsements.len(), 1, "{:?}", change.refused);
    assert_eq!(change.endorsements[0].lapsed, None);
    assert_eq!(codes, ["rollover-endorsed-once"]);
}

#[track_caller]
fn refused(old: &Person, new: &Person, why: &str) {
    let (change, codes) = judged(old, new);
    assert!(change.endorsements.is_empty(), "{:?}", change.endorsements);
    assert!(codes.contains(&"rollover-unendorsed"));
    if !why.is_empty() {
        assert!(
            change.refused.iter().any(|refused| refused.contains(why)),
            "{why}: {:?}",
            change.refused
        );
    }
}

fn at() -> Certify {
    Certify::on(day("2024-04-13"))
}

#[test]
fn a_certification_by_an_old_certificate_endorses() {
    endorsed(&Person::alice(), at());
    endorsed(&Person::with_subkey(), at());
    let generic = SignatureType::GenericCertification;
    endorsed(
        &Person::alice(),
        Certify {
            kind: generic,
            ..at()
        },
    );
    let validity = Some(days(3000));
    endorsed(&Person::alice(), Certify { validity, ..at() });
}

#[test]
fn nobody_endorses_by_name_or_alone() {
    let alice = Person::alice();
    refused(&alice, &Person::bob(), "");
    // A look-alike of Alice certifies Bob; Bob certifies himself once more; Eve is new herself.
    let eve = Person::eve();
    refused(&alice, &Person::bob().certified(&eve, at()), "");
    let bob = Person::bob();
    refused(&alice, &bob.certified(&bob, at()), "");
    refused(&alice, &eve, "");
    let rollover = compare(
        &keyring(&[alice.certificate()]),
        &keyring(&[
            alice.certificate(),
            eve.certificate(),
            bob.certified(&eve, at()).certificate(),
        ]),
        None,
        &strict(),
    );
    assert!(
        rollover
            .changes
            .iter()
            .all(|change| change.endorsements.is_empty())
    );
}

#[test]
fn certifications_that_prove_nothing_are_refused() {
    let (alice, bob) = (Person::alice(), Person::bob());
    let by = |how| bob.certified(&alice, how);
    let sha1 = HashAlgorithm::SHA1;
    refused(&alice, &by(Certify { digest: sha1, ..at() }), "SHA-1");
    let kind = SignatureType::PersonaCertification;
    refused(&alice, &by(Certify { kind, ..at() }), "verified nothing");
    let exportable = false;
    refused(&alice, &by(Certify { exportable, ..at() }), "");
    let validity = Some(days(30));
    refused(&alice, &by(Certify { validity, ..at() }), "expired on");
    refused(&alice, &by(Certify::on(day("2099-01-01"))), "future");
    refused(&alice, &by(Certify::on(day("2019-01-01"))), "before the keys");
}

#[test]
fn a_certification_of_another_key_does_not_count_when_moved() {
    let alice = Person::alice();
    let bob = Person::bob().certified(&alice, at());
    let stolen = bob
        .cert
        .userids()
        .next()
        .unwrap()
        .certifications()
        .next()
        .unwrap()
        .clone();
    let impostor = Person::bob();
    let user_id = impostor.cert.userids().next().unwrap().userid().clone();
    let moved = impostor.with(vec![Packet::from(user_id), Packet::from(stolen)]);
    refused(&alice, &moved, "");
}

#[test]
fn what_was_taken_back_endorses_nobody() {
    let alice = Person::alice();
    let back = Certify {
        kind: SignatureType::CertificationRevocation,
        ..Certify::on(day("2025-01-01"))
    };
    let bob = Person::bob().certified(&alice, at()).certified(&alice, back);
    refused(&alice, &bob, "taken back");
    let weak = Certify {
        digest: HashAlgorithm::SHA1,
        ..back
    };
    refused(
        &alice,
        &Person::bob().certified(&alice, at()).certified(&alice, weak),
        "taken back",
    );
    // Somebody else cannot take it back, and a new certification counts again.
    let eve = Person::eve();
    let (change, _) = judged(
        &alice,
        &Person::bob().certified(&alice, at()).certified(&eve, back),
    );
    assert_eq!(change.endorsements.len(), 1);
    let (change, _) = judged(&alice, &bob.certified(&alice, Certify::on(day("2025-06-01"))));
    assert_eq!(change.endorsements.len(), 1);
}

#[test]
fn revoked_and_expired_certifiers() {
    let alice = Person::alice();
    let bob = Person::bob().certified(&alice, at());
    let compromised = alice.revoked(Some(ReasonForRevocation::KeyCompromised), day("2025-01-01"));
    refused(&compromised, &bob, "revoked");
    refused(&alice.revoked(None, day("2025-01-01")), &bob, "revoked");
    let retired = |on| alice.revoked(Some(ReasonForRevocation::KeyRetired), day(on));
    refused(&retired("2024-01-01"), &bob, "revoked");
    let (change, codes) = judged(&retired("2025-01-01"), &bob);
    assert!(
        change.endorsements[0]
            .lapsed
            .as_ref()
            .unwrap()
            .contains("retired")
    );
    assert!(codes.contains(&"rollover-endorser-lapsed"));

    // Dave's certificate expired on 2022-09-27.
    let dave = Person::dave();
    let late = Person::bob().certified(&dave, at());
    refused(&dave, &late, "expired by");
    let (change, codes) = judged(
        &dave,
        &Person::bob().certified(&dave, Certify::on(day("2022-01-01"))),
    );
    assert!(change.endorsements[0].lapsed.is_some());
    assert!(codes.contains(&"rollover-endorser-lapsed"));
    // Extended in time, it vouches like any other.
    let extended = dave.renewed(day("2022-06-01"), None);
    let (change, _) = judged(&extended, &late);
    assert_eq!(change.endorsements[0].lapsed, None);
}

#[test]
fn a_revocation_that_only_the_new_copy_has_counts() {
    let alice = Person::alice();
    let bob = Person::bob().certified(&alice, at());
    let revoked = alice.revoked(Some(ReasonForRevocation::KeyCompromised), day("2025-01-01"));
    let new = keyring(&[revoked.certificate(), bob.certificate()]);
    let rollover = compare(&keyring(&[alice.certificate()]), &new, None, &strict());
    let added = rollover
        .changes
        .iter()
        .find(|it| it.kind == ChangeKind::Added)
        .unwrap();
    assert!(added.endorsements.is_empty());
}

#[test]
fn weak_certifiers_endorse_nobody() {
    let small = Person::rsa_1024();
    refused(&small, &Person::bob().certified(&small, at()), "not valid then");
    let sha1 = Person::sha1_bound();
    refused(&sha1, &Person::bob().certified(&sha1, at()), "not valid then");
}

#[test]
fn refreshed_copies_say_what_is_new() {
    let dave = Person::dave();
    let compare = |old: &Person, new: &Person| {
        let (old, new) = (keyring(&[old.certificate()]), keyring(&[new.certificate()]));
        compare(&old, &new, None, &strict())
    };
    let codes = |rollover: &Rollover| -> Vec<&str> {
        let findings = crate::checks::run(super::checks::ALL, rollover, &BTreeMap::new());
        findings.iter().map(|finding| finding.code).collect()
    };
    let same = compare(&dave, &dave);
    assert_eq!(same.changes[0].kind, ChangeKind::Unchanged);
    assert!(codes(&same).is_empty());
    let extended = dave.renewed(day("2022-06-01"), Some(days(3000)));
    let refreshed = compare(&dave, &extended);
    assert_eq!(refreshed.changes[0].kind, ChangeKind::Refreshed);
    assert!(refreshed.changes[0].what[0].contains("before: expires 2022-09-27"));
    assert!(codes(&refreshed).is_empty());
    assert_eq!(codes(&compare(&extended, &dave)), ["rollover-copy-older"]);
    let revoked = dave.revoked(None, day("2024-01-01"));
    assert!(codes(&compare(&dave, &revoked)).is_empty());
    let lost = compare(&revoked, &dave);
    assert_eq!(codes(&lost), ["rollover-revocation-lost"]);
}

#[test]
fn replaced_certificates_are_told_and_still_need_an_endorsement() {
    let (alice, eve) = (Person::alice(), Person::eve());
    let rollover = compare(
        &keyring(&[alice.certificate()]),
        &keyring(&[eve.certificate()]),
        None,
        &strict(),
    );
    let kinds: Vec<_> = rollover.changes.iter().map(|change| change.kind).collect();
    assert_eq!(kinds, [ChangeKind::Added, ChangeKind::Replaced]);
    assert_eq!(rollover.changes[0].counterpart, Some(alice.fingerprint()));
    let findings = crate::checks::run(super::checks::ALL, &rollover, &BTreeMap::new());
    assert_eq!(findings[0].code, "rollover-unendorsed");
    assert_eq!(findings[0].level, Level::Error);
}

#[test]
fn ssh_keys_need_a_repository() {
    let (sam, sue) = (SshPerson::new(1, "sam"), SshPerson::new(2, "sue"));
    let old = keyring(&[sam.public()]);
    let new = keyring(&[sam.public() + "\n" + &sue.public()]);
    let rollover = compare(&old, &new, None, &strict());
    assert_eq!(rollover.changes[0].kind, ChangeKind::Added);
    assert!(rollover.changes[0].endorsements.is_empty());
    assert_eq!(rollover.changes[1].kind, ChangeKind::Unchanged);
    assert_eq!(rollover.now, time("2026-01-01"));
}

fn codes(old: &Keyring, new: &Keyring) -> Vec<&'static str> {
    let rollover = compare(old, new, None, &strict());
    let findings = crate::checks::run(super::checks::ALL, &rollover, &BTreeMap::new());
    findings.iter().map(|finding| finding.code).collect()
}

#[test]
fn an_ssh_key_may_do_less_but_not_more() {
    let key = SshPerson::new(1, "sam").public();
    let line = |options: &str| keyring(&[format!("sam {options} {key}")]);
    let limited = "namespaces=\"git\",valid-after=\"20200101\",valid-before=\"20250101\"";
    for wider in [
        "",
        "cert-authority",
        "valid-after=\"20200101\",valid-before=\"20250101\"",
        "namespaces=\"git,file\",valid-after=\"20200101\",valid-before=\"20250101\"",
        "namespaces=\"git\",valid-after=\"20200101\",valid-before=\"20260101\"",
        "namespaces=\"git\",valid-after=\"20190101\",valid-before=\"20250101\"",
    ] {
        let found = codes(&line(limited), &line(wider));
        assert_eq!(found, ["rollover-signer-widened"], "{wider}");
    }
    let narrower = "namespaces=\"git\",valid-after=\"20200201\",valid-before=\"20240101\"";
    assert!(codes(&line(limited), &line(narrower)).is_empty());
    assert!(codes(&line(""), &line(limited)).is_empty());
    assert!(codes(&line(limited), &line(limited)).is_empty());
    let renamed = keyring(&[format!("sue {limited} {key}")]);
    assert!(codes(&line(limited), &renamed).is_empty());
    let authority = |who: &str| keyring(&[format!("{who} cert-authority {key}")]);
    assert_eq!(
        codes(&authority("sam"), &authority("*")),
        ["rollover-signer-widened"]
    );
    let but_git = |list: &str| line(&format!("namespaces=\"{list}\""));
    assert_eq!(
        codes(&but_git("*,!git"), &but_git("*")),
        ["rollover-signer-widened"]
    );
}

/// Each of these is a signer for gpg, or for sqv, or for both.
#[test]
fn what_only_other_tools_read_is_not_passed_over() {
    let (alice, eve) = (Person::alice(), Person::eve());
    let armored = String::from_utf8(eve.certificate()).unwrap();
    let relabelled = |label: &str| armored.replace("PGP PUBLIC KEY BLOCK", label);
    let prefixed = |prefix: &str| -> String {
        let lines = armored.lines();
        lines.map(|line| format!("{prefix}{line}\n")).collect()
    };
    let old = keyring(&[alice.certificate()]);
    for hidden in [
        String::from_utf8(eve.secret()).unwrap(),
        relabelled("PGP PRIVATE KEY BLOCK"),
        relabelled("PGP SIGNATURE"),
        relabelled("PGP MESSAGE"),
        prefixed("> "),
        prefixed("  "),
        armored.replace("-----", "------"),
        armored.replace("-----", "\u{2013}\u{2013}\u{2013}\u{2013}"),
        armored.replace('\n', "\r"),
    ] {
        let both = [alice.certificate(), hidden.clone().into_bytes()].concat();
        let found = codes(&old, &keyring(&[both]));
        assert!(found.contains(&"rollover-unread"), "{hidden}");
    }
    let explained = b"# Keys of our developers, in armor that begins below\n".to_vec();
    let both = [explained, alice.certificate()].concat();
    assert!(codes(&old, &keyring(&[both])).is_empty());
}

#[test]
fn a_flood_of_certifications_ends() {
    let alice = Person::alice();
    let bob = Person::bob();
    let user_id = bob.cert.userids().next().unwrap().userid().clone();
    let certified = bob.certified(&alice, at());
    let good = certified
        .cert
        .userids()
        .next()
        .unwrap()
        .certifications()
        .next()
        .unwrap()
        .clone();
    let mut packets = vec![Packet::from(user_id)];
    for number in 0..20_000u32 {
        let mut fake = good.clone();
        let unhashed = fake.unhashed_area_mut();
        let notation = tarvet_testkit::people::sequoia::packet::signature::subpacket::NotationData::new(
            "n@example.org",
            number.to_be_bytes(),
            None,
        );
        let value =
            tarvet_testkit::people::sequoia::packet::signature::subpacket::SubpacketValue::NotationData(
                notation,
            );
        let _ = unhashed.add(
            tarvet_testkit::people::sequoia::packet::signature::subpacket::Subpacket::new(value, false)
                .unwrap(),
        );
        packets.push(fake.into());
    }
    let (change, _) = judged(&alice, &bob.with(packets));
    assert!(change.refused.len() <= MOST_REFUSED);
}

/// gpg calls good (`!`) whatever endorses here, and bad (`-`) what was moved.
#[test]
fn gpg_agrees() {
    if Command::new("gpg").arg("--version").output().is_err() {
        println!("skipped: gpg is not installed");
        assert!(
            std::env::var_os("TARVET_REQUIRE_ORACLES").is_none(),
            "gpg is required"
        );
        return;
    }
    let alice = Person::alice();
    let subkey = Recipe {
        subkey: Subkey::Signing,
        ..Recipe::new("Carl <carl@example.org>")
    };
    let bob = subkey.make().certified(&alice, at());
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("all.asc");
    std::fs::write(&file, [alice.certificate(), bob.certificate()].concat()).unwrap();
    let gpg = |args: &[&str]| {
        let mut command = Command::new("gpg");
        command
            .args(["--batch", "--no-permission-warning", "--homedir"])
            .arg(home.path())
            .args(args);
        String::from_utf8_lossy(&command.output().unwrap().stdout).into_owned()
    };
    gpg(&["--import", file.to_str().unwrap()]);
    let checked = gpg(&["--with-colons", "--check-sigs", &bob.fingerprint()]);
    let id = alice.fingerprint()[24..].to_owned();
    let good = checked
        .lines()
        .any(|line| line.starts_with("sig:!:") && line.contains(&id));
    assert!(good, "{checked}");
    assert_eq!(judged(&alice, &bob).0.endorsements.len(), 1);
}

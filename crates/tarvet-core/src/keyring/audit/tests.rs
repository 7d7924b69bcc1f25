//! People in every state, and files of every kind.

mod kinds;

use super::*;
use crate::checks;
use crate::keyring::tests::{strict, time};
use crate::keyring::{Keyring, SignedThing, verify_object};
use proptest::prelude::*;
use std::collections::BTreeMap;
use tarvet_testkit::people::sequoia::types::{HashAlgorithm, ReasonForRevocation};
use tarvet_testkit::people::{Minisigner, Person, Recipe, SshPerson, Subkey, day, days};

fn audited(file: &[u8]) -> Audit {
    audit("k.asc", file, time("2026-01-01"))
}

fn codes(audit: &Audit) -> Vec<&'static str> {
    checks::run(super::checks::ALL, audit, &BTreeMap::new())
        .into_iter()
        .map(|finding| finding.code)
        .collect()
}

#[track_caller]
fn found(file: &[u8], expected: &[&str]) -> Audit {
    let audit = audited(file);
    assert_eq!(codes(&audit), expected, "{audit:#?}");
    audit
}

fn made(change: impl FnOnce(&mut Recipe)) -> Person {
    let mut recipe = Recipe::new("Ann <ann@example.org>");
    change(&mut recipe);
    recipe.make()
}

/// Everybody of the testkit, with the standing and the findings of an audit.
fn everybody() -> Vec<(Person, Standing, Vec<&'static str>)> {
    let alice = Person::alice();
    let revoked = |reason| alice.revoked(reason, day("2025-01-01"));
    let nobody = "keyring-nobody-can-sign";
    vec![
        (Person::alice(), Standing::CanSign, vec![]),
        (Person::with_subkey(), Standing::CanSign, vec![]),
        (
            Person::dave(),
            Standing::Expired,
            vec!["keyring-certificate-expired"],
        ),
        (
            Person::dave().renewed(day("2022-01-01"), Some(days(9_000))),
            Standing::CanSign,
            vec![],
        ),
        (
            made(|it| it.validity = Some(days(2_200))),
            Standing::CanSign,
            vec!["keyring-certificate-expires-soon"],
        ),
        (
            revoked(Some(ReasonForRevocation::KeyCompromised)),
            Standing::Revoked,
            vec!["keyring-certificate-revoked", nobody],
        ),
        (
            revoked(None),
            Standing::Revoked,
            vec!["keyring-certificate-revoked", nobody],
        ),
        (
            revoked(Some(ReasonForRevocation::KeyRetired)),
            Standing::Revoked,
            vec!["keyring-certificate-revoked", nobody],
        ),
        (
            Person::sha1_bound(),
            Standing::RefusedSha1,
            vec!["keyring-binding-sha1"],
        ),
        (
            Person::rsa_1024(),
            Standing::RefusedWeak,
            vec![nobody, "keyring-algorithm-weak"],
        ),
        (made(|it| it.rsa_bits = Some(2048)), Standing::CanSign, vec![]),
        (
            made(|it| it.subkey = Subkey::WithoutBackSignature),
            Standing::CannotSign,
            vec![
                nobody,
                "keyring-backsig-missing",
                "keyring-certificate-cannot-sign",
            ],
        ),
        (
            made(|it| it.subkey = Subkey::Authentication),
            Standing::CannotSign,
            vec![nobody, "keyring-certificate-cannot-sign"],
        ),
        (
            made(|it| {
                it.subkey = Subkey::Signing;
                it.subkey_validity = Some(days(1_000));
            }),
            Standing::Expired,
            vec!["keyring-subkey-expired"],
        ),
        (
            made(|it| {
                it.subkey = Subkey::Signing;
                it.subkey_validity = Some(days(1_000));
            })
            .rotated(day("2022-06-01")),
            Standing::CanSign,
            vec![],
        ),
        (
            made(|it| {
                it.digest = HashAlgorithm::SHA1;
                it.validity = Some(days(1_000));
            }),
            Standing::Expired,
            vec!["keyring-certificate-expired"],
        ),
    ]
}

#[test]
fn people_in_every_state() {
    for (person, standing, expected) in everybody() {
        let audit = audited(&person.certificate());
        assert_eq!(audit.certificates.len(), 1);
        let held = &audit.certificates[0];
        assert_eq!(held.standing, standing, "{held:#?}");
        assert_eq!(codes(&audit), expected, "{held:#?}");
    }
}

/// What the audit says and what a check does with a signature of today must be the same thing.
#[test]
fn a_check_takes_what_the_audit_says_can_sign() {
    const TAG: &[u8] = b"object 0\ntype commit\ntag v1\n\nv1\n";
    for (person, standing, _) in everybody() {
        let mut keyring = Keyring::new();
        keyring.add("k.asc", &person.certificate()).unwrap();
        let signature = person.sign(TAG, day("2025-12-31"));
        let reports = verify_object(&keyring, &strict(), SignedThing::Tag, TAG, &signature, None);
        assert_eq!(
            reports[0].state.is_evidence(),
            standing == Standing::CanSign,
            "{standing:?} {reports:#?}"
        );
    }
}

#[test]
fn revocations_are_told_apart() {
    let at = day("2025-01-01");
    let soft = audited(
        &Person::alice()
            .revoked(Some(ReasonForRevocation::KeySuperseded), at)
            .certificate(),
    );
    let hard = audited(&Person::alice().revoked(None, at).certificate());
    let of = |audit: &Audit| audit.certificates[0].revocation.clone().unwrap();
    assert!(!of(&soft).hard && of(&hard).hard);
    assert_eq!(of(&soft).time, Some(time("2025-01-01")));
    assert!(of(&soft).reason.contains("a story"), "{:?}", of(&soft));
}

#[test]
fn secrets_are_found_and_not_shown() {
    let alice = Person::with_subkey();
    let audit = found(&alice.secret(), &["keyring-secret-key-inside"]);
    assert_eq!(audit.certificates[0].fingerprint, alice.fingerprint());
    assert_eq!(audit.certificates[0].standing, Standing::CanSign);
    let armor = String::from_utf8(alice.secret()).unwrap();
    let body = armor.lines().nth(5).unwrap();
    assert!(!format!("{audit:?}").contains(body));
    // A secret key under a public label.
    let disguised = armor.replace("PRIVATE KEY BLOCK", "PUBLIC KEY BLOCK");
    found(disguised.as_bytes(), &["keyring-secret-key-inside"]);
    let ssh = b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n";
    found(ssh, &["keyring-secret-key-inside"]);
}

#[test]
fn files_that_are_none() {
    found(b"", &["keyring-empty"]);
    found(b" \n", &["keyring-garbage"]);
    found(b"<!DOCTYPE html><p>Not Found</p>", &["keyring-garbage"]);
    found(b"\0\x01\x02", &["keyring-garbage"]);
    found(b"hello\n", &["keyring-garbage"]);
    found(b"\xff\xfe-\0-\0", &["keyring-garbage"]);
    let signature = Person::alice().sign(b"x", day("2025-01-01"));
    assert!(found(&signature, &["keyring-garbage"]).is_signature);
    let armor = Person::alice().certificate();
    let cut = &armor[..armor.len() * 2 / 3];
    let codes = codes(&audited(cut));
    assert!(
        codes
            .iter()
            .any(|code| *code == "keyring-garbage" || *code == "keyring-damaged"),
        "{codes:?}"
    );
}

#[test]
fn encodings_and_blocks() {
    let (alice, bob) = (Person::alice(), Person::bob());
    let both = [alice.certificate(), bob.certificate()].concat();
    assert_eq!(found(&both, &["keyring-several-blocks"]).certificates.len(), 2);
    found(&alice.certificate_binary(), &["keyring-encoding-odd"]);
    let crlf = String::from_utf8(alice.certificate())
        .unwrap()
        .replace('\n', "\r\n");
    found(crlf.as_bytes(), &["keyring-encoding-odd"]);
    found(
        &[b"Key of Alice:\n".as_slice(), &alice.certificate()].concat(),
        &["keyring-encoding-odd"],
    );
    found(
        &[b"\xef\xbb\xbf".as_slice(), &alice.certificate()].concat(),
        &["keyring-damaged"],
    );
    let broken = [alice.certificate_binary(), b"garbage".to_vec()].concat();
    assert_eq!(
        codes(&audit("k.gpg", &broken, time("2026-01-01"))),
        ["keyring-damaged"]
    );
}

#[test]
fn copies_in_one_file_are_merged_and_across_files_compared() {
    let old = Person::dave();
    let new = old.renewed(day("2022-01-01"), None);
    let both = [old.certificate(), new.certificate()].concat();
    let merged = found(&both, &["keyring-several-blocks"]);
    assert_eq!(merged.certificates.len(), 1);
    assert_eq!(merged.certificates[0].standing, Standing::CanSign);

    let mut copies = Copies::default();
    let at = time("2026-01-01");
    copies.add(&audit("old", &old.certificate(), at));
    copies.add(&audit("new", &new.certificate(), at));
    copies.add(&audit("again", &new.certificate(), at));
    copies.add(&audit("other", &Person::bob().certificate(), at));
    let found = checks::run(super::checks::OF_COPIES, &copies, &BTreeMap::new());
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(found[0].path.as_ref().unwrap(), "old");
    assert!(
        found[0]
            .message
            .contains("new has a newer copy: here it is expired, there can-sign"),
        "{found:?}"
    );

    // One that was only stripped, or signed anew with the same end, is worth the same.
    let (alice, mut copies) = (Person::alice(), Copies::default());
    copies.add(&audit("stripped", &alice.certificate(), at));
    let renewed = alice.renewed(day("2022-01-01"), None);
    copies.add(&audit("whole", &renewed.certificate(), at));
    let found = checks::run(super::checks::OF_COPIES, &copies, &BTreeMap::new());
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn plain_keys() {
    let key = SshPerson::new(1, "alice");
    found(key.public().as_bytes(), &[]);
    let line = |options: &str| format!("alice@example.org {options}{}\n", key.public());
    found(line("").as_bytes(), &[]);
    found(line("namespaces=\"git\" ").as_bytes(), &[]);
    found(
        line("namespaces=\"file\" ").as_bytes(),
        &["keyring-nobody-can-sign", "keyring-certificate-cannot-sign"],
    );
    found(
        line("valid-before=\"20250101Z\" ").as_bytes(),
        &["keyring-certificate-expired"],
    );
    found(
        [line(""), "x y z\n".to_owned()].concat().as_bytes(),
        &["keyring-damaged"],
    );
    let audit = found(Minisigner::new(1).minisign_public().as_bytes(), &[]);
    assert_eq!(audit.keys[0].scheme.as_str(), "minisign");
}

#[test]
fn certifications_by_others_are_counted_and_cost_little() {
    use tarvet_testkit::people::sequoia::{Packet, packet::Signature, serialize::SerializeInto};
    let (alice, bob) = (Person::alice(), Person::bob());
    let certification: Signature = {
        let id = alice.cert.userids().next().unwrap();
        let mut signer = bob
            .cert
            .primary_key()
            .key()
            .clone()
            .parts_into_secret()
            .unwrap()
            .into_keypair()
            .unwrap();
        id.userid()
            .certify(&mut signer, &alice.cert, None, None, None)
            .unwrap()
    };
    let packet = Packet::from(certification).to_vec().unwrap();
    let mut bytes = alice.certificate_binary();
    for _ in 0..20_000 {
        bytes.extend(&packet);
    }
    let audit = audit("k.gpg", &bytes, time("2026-01-01"));
    assert_eq!(codes(&audit), ["keyring-not-minimal"]);
    assert_eq!(audit.certificates[0].certifications, 20_000);
    assert_eq!(audit.certificates[0].standing, Standing::CanSign);
}

/// Whoever floods a certificate with signatures in its own name may hide a revocation: then it is not judged.
#[test]
fn a_flood_of_own_signatures_is_not_judged() {
    use tarvet_testkit::people::sequoia::{Packet, serialize::SerializeInto};
    let alice = Person::alice();
    let id = alice.cert.userids().next().unwrap();
    let own = Packet::from(id.self_signatures().next().unwrap().clone())
        .to_vec()
        .unwrap();
    let mut bytes = alice.certificate_binary();
    for _ in 0..2_000 {
        bytes.extend(&own);
    }
    let audit = audit("k.gpg", &bytes, time("2026-01-01"));
    assert_eq!(audit.certificates[0].standing, Standing::NotJudged);
    assert_eq!(
        codes(&audit),
        ["keyring-limit-exceeded", "keyring-certificate-unverifiable"]
    );
}

#[test]
fn codes_and_pages() {
    let all: Vec<_> = super::checks::describe().collect();
    for check in &all {
        assert!(check.code.starts_with("keyring-"), "{}", check.code);
        assert!(
            check.page.starts_with(&format!("# {}\n", check.code)),
            "{}",
            check.code
        );
        for section in [
            "## What it finds",
            "## Why it matters",
            "## What to do",
            "## See also",
        ] {
            assert!(check.page.contains(section), "{} {section}", check.code);
        }
    }
    assert!(
        super::checks::ALL
            .windows(2)
            .all(|pair| pair[0].code < pair[1].code)
    );
}

proptest! {
    #[test]
    fn whatever_the_bytes_there_is_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let audit = audited(&bytes);
        codes(&audit);
    }

    #[test]
    fn damage_anywhere_is_no_panic(at in 0usize..400, value in any::<u8>()) {
        let mut bytes = DAMAGED.with(Clone::clone);
        if let Some(byte) = bytes.get_mut(at) {
            *byte = value;
        }
        let audit = audited(&bytes);
        codes(&audit);
    }
}

thread_local! {
    static DAMAGED: Vec<u8> = Person::with_subkey().certificate_binary();
}

/// gpg and sqv on the same people: gpg shows expiry and revocation, sqv says whether a signature of today is taken.
mod oracles {
    use super::*;
    use std::process::{Command, Stdio};

    pub(super) fn tool(name: &str) -> Option<Command> {
        let found = Command::new(name)
            .arg("--version")
            .stdin(Stdio::null())
            .output()
            .is_ok();
        assert!(
            found || std::env::var_os("TARVET_REQUIRE_ORACLES").is_none(),
            "{name} is required"
        );
        let mut command = Command::new(name);
        command
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .stderr(Stdio::null());
        found.then_some(command)
    }

    /// Field 2 of the primary key's line: `e`, `r`, or something about trust.
    fn validity(home: &std::path::Path, file: &std::path::Path) -> Option<char> {
        let mut gpg = tool("gpg")?;
        gpg.arg("--homedir")
            .arg(home)
            .args(["--batch", "--show-keys", "--with-colons"])
            .arg(file);
        let output = String::from_utf8(gpg.output().unwrap().stdout).unwrap();
        let line = output
            .lines()
            .find(|line| line.starts_with("pub:"))
            .unwrap_or_default();
        line.split(':').nth(1)?.chars().next()
    }

    #[test]
    fn gpg_and_sqv_agree() {
        let desk = tempfile::tempdir().unwrap();
        let put = |name: &str, bytes: &[u8]| {
            let path = desk.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            path
        };
        let data = put("data", b"data");
        for (person, standing, codes) in everybody() {
            // Their clock is the machine's: only what lies far from it can be compared.
            if codes.contains(&"keyring-certificate-expires-soon") {
                continue;
            }
            let certificate = put("k.pgp", &person.certificate());
            if let Some(validity) = validity(desk.path(), &certificate) {
                assert_eq!(validity == 'r', standing == Standing::Revoked, "{codes:?}");
                let expired = codes.contains(&"keyring-certificate-expired");
                assert_eq!(validity == 'e', expired, "{codes:?}");
            }
            if let Some(mut sqv) = tool("sqv") {
                let signature = put("data.sig", &person.sign(b"data", day("2025-12-31")));
                sqv.arg("--keyring")
                    .arg(&certificate)
                    .arg(signature)
                    .arg(&data)
                    .stdout(Stdio::null());
                // A soft revocation after the signature leaves it good; the audit speaks of today.
                let taken = sqv.status().unwrap().success();
                assert_eq!(taken, standing == Standing::CanSign, "{codes:?}");
            }
        }
    }
}

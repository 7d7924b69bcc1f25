//! Who signs what: `--git`, `--tarball`, and what a package holds.

use std::collections::BTreeSet;

use serde_json::Value;
use tarvet_testkit::people::{Person, day};

use super::{Desk, codes, people, schema, tarball, upstream};

#[test]
fn roles_tell_tags_and_tarballs_apart() {
    let desk = Desk::new();
    let people = people();
    upstream(&desk, &people);
    let (alice, bob, eve) = (&people.alice, &Person::bob(), &people.eve);
    desk.put("ring.asc", &[alice.certificate(), bob.certificate()].concat());
    desk.put("foo.tar", b"foo");
    let by_bob = bob.sign(b"foo", day("2025-01-01"));
    desk.put(
        "foo.tar.asc",
        &[by_bob, eve.sign(b"foo", day("2025-01-01"))].concat(),
    );
    let all = [
        "ring.asc",
        "--git",
        "upstream",
        "--tarball",
        "foo.tar",
        "--signature",
        "foo.tar.asc",
    ];
    let report = desk.json(&all, 0);
    let roles = &report["roles"];
    assert_eq!(
        (&roles["tags"], &roles["signed_tags"]),
        (&Value::from(5), &Value::from(4))
    );
    let of = |person: &Person| {
        let signers = roles["signers"].as_array().unwrap().iter();
        let mut signers = signers.filter(|role| role["fingerprint"] == person.fingerprint());
        signers.next().unwrap().clone()
    };
    let (of_alice, of_bob) = (of(alice), of(bob));
    assert_eq!(of_alice["tags"]["first"], "v1.0");
    assert_eq!(of_alice["tags"]["last"], "v1.1");
    assert_eq!(of_alice["tags"]["evidence"], 2);
    assert_eq!(of_alice["tarballs"].as_array().unwrap().len(), 0);
    assert!(of_bob["tags"].is_null());
    assert_eq!(of_bob["tarballs"][0]["state"], "good");
    let outsiders = roles["outsiders"].as_array().unwrap();
    let outsider = |person: &Person| {
        let mut named = outsiders.iter().filter(|it| it["issuer"] == person.fingerprint());
        named.next().unwrap()
    };
    assert_eq!(outsider(&people.dave)["earlier"], true, "a predecessor");
    assert_eq!(outsider(eve)["tarballs"][0], "foo.tar");
    assert_eq!(outsider(eve)["tags"]["first"], "v1.2");
    assert_eq!(outsiders.len(), 2);
    assert_eq!(
        codes(&report),
        BTreeSet::from(["keyring-several-blocks".into(), "keyring-signer-outside".into()])
    );
    let text = desk.audit(&all, 0);
    assert!(
        text.contains(&format!("{} is not in the keyring", eve.fingerprint())),
        "{text}"
    );
    assert!(!text.contains(&format!("{} is not in the keyring", people.dave.fingerprint())));
    // Each line of JSON Lines follows the schema, too.
    for line in desk
        .audit(&[&["--format", "jsonl"], &all[..]].concat(), 0)
        .lines()
    {
        schema::follows(&schema::AUDIT, &serde_json::from_str(line).unwrap());
    }
    // Without the tarball bob was seen nowhere.
    let report = desk.json(&all[..3], 0);
    assert!(codes(&report).contains("keyring-signer-unseen"));
    // Whoever asks for a repository that is none is told so.
    assert_eq!(
        desk.run(&["audit", "ring.asc", "--git", "nowhere"]).status.code(),
        Some(2)
    );
}

#[test]
fn a_tree_brings_its_own_tarball() {
    let desk = Desk::new();
    let alice = Person::alice();
    let changelog = "foo (1-1) unstable; urgency=low\n\n  * x\n\n -- A <a@example.org>  Thu, 01 Jan 2026 00:00:00 +0000\n";
    desk.put("foo-1/debian/changelog", changelog.as_bytes());
    desk.put("foo-1/debian/control", b"Source: foo\n");
    desk.put("foo-1/debian/source/format", b"3.0 (quilt)\n");
    desk.put("foo-1/debian/upstream/signing-key.asc", &alice.certificate());
    let file = tarball(b"x");
    desk.put("foo_1.orig.tar.gz", &file);
    desk.put("foo_1.orig.tar.gz.asc", &alice.sign(&file, day("2025-01-01")));
    let report = desk.json(&["foo-1"], 0);
    schema::follows(&schema::AUDIT, &report);
    let signed = &report["roles"]["signers"][0]["tarballs"][0];
    assert_eq!(signed["tarball"], "foo_1.orig.tar.gz", "{report:#}");
    assert_eq!(
        (&signed["over"], &signed["state"]),
        (&"tarball".into(), &"good".into())
    );
}

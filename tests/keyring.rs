//! `tarvet keyring` as users run it.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

#[path = "keyring/roles.rs"]
mod roles;
#[path = "keyring/rpm.rs"]
mod rpm;
#[path = "keyring/secrets.rs"]
mod secrets;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tarvet_testkit::git::{ObjectFormat, Repo};
use tarvet_testkit::people::sequoia::Packet;
use tarvet_testkit::people::{Certify, Minisigner, Person, Recipe, SshPerson, Subkey, day, days};

const NOW: &str = "2026-01-01";

struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn put(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_tarvet"))
            .current_dir(self.0.path())
            .env_clear()
            .args(["keyring"])
            .args(arguments)
            .output()
            .unwrap()
    }

    #[track_caller]
    fn audit(&self, arguments: &[&str], status: i32) -> String {
        let output = self.run(&[&["audit", "--now", NOW], arguments].concat());
        let text = String::from_utf8(output.stdout).unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{text}\n{errors}");
        text
    }

    #[track_caller]
    fn json(&self, arguments: &[&str], status: i32) -> Value {
        serde_json::from_str(&self.audit(&[&["--format", "json"], arguments].concat(), status)).unwrap()
    }
}

#[test]
fn one_file_is_told_whole() {
    let desk = Desk::new();
    desk.put("alice.asc", &Person::alice().certificate());
    let text = desk.audit(&["alice.asc"], 0);
    assert!(
        text.contains("can-sign") && text.contains("alice@example.org") && text.contains("signs now"),
        "{text}"
    );
    desk.put("secret.asc", &Person::alice().secret());
    let text = desk.audit(&["secret.asc"], 1);
    assert!(text.contains("error keyring-secret-key-inside"), "{text}");
}

#[test]
fn a_directory_with_a_broken_file_is_audited_to_the_end() {
    let desk = Desk::new();
    desk.put("a/alice.asc", &Person::alice().certificate());
    desk.put("b/broken.asc", b"<html>no</html>");
    desk.put("b/foo.tar.gz.asc", &Person::alice().sign(b"x", day("2025-01-01")));
    desk.put("c/debian/changelog", b"");
    desk.put("c/debian/upstream/signing-key.asc", &Person::dave().certificate());
    desk.put("c/tests/odd.asc", b"upstream's own test data");
    std::os::unix::fs::symlink("/", desk.0.path().join("d")).unwrap();
    let report = desk.json(&["."], 1);
    let paths: Vec<_> = report["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file["path"].as_str().unwrap())
        .collect();
    assert_eq!(
        paths,
        [
            "./a/alice.asc",
            "./b/broken.asc",
            "./c/debian/upstream/signing-key.asc"
        ]
    );
    assert_eq!(report["summary"]["findings"]["keyring-garbage"], 1);
    assert_eq!(report["summary"]["findings"]["keyring-certificate-expired"], 1);
    assert_eq!(desk.run(&["audit", "missing"]).status.code(), Some(2));
}

#[test]
fn since_tells_what_changed() {
    let desk = Desk::new();
    desk.put("k/a.asc", &Person::alice().certificate());
    desk.put("k/b.asc", &Person::bob().certificate());
    desk.put("k/c.asc", b"garbage");
    let before = desk.audit(&["--format", "jsonl", "k"], 1);
    assert!(
        before
            .lines()
            .all(|line| serde_json::from_str::<Value>(line).is_ok())
    );
    desk.put("before.jsonl", before.as_bytes());
    let text = desk.audit(&["--since", "before.jsonl", "k"], 0);
    assert!(text.contains("nothing changed"), "{text}");
    desk.put("k/b.asc", &Person::bob().secret());
    fs::remove_file(desk.0.path().join("k/a.asc")).unwrap();
    desk.put("k/d.asc", &Person::alice().certificate());
    let report = desk.json(&["--since", "before.jsonl", "k"], 1);
    let changes: Vec<_> = report["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| {
            (
                change["path"].as_str().unwrap(),
                change["change"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        changes,
        [("k/b.asc", "changed"), ("k/d.asc", "new"), ("k/a.asc", "gone")]
    );
    schema::follows(&schema::AUDIT, &report);
    let lines = desk.audit(&["--since", "before.jsonl", "--format", "jsonl", "k"], 1);
    for line in before.lines().chain(lines.lines()) {
        schema::follows(&schema::AUDIT, &serde_json::from_str(line).unwrap());
    }
    assert_eq!(lines.matches("\"record\":\"change\"").count(), 3);
    desk.put("no.jsonl", b"{}\n");
    assert_eq!(
        desk.run(&["audit", "--since", "no.jsonl", "k"]).status.code(),
        Some(2)
    );
}

#[test]
fn a_source_package_is_followed_to_its_tarball() {
    let desk = Desk::new();
    let tarball = tarball(&Person::alice().certificate());
    desk.put("foo_1-1.debian.tar.gz", &tarball);
    desk.put("foo_1-1.dsc", dsc(&tarball).as_bytes());
    let report = desk.json(&["foo_1-1.dsc"], 0);
    assert_eq!(
        report["files"][0]["path"],
        "foo_1-1.debian.tar.gz:debian/upstream/signing-key.asc"
    );
    assert_eq!(report["files"][0]["certificates"][0]["standing"], "can-sign");
    desk.put("foo_1-1.dsc", dsc(b"others").as_bytes());
    let report = desk.json(&["foo_1-1.dsc"], 1);
    assert_eq!(report["files"][0]["findings"][0]["code"], "keyring-unreadable");
}

/// Format 1.0: a keyring in the patch is said, and a patch without one is no fault.
#[test]
fn a_source_package_with_a_patch() {
    use std::io::Write;
    let desk = Desk::new();
    for (text, status) in [
        ("+++ b/debian/rules\n+x\n", 0),
        ("+++ b/debian/upstream/signing-key.asc\n+x\n", 1),
    ] {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(text.as_bytes()).unwrap();
        let patch = encoder.finish().unwrap();
        desk.put("foo_1-1.diff.gz", &patch);
        desk.put(
            "foo_1-1.dsc",
            dsc(&patch).replace("debian.tar.gz", "diff.gz").as_bytes(),
        );
        desk.audit(&["foo_1-1.dsc"], status);
    }
}

fn dsc(tarball: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    let digest: String = Sha256::digest(tarball)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!(
        "Format: 3.0 (quilt)\nSource: foo\nChecksums-Sha256:\n {digest} {} foo_1-1.debian.tar.gz\n",
        tarball.len()
    )
}

fn tarball(key: &[u8]) -> Vec<u8> {
    let encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    let mut tar = tar::Builder::new(encoder);
    let mut header = tar::Header::new_ustar();
    header.set_mode(0o644);
    header.set_size(key.len() as u64);
    header.set_cksum();
    tar.append_data(&mut header, Path::new("debian/upstream/signing-key.asc"), key)
        .unwrap();
    tar.into_inner().unwrap().finish().unwrap()
}

#[test]
fn three_distributions_are_compared() {
    let desk = Desk::new();
    let dave = Person::dave();
    desk.put("d.asc", &dave.certificate());
    desk.put("f.asc", &dave.renewed(day("2022-01-01"), None).certificate());
    let output = desk.run(&[
        "compare",
        "--now",
        NOW,
        "debian=d.asc",
        "fedora=f.asc",
        "--format",
        "json",
    ]);
    assert_eq!(output.status.code(), Some(1));
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    let held = &answer["certificates"][0]["held"];
    assert_eq!(
        (&held["debian"]["stale"], &held["fedora"]["stale"]),
        (&Value::Bool(true), &Value::Bool(false))
    );
    let output = desk.run(&["compare", "--now", NOW, "a=d.asc", "b=d.asc"]);
    assert_eq!(output.status.code(), Some(0));
}

/// Codes that tests of this file make fire and keep silent: `tests/cases/` has no case of them.
const COVERED_HERE: &[&str] = &[
    "keyring-algorithm-weak",
    "keyring-backsig-missing",
    "keyring-binding-sha1",
    "keyring-certificate-cannot-sign",
    "keyring-certificate-expired",
    "keyring-certificate-expires-soon",
    "keyring-certificate-revoked",
    "keyring-certificate-unverifiable",
    "keyring-copy-stale",
    "keyring-damaged",
    "keyring-empty",
    "keyring-encoding-odd",
    "keyring-garbage",
    "keyring-limit-exceeded",
    "keyring-nobody-can-sign",
    "keyring-not-minimal",
    "keyring-secret-key-inside",
    "keyring-several-blocks",
    "keyring-signer-outside",
    "keyring-signer-unseen",
    "keyring-subkey-expired",
    "keyring-tarball-signature-bad",
    "keyring-unreadable",
    "rollover-copy-older",
    "rollover-endorsed-once",
    "rollover-endorser-lapsed",
    "rollover-revocation-lost",
    "rollover-signer-removed",
    "rollover-signer-untried",
    "rollover-signer-widened",
    "rollover-unendorsed",
    "rollover-unread",
];

mod schema {
    use serde_json::Value;
    use std::sync::LazyLock;

    macro_rules! schema {
        ($name:ident, $file:literal) => {
            pub static $name: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
                let text = include_str!(concat!("../schemas/", $file, ".schema.json"));
                jsonschema::validator_for(&serde_json::from_str(text).unwrap()).unwrap()
            });
        };
    }
    schema!(AUDIT, "keyring-audit");
    schema!(COMPARE, "keyring-compare");
    schema!(DIFF, "keyring-diff");

    #[track_caller]
    pub fn follows(schema: &jsonschema::Validator, report: &Value) {
        let faults: Vec<String> = schema
            .iter_errors(report)
            .map(|fault| format!("{}: {fault}", fault.instance_path()))
            .collect();
        assert!(faults.is_empty(), "{}\n{report:#}", faults.join("\n"));
    }
}

fn made(change: impl FnOnce(&mut Recipe)) -> Person {
    let mut recipe = Recipe::new("Ann <ann@example.org>");
    change(&mut recipe);
    recipe.make()
}

/// Many copies of one signature over alice's user id, behind her certificate.
fn flooded(by: Option<&Person>, count: usize) -> Vec<u8> {
    use tarvet_testkit::people::sequoia::serialize::SerializeInto;
    let alice = Person::alice();
    let signature = match by {
        Some(by) => by_another(&alice, by),
        None => {
            let own = alice.cert.userids().next().unwrap();
            Packet::from(own.self_signatures().next().unwrap().clone())
        }
    };
    let packet = signature.to_vec().unwrap();
    [alice.certificate_binary(), packet.repeat(count)].concat()
}

fn by_another(alice: &Person, by: &Person) -> Packet {
    let key = by.cert.primary_key().key().clone().parts_into_secret().unwrap();
    let id = alice.cert.userids().next().unwrap();
    let certification = id
        .userid()
        .certify(&mut key.into_keypair().unwrap(), &alice.cert, None, None, None);
    Packet::from(certification.unwrap())
}

/// Codes of a JSON report, wherever its findings are.
fn codes(report: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let lists = report["files"]
        .as_array()
        .into_iter()
        .flatten()
        .chain([report, &report["roles"]])
        .flat_map(|part| [&part["findings"], &part["copies"]]);
    for finding in lists.filter_map(Value::as_array).flatten() {
        found.insert(finding["code"].as_str().unwrap().to_owned());
    }
    found
}

/// Who signs the tags of [`upstream`]; everybody's keys are new with each call of `Person::alice()` and the like.
struct People {
    alice: Person,
    dave: Person,
    eve: Person,
}

/// Upstream's repository: alice signs v1.0 and v1.1, eve v1.2; dave signed v0.1; v0.0 is no tag object.
fn upstream(desk: &Desk, people: &People) {
    let repo = Repo::new(desk.0.path().join("upstream"), ObjectFormat::Sha1);
    repo.write("README", "foo\n");
    let commit = repo.commit("Begin\n", 1_600_000_000);
    let tags = [
        ("v0.1", "2020-10-01", &people.dave),
        ("v1.0", "2021-01-01", &people.alice),
        ("v1.1", "2022-01-01", &people.alice),
        ("v1.2", "2023-01-01", &people.eve),
    ];
    for (name, date, person) in tags {
        signed_tag(&repo, &commit, name, date, person);
    }
    repo.update_ref("refs/tags/v0.0", &commit);
}

fn signed_tag(repo: &Repo, commit: &str, name: &str, date: &str, person: &Person) {
    let time = day(date).duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let text = format!(
        "object {commit}\ntype commit\ntag {name}\ntagger T <t@example.org> {time} +0000\n\n{name}\n"
    );
    let raw = [text.as_bytes(), &person.sign(text.as_bytes(), day(date))].concat();
    repo.update_ref(&format!("refs/tags/{name}"), &repo.raw_object("tag", &raw));
}

fn people() -> People {
    People {
        alice: Person::alice(),
        dave: Person::dave(),
        eve: Person::eve(),
    }
}

#[test]
fn every_code_fires_and_stays_silent() {
    let desk = Desk::new();
    let mut fired = BTreeSet::new();
    let people = people();
    let (alice, dave, bob) = (&people.alice, &people.dave, &Person::bob());
    let revoked = alice.revoked(None, day("2025-01-01"));
    let files: Vec<(&str, Vec<u8>)> = vec![
        ("empty.asc", vec![]),
        ("garbage.asc", b"hello\n".to_vec()),
        ("binary.asc", alice.certificate_binary()),
        ("both.asc", [alice.certificate(), bob.certificate()].concat()),
        (
            "marked.asc",
            [b"\xef\xbb\xbf".as_slice(), &alice.certificate()].concat(),
        ),
        ("secret.asc", alice.secret()),
        ("expired.asc", dave.certificate()),
        (
            "soon.asc",
            made(|it| it.validity = Some(days(2_200))).certificate(),
        ),
        ("revoked.asc", revoked.certificate()),
        ("sha1.asc", Person::sha1_bound().certificate()),
        ("small.asc", Person::rsa_1024().certificate()),
        (
            "back.asc",
            made(|it| it.subkey = Subkey::WithoutBackSignature).certificate(),
        ),
        (
            "login.asc",
            made(|it| it.subkey = Subkey::Authentication).certificate(),
        ),
        (
            "sub.asc",
            made(|it| {
                it.subkey = Subkey::Signing;
                it.subkey_validity = Some(days(1_000));
            })
            .certificate(),
        ),
        ("signed.gpg", flooded(Some(bob), 3)),
        ("flood.gpg", flooded(None, 2_000)),
        ("renewed.asc", dave.renewed(day("2022-01-01"), None).certificate()),
    ];
    for (name, bytes) in &files {
        desk.put(&format!("all/{name}"), bytes);
    }
    let report = desk.json(&["all"], 1);
    schema::follows(&schema::AUDIT, &report);
    fired.extend(codes(&report));
    // A device is no file: it cannot be read, and that is a finding.
    let output = desk.run(&["audit", "--now", NOW, "--format", "json", "/dev/null"]);
    assert_eq!(output.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    schema::follows(&schema::AUDIT, &report);
    fired.extend(codes(&report));

    // Who signs what.
    upstream(&desk, &people);
    desk.put("ring.asc", &[alice.certificate(), bob.certificate()].concat());
    desk.put("foo.tar", b"foo");
    desk.put("foo.tar.asc", &alice.sign(b"bar", day("2025-01-01")));
    let release = [
        "ring.asc",
        "--git",
        "upstream",
        "--tarball",
        "foo.tar",
        "--signature",
        "foo.tar.asc",
    ];
    let report = desk.json(&release, 1);
    schema::follows(&schema::AUDIT, &report);
    fired.extend(codes(&report));

    // Changes of keys.
    desk.put("alice.asc", &alice.certificate());
    desk.put("bob.asc", &bob.certificate());
    let certified = |by: &Person, date: &str| bob.certified(by, Certify::on(day(date))).certificate();
    desk.put("endorsed.asc", &certified(alice, "2024-01-01"));
    desk.put(
        "lapsed.asc",
        &[dave.certificate(), certified(dave, "2022-01-01")].concat(),
    );
    desk.put("dave.asc", &dave.certificate());
    desk.put(
        "longer.asc",
        &dave.renewed(day("2022-06-01"), Some(days(3_000))).certificate(),
    );
    desk.put("revoked.asc", &revoked.certificate());
    let sam = SshPerson::new(1, "sam").public();
    desk.put("sam", format!("sam valid-before=\"20200101\" {sam}").as_bytes());
    desk.put("forever", format!("sam {sam}").as_bytes());
    desk.put("both.asc", &[alice.certificate(), bob.secret()].concat());
    upstream_of_alice(&desk, alice);
    for (old, new, git) in [
        ("alice.asc", "bob.asc", false),
        ("dave.asc", "lapsed.asc", false),
        ("longer.asc", "dave.asc", false),
        ("revoked.asc", "alice.asc", false),
        ("alice.asc", "endorsed.asc", true),
        ("sam", "forever", false),
        ("alice.asc", "both.asc", false),
    ] {
        fired.extend(codes(&diff(&desk, old, new, git)));
    }
    assert_eq!(
        codes(&diff(&desk, "alice.asc", "alice.asc", true)),
        BTreeSet::new()
    );

    // An honest keyring of people who are all in use makes nobody speak.
    desk.put("foo.tar.asc", &alice.sign(b"foo", day("2025-01-01")));
    let report = desk.json(
        &[
            "alice.asc",
            "--git",
            "alices",
            "--tarball",
            "foo.tar",
            "--signature",
            "foo.tar.asc",
        ],
        0,
    );
    schema::follows(&schema::AUDIT, &report);
    assert_eq!(codes(&report), BTreeSet::new());

    let covered: BTreeSet<String> = COVERED_HERE.iter().map(|&code| code.to_owned()).collect();
    assert_eq!(
        covered.difference(&fired).collect::<Vec<_>>(),
        Vec::<&String>::new(),
        "never fired"
    );
    let output = Command::new(env!("CARGO_BIN_EXE_tarvet"))
        .args(["checks", "--format", "json"])
        .output()
        .unwrap();
    let checks: Value = serde_json::from_slice(&output.stdout).unwrap();
    let ours = checks.as_array().or(checks["checks"].as_array()).unwrap().iter();
    let ours: BTreeSet<String> = ours
        .map(|check| check["code"].as_str().unwrap().to_owned())
        .filter(|code| code.starts_with("keyring-") || code.starts_with("rollover-"))
        .filter(|code| !OF_PACKAGES.contains(&code.as_str()))
        .collect();
    assert_eq!(ours, covered, "a check without a test here");
}

/// Checks of whole packages whose codes begin like ours; `tests/cases/` and `tests/rpm.rs` have them.
const OF_PACKAGES: &[&str] = &[
    "keyring-changed-with-tarball",
    "keyring-from-package",
    "keyring-from-sources",
    "keyring-missing",
    "keyring-source-malformed",
];

fn upstream_of_alice(desk: &Desk, alice: &Person) {
    let repo = Repo::new(desk.0.path().join("alices"), ObjectFormat::Sha1);
    repo.write("README", "foo\n");
    let commit = repo.commit("Begin\n", 1_600_000_000);
    signed_tag(&repo, &commit, "v1", "2021-01-07", alice);
}

fn diff(desk: &Desk, old: &str, new: &str, git: bool) -> Value {
    let git: &[&str] = if git { &["--git", "alices"] } else { &[] };
    let output = desk.run(&[&["diff", "--now", NOW, "--format", "json", old, new], git].concat());
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    schema::follows(&schema::DIFF, &report);
    report
}

#[test]
fn comparisons_follow_their_schema() {
    let desk = Desk::new();
    desk.put("a.asc", &Person::dave().certificate());
    desk.put(
        "b.asc",
        &Person::dave().renewed(day("2022-01-01"), None).certificate(),
    );
    desk.put("c.pub", Minisigner::new(1).minisign_public().as_bytes());
    desk.put("d.pub", SshPerson::new(1, "alice").public().as_bytes());
    desk.put("e.asc", b"garbage");
    let output = desk.run(&[
        "compare", "--now", NOW, "--format", "json", "a.asc", "b.asc", "c.pub", "d.pub", "e.asc",
    ]);
    schema::follows(&schema::COMPARE, &serde_json::from_slice(&output.stdout).unwrap());
    for name in ["c.pub", "d.pub"] {
        schema::follows(&schema::AUDIT, &desk.json(&[name], 0));
    }
}

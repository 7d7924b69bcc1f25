//! `tarvet keyring` as users run it.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tarvet_testkit::people::{Person, day};

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

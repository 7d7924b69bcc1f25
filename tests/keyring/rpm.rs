//! Keyrings of RPM packages: specs with their sources, and SRPMs as rpmbuild makes them.

use std::fs;
use std::process::Command;

use serde_json::Value;
use tarvet_testkit::people::{Person, day};

use super::{Desk, dsc, schema, tarball};

const SPEC: &str = "Name: foo\nVersion: 1\nRelease: 1\nSummary: foo\nLicense: MIT\n\
    Source0: https://example.org/foo-%{version}.tar.gz\nSource1: https://example.org/foo-%{version}.tar.gz.asc\n\
    Source2: %{name}.keyring\nSource3: signers\n%define ran %(touch canary)\n%description\nfoo\n%prep\n\
    %{gpgverify} --keyring='%{SOURCE3}' --signature='%{SOURCE1}' --data='%{SOURCE0}'\n%setup -q\n";

/// A package directory; the tarball is alice's.
fn package(desk: &Desk, alice: &Person, bob: &Person) {
    let file = tarball(b"x");
    desk.put("foo/foo.spec", SPEC.as_bytes());
    desk.put("foo/foo-1.tar.gz", &file);
    desk.put("foo/foo-1.tar.gz.asc", &alice.sign(&file, day("2025-01-01")));
    desk.put("foo/foo.keyring", &alice.certificate());
    desk.put("foo/signers", &bob.certificate());
}

fn paths(report: &Value) -> Vec<&str> {
    let files = report["files"].as_array().unwrap().iter();
    files.map(|file| file["path"].as_str().unwrap()).collect()
}

#[track_caller]
fn signer(report: &Value) -> (&str, &str, &str) {
    schema::follows(&schema::AUDIT, report);
    let signers = report["roles"]["signers"].as_array().unwrap();
    let signed = |role: &&Value| !role["tarballs"].as_array().unwrap().is_empty();
    let role = signers
        .iter()
        .find(signed)
        .unwrap_or_else(|| panic!("{report:#}"));
    let tarball = &role["tarballs"][0];
    (
        role["fingerprint"].as_str().unwrap(),
        tarball["tarball"].as_str().unwrap(),
        tarball["state"].as_str().unwrap(),
    )
}

#[test]
fn a_spec_leads_to_its_keyrings() {
    let desk = Desk::new();
    let (alice, bob) = (Person::alice(), Person::bob());
    package(&desk, &alice, &bob);
    let told = (alice.fingerprint(), "foo-1.tar.gz", "good");
    for path in ["foo/foo.spec", "foo"] {
        let report = desk.json(&[path], 0);
        // `signers` is a keyring because %prep uses it as one; the signature is none.
        assert_eq!(paths(&report), ["foo/foo.keyring", "foo/signers"]);
        let (signer, tarball, state) = signer(&report);
        assert_eq!((signer.to_owned(), tarball, state), told);
    }
    // Several packages in one go: nobody's tarballs are read, and a key beside the spec that it does not name counts.
    desk.put("bar/bar.spec", b"Name: bar\nSource0: bar-1.tar.gz\n");
    desk.put("bar/old.gpg", &bob.certificate_binary());
    let report = desk.json(&["."], 0);
    assert_eq!(
        paths(&report),
        ["./bar/old.gpg", "./foo/foo.keyring", "./foo/signers"]
    );
    assert!(report["roles"].is_null());
    assert!(!desk.0.path().join("canary").exists() && !desk.0.path().join("foo/canary").exists());
}

#[test]
fn a_source_that_is_not_there_is_said() {
    let desk = Desk::new();
    package(&desk, &Person::alice(), &Person::bob());
    let gone = |name: &str| fs::remove_file(desk.0.path().join("foo").join(name)).unwrap();
    // A signature that was not fetched is no key file.
    gone("foo-1.tar.gz.asc");
    assert_eq!(desk.json(&["foo"], 0)["files"].as_array().unwrap().len(), 2);
    gone("foo.keyring");
    gone("signers");
    std::os::unix::fs::symlink("/etc/passwd", desk.0.path().join("foo/signers")).unwrap();
    let report = desk.json(&["foo"], 1);
    schema::follows(&schema::AUDIT, &report);
    assert_eq!(report["summary"]["findings"]["keyring-unreadable"], 2);
    assert_eq!(desk.json(&["foo/foo.spec"], 1)["summary"]["errors"], 2);
    desk.put("foo/foo.spec", b"Source2: %(cat /etc/passwd).keyring\n");
    let text = desk.audit(&["foo/foo.spec"], 1);
    assert!(
        text.contains("Source2 cannot be told without running the spec"),
        "{text}"
    );
}

/// None where there is no rpmbuild and it is not required.
fn srpm(desk: &Desk) -> Option<String> {
    let top = desk.0.path().join("rpm");
    let output = Command::new("rpmbuild")
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("HOME", desk.0.path())
        .current_dir(desk.0.path())
        .args(["-bs", "--nodeps", "--define"])
        .arg(format!("_topdir {}", top.display()))
        .arg("--define")
        .arg(format!("_sourcedir {}", desk.0.path().join("foo").display()))
        .arg("foo/foo.spec")
        .output();
    let Ok(output) = output else {
        assert!(
            std::env::var_os("TARVET_REQUIRE_ORACLES").is_none(),
            "rpmbuild is required"
        );
        return None;
    };
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Some("rpm/SRPMS/foo-1-1.src.rpm".to_owned())
}

#[test]
fn an_srpm_is_looked_into() {
    let desk = Desk::new();
    let (alice, bob) = (Person::alice(), Person::bob());
    package(&desk, &alice, &bob);
    let Some(srpm) = srpm(&desk) else { return };
    // rpmbuild has run the spec; nobody else does.
    let _ = fs::remove_file(desk.0.path().join("canary"));
    let report = desk.json(&[&srpm], 0);
    let inside = ["foo.keyring", "signers"].map(|name| format!("{srpm}:{name}"));
    assert_eq!(paths(&report), inside);
    let (signer, tarball, state) = signer(&report);
    assert_eq!(
        (signer, tarball, state),
        (alice.fingerprint().as_str(), "foo-1.tar.gz", "good")
    );
    assert!(!desk.0.path().join("canary").exists());

    // One that is damaged or cut counts for nothing, and does not end the run.
    let whole = fs::read(desk.0.path().join(&srpm)).unwrap();
    let mut damaged = whole.clone();
    let middle = whole.len() - 200;
    damaged[middle] ^= 1;
    for broken in [&damaged, &whole[..whole.len() - 100], &whole[..300], &whole[..0]] {
        desk.put("all/a.src.rpm", broken);
        desk.put("all/b.asc", &bob.certificate());
        let report = desk.json(&["all"], 1);
        assert_eq!(paths(&report), ["all/a.src.rpm", "all/b.asc"]);
        assert_eq!(report["files"][0]["findings"][0]["code"], "keyring-unreadable");
        assert_eq!(report["files"][0]["certificates"].as_array().unwrap().len(), 0);
        desk.audit(&["all/a.src.rpm"], 1);
    }
}

#[test]
fn packages_are_compared_like_files() {
    let desk = Desk::new();
    let (alice, bob) = (Person::alice(), Person::bob());
    package(&desk, &alice, &bob);
    let packaging = tarball(&alice.certificate());
    desk.put("foo_1-1.debian.tar.gz", &packaging);
    desk.put("foo_1-1.dsc", dsc(&packaging).as_bytes());
    let mut new = vec!["foo".to_owned()];
    new.extend(srpm(&desk));
    for new in &new {
        let output = desk.run(&[
            "diff",
            "--now",
            super::NOW,
            "--format",
            "json",
            "foo_1-1.dsc",
            new,
        ]);
        assert_eq!(
            output.status.code(),
            Some(1),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        schema::follows(&schema::DIFF, &report);
        assert_eq!(report["changes"].as_array().unwrap().len(), 2);
        assert_eq!(report["findings"][0]["code"], "rollover-unendorsed");
        let other = format!("fedora={new}");
        let compared = [
            "compare",
            "--now",
            super::NOW,
            "--format",
            "json",
            "debian=foo_1-1.dsc",
            &other,
        ];
        let report: Value = serde_json::from_slice(&desk.run(&compared).stdout).unwrap();
        schema::follows(&schema::COMPARE, &report);
        let both = report["certificates"].as_array().unwrap().iter();
        let both = both.filter(|it| it["held"].as_object().unwrap().len() == 2);
        assert_eq!(
            both.map(|it| it["fingerprint"].clone()).collect::<Vec<_>>(),
            [alice.fingerprint()]
        );
    }
    // Nothing to compare is no agreement, and neither is a package that is not what it says.
    desk.put("empty/readme", b"");
    desk.put("foo_1-1.debian.tar.gz", b"other");
    for old in ["empty", "foo_1-1.dsc", "missing"] {
        assert_eq!(desk.run(&["diff", old, "foo"]).status.code(), Some(2), "{old}");
    }
}

//! `tarvet rpm`: the same package as a directory, a spec and an SRPM, honest and not.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, clippy::print_stderr)] // a test fails by panicking

mod support;

#[path = "rpm/canary.rs"]
mod canary;
#[path = "rpm/codes.rs"]
mod codes;
#[path = "rpm/damage.rs"]
mod damage;
#[path = "rpm/hostile.rs"]
mod hostile;
#[path = "rpm/previous.rs"]
mod previous;
#[path = "rpm/rebuilt.rs"]
mod rebuilt;
#[path = "rpm/remade.rs"]
mod remade;

use std::fs;
use std::process::Command;
use std::sync::LazyLock;

use serde_json::Value;
use support::rpm::{Form, Judged, Package, World};
use support::run::run;

/// Whether rpmbuild can be run; with `TARVET_REQUIRE_ORACLES=1` a missing one fails the test.
fn has_rpmbuild() -> bool {
    let found = Command::new("rpmbuild").arg("--version").output().is_ok();
    let required = std::env::var_os("TARVET_REQUIRE_ORACLES").is_some_and(|value| value == "1");
    assert!(found || !required, "oracle rpmbuild is missing");
    if !found {
        eprintln!("skipped: rpmbuild is not installed");
    }
    found
}

/// The forms that can be made here.
fn forms() -> Vec<Form> {
    let mut forms = vec![Form::Directory, Form::Spec, Form::Made];
    if has_rpmbuild() {
        forms.push(Form::Srpm);
    }
    forms
}

/// Runs a package in every form: the exit status is this one, and the findings are the same. Returns the first answer.
#[track_caller]
fn everywhere(package: &Package, status: i32) -> Judged {
    let mut all: Vec<(Form, Judged)> = forms()
        .into_iter()
        .map(|form| (form, package.run(form)))
        .collect();
    let (_, first) = all.remove(0);
    let first = first.exits(status);
    for (form, other) in all {
        let other = other.exits(status);
        assert_eq!(other.findings(), first.findings(), "{form:?}");
    }
    first
}

fn follows_the_schema(report: &Value) {
    static SCHEMA: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/package.schema.json");
        let text = fs::read_to_string(path).expect("the schema");
        let schema: Value = serde_json::from_str(&text).expect("JSON");
        jsonschema::validator_for(&schema).expect("a schema")
    });
    let faults: Vec<String> = SCHEMA
        .iter_errors(report)
        .map(|fault| fault.to_string())
        .collect();
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn an_honest_package_is_verified_in_every_form() {
    let world = World::new();
    let judged = everywhere(&world.package(), 0);
    assert_eq!(judged.findings(), Vec::<[String; 4]>::new());
    follows_the_schema(&judged.report);
    let package = &judged.report["package"];
    assert_eq!(
        (&package["kind"], &package["name"], &package["version"]),
        (&"rpm".into(), &"foo".into(), &"1.0-1".into())
    );
    let proven = |claim: &str| {
        let claims = judged.report["claims"].as_array().expect("claims");
        claims
            .iter()
            .any(|one| one["claim"] == claim && one["proven"] == true)
    };
    for claim in [
        "release-signed",
        "contents-accounted",
        "contents-complete",
        "tarball-signed",
    ] {
        assert!(proven(claim), "{claim}: {:#}", judged.report["claims"]);
    }
    // With nobody trusted but the package's own keyring the report says so.
    let alone = everywhere(&world.package().alone(), 0);
    assert_eq!(alone.findings().len(), 1, "{:?}", alone.findings());
    assert!(alone.message("keyring-from-sources").contains("foo.keyring"));
}

#[test]
fn a_doctored_package_is_rejected_in_every_form() {
    let world = World::new();
    let judged = everywhere(&world.around(&world.doctored), 1);
    follows_the_schema(&judged.report);
    assert!(
        judged.has("m4-serial-ahead") && judged.has("file-impostor"),
        "{:?}",
        judged.findings()
    );
}

#[test]
fn a_signature_over_other_bytes_rejects() {
    let world = World::new();
    let package = world
        .package()
        .file("foo-1.0.tar.gz.asc", support::rpm::signed(b"other bytes"));
    assert!(everywhere(&package, 1).has("signature-bad"));
    // A signature that the spec promises and nobody ships proves nothing.
    let package = world.package().without("foo-1.0.tar.gz.asc");
    assert!(package.run(Form::Directory).exits(3).has("spec-source-missing"));
}

#[test]
fn without_proof_nothing_is_verified_and_the_repository_is_named() {
    let world = World::new();
    let forge = "%global forgeurl https://github.com/willow/foo\n%forgemeta\nRelease:";
    let package = world
        .package()
        .without("foo.gitproof")
        .with("Source3:        foo.gitproof\n", "");
    // rpmbuild of Debian has no such macro.
    let judged = package.clone().with("Release:", forge).run(Form::Made).exits(3);
    assert!(
        judged
            .message("spec-upstream-unknown")
            .contains("https://github.com/willow/foo")
    );
    let service = "<services><service name=\"obs_scm\"><param name=\"scm\">git</param>\
                   <param name=\"url\">https://git.example.org/foo.git</param></service></services>";
    let judged = package
        .clone()
        .file("_service", service)
        .run(Form::Directory)
        .exits(3);
    assert!(
        judged
            .message("spec-upstream-unknown")
            .contains("https://git.example.org/foo.git")
    );
    // The caller knows where it is.
    let git = format!("--git={}", world.git().display());
    everywhere(&package.arg(git), 0);
}

#[test]
fn tarvet_toml_says_where_proof_and_tag_are() {
    let world = World::new();
    let toml = "[upstream]\nproof = \"upstream.gitproof\"\ntag = \"v{version}\"\n";
    let package = world
        .package()
        .without("foo.gitproof")
        .file("upstream.gitproof", world.proof.clone())
        .file("tarvet.toml", toml)
        .with("foo.gitproof", "upstream.gitproof\nSource4: tarvet.toml");
    assert_eq!(everywhere(&package, 0).findings(), Vec::<[String; 4]>::new());
    // The package's word alone does not make an old release a new one.
    let old = package
        .file(
            "tarvet.toml",
            "[upstream]\nproof = \"upstream.gitproof\"\ntag = \"v1.0\"\n",
        )
        .with("Version:        1.0", "Version:        1.1")
        .with("foo-%{version}.tar.gz", "foo-1.0.tar.gz")
        .with("foo-%{version}.tar.gz.asc", "foo-1.0.tar.gz.asc");
    assert!(old.run(Form::Directory).exits(1).has("version-differs-from-tag"));
}

#[test]
fn a_repacked_tarball_is_judged_by_its_files() {
    let world = World::new();
    let repacked = world.packed("[tarball]\nname = \"foo-1.0-clean.tar.xz\"\nremove = [\"src/main.c\"]\n");
    let mut package = world
        .package()
        .without("foo-1.0.tar.gz")
        .without("foo-1.0.tar.gz.asc");
    package.spec = package
        .spec
        .replace("https://example.org/foo-%{version}.tar.gz.asc", "foo.keyring");
    package.spec = package.spec.replace("Source2:        foo.keyring\n", "");
    let package = package
        .with(
            "https://example.org/foo-%{version}.tar.gz",
            "foo-%{version}-clean.tar.xz",
        )
        .with("%{gpgverify}", "#")
        .file("foo-1.0-clean.tar.xz", repacked);
    assert!(everywhere(&package, 0).has("file-missing"));
}

/// A configure that looks like autoconf's, and is not in git.
const CONFIGURE: &str = "[tarball]\nadd = { configure = \"#! /bin/sh\\n# Guess values for system-dependent variables and \
                         create Makefiles.\\n# Generated by GNU Autoconf 2.71 for foo 1.0.\\necho hello\\n\" }\n";

#[test]
fn what_the_build_remakes_is_discarded() {
    let world = World::new();
    let package = world.around(&world.packed(CONFIGURE));
    let judged = everywhere(&package, 0);
    let tarball = &judged.report["tarballs"][0];
    assert_eq!(tarball["differences"][0]["origin"], "discarded", "{tarball:#}");
    let kept = everywhere(&package.clone().with("autoreconf -fi\n", ""), 3);
    assert!(kept.has("generated-file-not-rebuilt"), "{:?}", kept.findings());
    // A patch on configure.ac: what autoreconf then does is not followed.
    let patch = "--- a/configure.ac\n+++ b/configure.ac\n@@ -1 +1 @@\n-AC_INIT([foo], [1.0])\n+AC_INIT([bar], [1.0])\n";
    let patched = package
        .with("%description", "Patch0: x.patch\n\n%description")
        .file("x.patch", patch);
    everywhere(&patched, 3);
}

#[test]
fn sources_may_be_elsewhere_and_packages_may_be_many() {
    let world = World::new();
    let package = world.package();
    let tmp = tempfile::tempdir().expect("a directory");
    package.write(&tmp.path().join("SOURCES"));
    fs::create_dir(tmp.path().join("SPECS")).expect("made");
    let spec = tmp.path().join("SPECS/foo.spec");
    fs::rename(tmp.path().join("SOURCES/foo.spec"), &spec).expect("moved");
    let elsewhere = package.clone().arg("--sources=SOURCES");
    elsewhere.run_at(&spec, tmp.path()).exits(0);
    assert!(
        package
            .run_at(&spec, tmp.path())
            .exits(3)
            .has("spec-source-missing")
    );

    world.around(&world.doctored).write(&tmp.path().join("doctored"));
    package.write(&tmp.path().join("honest"));
    let usual = ["rpm", "--now=2024-06-01", "--format=json", "--keyring=alice.asc"];
    let both = run(tmp.path(), usual.iter().chain(&["honest", "doctored"]));
    assert_eq!(both.status, 1, "{}", both.stderr);
    let reports: Value = serde_json::from_str(&both.stdout).expect("JSON");
    let verdicts: Vec<&Value> = reports
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| &one["verdict"])
        .collect();
    assert_eq!(verdicts, ["verified", "rejected"]);
    // In this directory, as text.
    let text = run(&tmp.path().join("honest"), ["rpm", "--now=2024-06-01"]);
    assert_eq!(text.status, 0, "{}", text.stderr);
    assert!(text.stdout.contains("verified"), "{}", text.stdout);
}

#[test]
fn what_is_no_package_is_told() {
    let tmp = tempfile::tempdir().expect("a directory");
    for (name, words) in [
        ("empty", "no RPM source package"),
        ("two", "2 .spec files"),
        ("absent", "absent"),
    ] {
        if name != "absent" {
            fs::create_dir(tmp.path().join(name)).expect("made");
        }
        if name == "two" {
            fs::write(tmp.path().join("two/a.spec"), "").expect("written");
            fs::write(tmp.path().join("two/b.spec"), "").expect("written");
        }
        let outcome = run(tmp.path(), ["rpm", name]);
        assert_eq!((outcome.status, outcome.stdout.as_str()), (2, ""), "{name}");
        assert!(outcome.stderr.contains(words), "{name}: {}", outcome.stderr);
    }
    let outcome = run(tmp.path(), ["rpm", "--define", "two words=1", "two/a.spec"]);
    assert_eq!(outcome.status, 3, "{}", outcome.stderr);
    let outcome = run(tmp.path(), ["rpm", "--define", "1+1=2", "two/a.spec"]);
    assert_eq!(outcome.status, 2);
}

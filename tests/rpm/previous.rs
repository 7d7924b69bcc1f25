//! `--previous`: who of the keyring of the version before vouches for the keys of this one.

use std::fs;
use std::path::Path;

use tarvet_testkit::people::day;

use super::support::people::{self, Who};
use super::support::rpm::{Form, Judged, Package, World};

/// The version before: another release with Alice's keyring, as dist-git has it, without its tarball.
fn before(world: &World) -> Package {
    world
        .package()
        .with("Version:        1.0", "Version:        0.9")
        .without("foo-1.0.tar.gz")
        .without("foo-1.0.tar.gz.asc")
}

/// Runs the command on a package with this version before it.
fn after(package: &Package, previous: &Path, tmp: &Path) -> Judged {
    let path = package.place(Form::Directory, &tmp.join("now"));
    let arg = format!("--previous={}", previous.display());
    package.clone().arg(arg).run_at(&path, tmp)
}

#[test]
fn a_new_signer_whom_nobody_endorses_rejects() {
    let world = World::new();
    let eves = world.package().file("foo.keyring", people::keyring_file("eve"));
    for form in [Form::Directory, Form::Spec, Form::Made] {
        let tmp = tempfile::tempdir().expect("a directory");
        let previous = before(&world).place(form, tmp.path());
        let judged = after(&eves, &previous, tmp.path()).exits(1);
        assert!(
            judged.message("keyring-changed-with-tarball").contains("0.9"),
            "{form:?}"
        );
        assert!(judged.has("rollover-unendorsed"), "{form:?}");
        super::follows_the_schema(&judged.report);
    }
    // The package does not lower what is said of it.
    let tmp = tempfile::tempdir().expect("a directory");
    let previous = before(&world).place(Form::Directory, tmp.path());
    let lowered = eves
        .clone()
        .file("tarvet.toml", "[levels]\nrollover-unendorsed = \"off\"\n");
    assert!(
        after(&lowered, &previous, tmp.path())
            .exits(1)
            .has("rollover-unendorsed")
    );
    // Only a package has a release that could be another one.
    let previous = tmp.path().join("alice.key");
    fs::write(&previous, people::keyring_file("alice")).expect("a keyring");
    let judged = after(&eves, &previous, tmp.path()).exits(1);
    assert!(judged.has("rollover-unendorsed") && !judged.has("keyring-changed-with-tarball"));
    // The same release as before: whoever changed the keyring did not bring a tarball with it.
    let previous = world.package().place(Form::Made, tmp.path());
    let judged = after(&eves, &previous, tmp.path()).exits(1);
    assert!(judged.has("rollover-unendorsed") && !judged.has("keyring-changed-with-tarball"));
}

#[test]
fn the_same_signer_is_no_finding() {
    let world = World::new();
    let Who::Pgp(alice) = people::who("alice") else {
        panic!("Alice has a certificate");
    };
    let renewed = alice.renewed(day("2024-01-02"), None).certificate();
    assert_ne!(renewed, people::keyring_file("alice"));
    let now = [world.package(), world.package().file("foo.keyring", renewed)];
    for (package, form) in now.iter().zip([Form::Directory, Form::Made]) {
        let tmp = tempfile::tempdir().expect("a directory");
        let previous = before(&world).place(form, tmp.path());
        let judged = after(package, &previous, tmp.path()).exits(0);
        assert_eq!(judged.findings(), Vec::<[String; 4]>::new(), "{form:?}");
    }
}

#[test]
fn a_version_before_that_does_not_tell_whom_it_trusted_stops_the_run() {
    let world = World::new();
    let tmp = tempfile::tempdir().expect("a directory");
    let absent = before(&world).without("foo.keyring");
    let garbage = before(&world).file("foo.keyring", "this is no keyring\n");
    for (package, words) in [(absent, "no keys there"), (garbage, "foo.keyring")] {
        let aside = tempfile::tempdir().expect("a directory");
        let previous = package.place(Form::Directory, aside.path());
        let judged = after(&world.package(), &previous, tmp.path()).exits(2);
        assert!(judged.outcome.stderr.contains(words), "{}", judged.outcome.stderr);
    }
    let mut srpm = before(&world).srpm();
    srpm.behind = b"more".to_vec();
    let previous = tmp.path().join("before.src.rpm");
    fs::write(&previous, srpm.make()).expect("the SRPM");
    after(&world.package(), &previous, tmp.path()).exits(2);
    after(&world.package(), &tmp.path().join("nowhere"), tmp.path()).exits(2);
    // A version without any keyring vouches for nobody.
    let nobody = before(&world)
        .with("%{gpgverify}", "#")
        .with("foo.keyring", "foo.gitproof")
        .with("Source3:        foo.gitproof\n", "")
        .with(
            "Source1:        https://example.org/foo-%{version}.tar.gz.asc\n",
            "",
        )
        .with("Source0:        https://example.org/foo-%{version}.tar.gz\n", "");
    let aside = tempfile::tempdir().expect("a directory");
    let previous = nobody.place(Form::Directory, aside.path());
    let judged = after(&world.package(), &previous, tmp.path()).exits(1);
    assert!(
        judged.message("rollover-unendorsed").contains("no old keyring"),
        "{:?}",
        judged.findings()
    );
}

//! Rows R1 to R8 of the threats: what a spec or an SRPM can do so that another source is built than the one checked.

use std::fs;

use super::everywhere;
use super::support::rpm::{Form, Package, World};
use super::support::srpm::{Member, Srpm};

/// A second tarball beside the honest one.
fn with_evil(world: &World) -> Package {
    world.package().file("evil-1.0.tar.gz", world.doctored.clone())
}

const SOURCE0: &str = "Source0:        https://example.org/foo-%{version}.tar.gz\n";

#[test]
fn a_source_in_any_branch_is_checked() {
    let world = World::new();
    for condition in [
        "%if 0%{?fedora} > 99",
        "%ifarch riscv64",
        "%if %{with evil}",
        "%if %{undefined honest}",
    ] {
        let both = format!("{condition}\nSource0: evil-1.0.tar.gz\n%else\n{SOURCE0}%endif\n");
        // rpmbuild puts the sources of the branches that it takes into an SRPM: what is not in it is not built from it.
        for form in [Form::Directory, Form::Spec, Form::Made] {
            let judged = with_evil(&world).with(SOURCE0, &both).run(form).exits(1);
            assert!(
                judged.has("m4-serial-ahead"),
                "{condition}: {:?}",
                judged.findings()
            );
        }
        // A source that is not even there leaves it open.
        let judged = world.package().with(SOURCE0, &both).run(Form::Directory).exits(3);
        assert!(judged.has("spec-source-missing"));
    }
    // Never built, never checked.
    let dead = format!("%if 0\nSource0: evil-1.0.tar.gz\n%endif\n{SOURCE0}");
    world.package().with(SOURCE0, &dead).run(Form::Directory).exits(0);
}

#[test]
fn a_source_by_any_other_name_is_checked() {
    let world = World::new();
    let twice = format!("{SOURCE0}Source0: evil-1.0.tar.gz\n");
    let judged = with_evil(&world)
        .with(SOURCE0, &twice)
        .run(Form::Directory)
        .exits(1);
    assert!(judged.has("spec-source-duplicate"));
    for (spec, from, to) in [
        ("unpacked over the tree", "%autosetup", "%autosetup -a 4"),
        (
            "unpacked by tar",
            "%autosetup",
            "%autosetup\ntar xf %{SOURCE4} --strip-components 1",
        ),
        (
            "unpacked by a pipe",
            "%autosetup",
            "%autosetup\nxz -dc %{SOURCE4} | tar xf -",
        ),
        (
            "unpacked in %build",
            "autoreconf -fi",
            "tar xf %{SOURCE4}\nautoreconf -fi",
        ),
        ("unpacked instead", "%autosetup", "%setup -q -T -b 4"),
        (
            "not unpacked in plain words",
            "%autosetup",
            "%autosetup\nsh -c 'tar xf ../SOURCES/ev*'",
        ),
    ] {
        for name in ["evil-1.0.tar.gz", "notes.txt", "evil.tgz", "evil.unknown"] {
            let line = format!("{SOURCE0}Source4: {name}\n");
            let package = world
                .package()
                .with(SOURCE0, &line)
                .with(from, to)
                .file(name, world.doctored.clone());
            let judged = package.run(Form::Directory);
            assert_ne!(
                judged.outcome.status,
                0,
                "{spec}, {name}: {:?}",
                judged.findings()
            );
        }
    }
    // In a sub-package, without a number, from a list, behind a fragment, from a macro.
    for line in [
        "%package x\nSummary: x\nSource4: evil-1.0.tar.gz\n%description x\n",
        "Source: evil-1.0.tar.gz\n",
        "%sourcelist\nevil-1.0.tar.gz\n",
        "Source4: https://example.org/download?x=1#/evil-1.0.tar.gz\n",
        "%define evil() Source4: evil-%{1}.tar.gz\n%evil 1.0\n",
        "%{?fedora:Source4: evil-1.0.tar.gz}\n",
    ] {
        let package = with_evil(&world).with("%description\n", &format!("{line}%description\n"));
        let judged = package.run(Form::Directory);
        assert_ne!(judged.outcome.status, 0, "{line}: {:?}", judged.findings());
    }
}

#[test]
fn what_only_running_the_spec_would_tell_is_not_verified() {
    let world = World::new();
    let running = world
        .package()
        .with("Version:        1.0", "%global ver %(echo 1.0)\nVersion: %{ver}");
    // The header of an SRPM tells which of several versions it is, not one that no line says.
    for form in [Form::Directory, Form::Spec, Form::Made] {
        let judged = running.run(form).exits(3);
        assert!(judged.has("spec-source-unresolved"));
        assert!(judged.has("spec-version-unresolved"));
    }
    let judged = everywhere(&running.arg("--define=ver=1.0"), 0);
    assert!(!judged.has("spec-version-unresolved"), "{:?}", judged.findings());
    for line in [
        "%{lua: print('Source4: evil-1.0.tar.gz')}\n",
        "%(echo Source4: evil-1.0.tar.gz)\n",
        "%{expand: %(echo Source4: evil-1.0.tar.gz)}\n",
        "%{load:%{SOURCE2}}\n",
        "%include evil.inc\n",
    ] {
        let judged = with_evil(&world)
            .with("Name:", &format!("{line}Name:"))
            .run(Form::Directory)
            .exits(3);
        assert!(
            judged.has("spec-line-opaque") || judged.has("spec-include-refused"),
            "{line}"
        );
    }
    // tarvet.toml of the package cannot make it so.
    let quiet = "[levels]\nspec-line-opaque = \"off\"\n";
    let package = with_evil(&world).with("Name:", "%(echo Source4: evil-1.0.tar.gz)\nName:");
    package.file("tarvet.toml", quiet).run(Form::Directory).exits(3);
}

#[test]
fn verification_that_is_none_is_told() {
    let world = World::new();
    let call = "%{gpgverify} --keyring='%{SOURCE2}' --signature='%{SOURCE1}' --data='%{SOURCE0}'";
    for (to, code) in [
        (format!("#%{call}"), "gpgverify-disabled"),
        (format!("# {call}"), "gpgverify-disabled"),
        (format!("%if 0\n{call}\n%endif"), "gpgverify-disabled"),
        (format!("{call} || :"), "gpgverify-disabled"),
        (
            format!("%if %{{with x}}\n{call}\n%endif"),
            "gpgverify-conditional",
        ),
        (String::new(), "gpgverify-missing"),
    ] {
        let judged = everywhere(&world.package().with(call, &to), 0);
        assert!(judged.has(code), "{to}: {:?}", judged.findings());
    }
}

fn run(world: &World, srpm: &Srpm) -> super::Judged {
    let tmp = tempfile::tempdir().expect("a directory");
    let path = tmp.path().join("foo-1.0-1.src.rpm");
    fs::write(&path, srpm.make()).expect("the SRPM");
    world.package().run_at(&path, tmp.path())
}

/// rpm takes all of these: its digests are right.
#[test]
fn an_srpm_whose_payload_is_another_is_rejected() {
    let world = World::new();
    let honest = world.package().srpm();
    run(&world, &honest).exits(0);
    let other = |change: &dyn Fn(&mut Srpm)| {
        let mut srpm = honest.clone();
        change(&mut srpm);
        srpm
    };
    let evil = Member::file("foo-1.0.tar.gz", world.doctored.clone());
    let tarball = |srpm: &Srpm| {
        srpm.listed
            .iter()
            .position(|one| one.name == "foo-1.0.tar.gz")
            .expect("the tarball")
    };
    for (what, srpm) in [
        (
            "another file",
            other(&|srpm| srpm.payload.push(Member::file("configure", "evil"))),
        ),
        (
            "a file with a path",
            other(&|srpm| srpm.payload.push(Member::file("../../etc/passwd", "x"))),
        ),
        (
            "an absolute file",
            other(&|srpm| srpm.payload.push(Member::file("/etc/passwd", "x"))),
        ),
        (
            "the tarball twice",
            other(&|srpm| srpm.payload.push(evil.clone())),
        ),
        (
            "another tarball first",
            other(&|srpm| srpm.payload.insert(0, evil.clone())),
        ),
        (
            "another tarball",
            other(&|srpm| {
                let at = tarball(srpm);
                srpm.payload[at] = evil.clone()
            }),
        ),
        (
            "no tarball",
            other(&|srpm| {
                let at = tarball(srpm);
                drop(srpm.payload.remove(at))
            }),
        ),
        (
            "a hard link",
            other(&|srpm| {
                let at = tarball(srpm);
                srpm.payload[at].links = 2
            }),
        ),
        (
            "a listed path",
            other(&|srpm| {
                let at = tarball(srpm);
                srpm.listed[at].name = "../foo-1.0.tar.gz".into()
            }),
        ),
        ("something behind", other(&|srpm| srpm.behind = vec![1; 512])),
        (
            "two specs",
            other(&|srpm| {
                let spec = Member::file("bar.spec", "Name: bar\n");
                srpm.listed.push(spec.clone());
                srpm.payload.push(spec);
            }),
        ),
        (
            "no spec",
            other(&|srpm| {
                srpm.listed.remove(0);
                srpm.payload.remove(0);
            }),
        ),
        ("another name", other(&|srpm| srpm.name = "bar".into())),
        ("another version", other(&|srpm| srpm.version = "0.9".into())),
    ] {
        let judged = run(&world, &srpm).exits(1);
        assert!(
            judged.findings().iter().any(|one| one[1].starts_with("srpm-")),
            "{what}: {:?}",
            judged.findings()
        );
    }
}

/// A doctored tarball in a package that is right in all else.
#[test]
fn an_srpm_of_doctored_source_is_rejected() {
    let world = World::new();
    let judged = run(&world, &world.around(&world.doctored).srpm()).exits(1);
    assert!(judged.has("m4-serial-ahead"));
}

#[test]
fn signatures_on_an_srpm_are_told() {
    let world = World::new();
    let package = world.package().arg("--srpm-keyring=alice.asc");
    // Nobody signed it, and nobody asked for that.
    assert_eq!(
        package.run(Form::Made).exits(0).report["package"]["signatures"]
            .as_array()
            .map(Vec::len),
        Some(0)
    );
}

/// What OBS makes takes the place of what is committed.
#[test]
fn services_of_obs_are_not_overlooked() {
    let world = World::new();
    let manual = "<services><service name=\"obs_scm\" mode=\"manual\"/><service name=\"source_validator\"/></services>";
    let package = world.package().file("_service", manual);
    let judged = package.run(Form::Directory).exits(0);
    assert!(!judged.has("service-makes-sources"));
    for mode in [
        "",
        " mode=\"serveronly\"",
        " mode=\"trylocal\"",
        " mode=\"buildtime\"",
        " mode=\"other\"",
    ] {
        let service = format!("<services><service name=\"run\"{mode}/></services>");
        let judged = world
            .package()
            .file("_service", service)
            .run(Form::Directory)
            .exits(3);
        assert!(judged.has("service-makes-sources"), "{mode}");
    }
    let made = package
        .clone()
        .file("_service:tar_scm:foo-1.0.tar.gz", world.doctored.clone());
    assert!(made.run(Form::Directory).exits(1).has("m4-serial-ahead"));
    // Which of two is built depends on their order.
    let two = package
        .file("_service:a:foo-1.0.tar.gz", world.tarball.clone())
        .file("_service:b:foo-1.0.tar.gz", "");
    assert!(two.run(Form::Directory).exits(3).has("spec-source-missing"));
    let spec = world
        .package()
        .with("Version:        1.0", "Version:        9.9")
        .spec;
    let respecified = world.package().file("_service:set_version:foo.spec", spec);
    let judged = respecified.run(Form::Directory);
    assert_ne!(judged.outcome.status, 0, "{:?}", judged.findings());
    assert_eq!(judged.report["package"]["version"], "9.9-1");
}

//! `tarvet rebuilt` on what rpmbuild has built: a generated file that is in the package as it was, and one that is not.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::has_rpmbuild;
use super::support::rpm::World;
use super::support::run::{children, run};

const SPEC: &str = "\
Name: foo
Version: 1.0
Release: 1
Summary: A small story
License: MIT
BuildArch: noarch
Source0: foo-1.0.tar.gz
%description
A small story.
%prep
%setup -q
%build
COMMAND
%install
install -D -m 644 FILE %{buildroot}/usr/share/foo/FILE
gzip -nc configure > %{buildroot}/usr/share/foo/other.gz
ln %{buildroot}/usr/share/foo/FILE %{buildroot}/usr/share/foo/link
%files
/usr/share/foo
";

/// Builds a binary package that installs one file of the tarball.
fn build(tmp: &Path, tarball: &[u8], file: &str, command: &str, payload: &str) -> PathBuf {
    fs::write(tmp.join("foo-1.0.tar.gz"), tarball).expect("the tarball");
    fs::write(
        tmp.join("foo.spec"),
        SPEC.replace("FILE", file).replace("COMMAND", command),
    )
    .expect("the spec");
    let define = |name: &str, value: &str| ["--define".to_owned(), format!("{name} {value}")];
    let out = tmp.join(format!("out-{file}-{payload}"));
    let output = Command::new("rpmbuild")
        .args(["-bb", "--nodeps"])
        .args(define("_sourcedir", &tmp.display().to_string()))
        .args(define("_rpmdir", &out.display().to_string()))
        .args(define("_topdir", &tmp.join("top").display().to_string()))
        .args(define("_binary_payload", payload))
        .arg(tmp.join("foo.spec"))
        .output()
        .expect("rpmbuild starts");
    assert!(
        output.status.success(),
        "rpmbuild: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let mut found = children(&out.join("noarch"));
    found.pop().expect("a package")
}

#[test]
fn a_generated_file_in_an_rpm_is_found() {
    if !has_rpmbuild() {
        return;
    }
    let tarball = World::new().packed(super::CONFIGURE);
    let tmp = tempfile::tempdir().expect("a directory");
    let compare = |package: &Path| {
        let source = ["rebuilt", "--source", "foo-1.0.tar.gz", "--binary"];
        run(
            tmp.path(),
            source
                .iter()
                .map(|word| word.as_ref())
                .chain([package.as_os_str()]),
        )
    };
    for payload in ["w6.gzdio", "w6.xzdio", "w3.zstdio", "w6.bzdio", "w.ufdio"] {
        let package = build(
            tmp.path(),
            &tarball,
            "configure.ac",
            "echo made anew > configure",
            payload,
        );
        let silent = compare(&package);
        assert_eq!(silent.status, 0, "{payload}: {}{}", silent.stdout, silent.stderr);
        assert!(
            silent.stdout.contains("3 generated files, compared with 2 files"),
            "{payload}: {}",
            silent.stdout
        );
    }
    // As it was, and inside a compressed file.
    let package = build(tmp.path(), &tarball, "configure", ":", "w6.gzdio");
    let told = compare(&package);
    assert_eq!(told.status, 1, "{}{}", told.stdout, told.stderr);
    for place in ["usr/share/foo/other.gz", "usr/share/foo/"] {
        assert!(told.stdout.contains(place), "{}", told.stdout);
    }
    let half = fs::read(&package).expect("read");
    fs::write(tmp.path().join("half.rpm"), &half[..half.len() - 30]).expect("written");
    let cut = compare(&tmp.path().join("half.rpm"));
    assert_eq!((cut.status, cut.stdout.as_str()), (2, ""), "{}", cut.stderr);
}

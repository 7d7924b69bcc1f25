//! Source packages beyond a single judgement: what the real dpkg-source unpacks, several packages in one call, lintian's
//! form, and `--import`. Judgements are in `cases.rs`, and these tests use its cases.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::print_stderr)] // a test fails by panicking

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tarvet_testkit::git::hermetic;

use support::prepare::{prepare, story};
use support::run::{Outcome, run};
use support::story::Story;

/// A case's files in a directory of their own, and the arguments that judge them.
struct Package {
    _dir: tempfile::TempDir,
    path: PathBuf,
    args: Vec<String>,
}

impl Package {
    fn of(case: &str) -> Self {
        let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
        Self::told(&story(&cases.join(case)))
    }

    fn told(story: &Story) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().canonicalize().expect("a directory");
        let args = prepare(story, &path);
        Package {
            _dir: dir,
            path,
            args,
        }
    }

    fn run(&self, more: &[&str]) -> Outcome {
        let args = self.args.iter().map(String::as_str);
        run(&self.path, args.chain(more.iter().copied()))
    }

    /// The same arguments for another path than the case's.
    fn run_on(&self, path: &str, more: &[&str]) -> Outcome {
        let args = self.args.iter().map(String::as_str).skip(2);
        run(
            &self.path,
            ["debian", path]
                .into_iter()
                .chain(args)
                .chain(more.iter().copied()),
        )
    }

    /// The .dsc's name.
    fn dsc(&self) -> String {
        let names = fs::read_dir(&self.path).expect("the directory");
        let mut names = names.map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .into_string()
                .expect("a name")
        });
        names.find(|name| name.ends_with(".dsc")).expect("a .dsc")
    }

    /// `dpkg-source -x` into the directory `out`; whether it did, and what it said.
    fn unpack(&self) -> (bool, String) {
        let mut command = hermetic("dpkg-source");
        command.current_dir(&self.path).env("TMPDIR", &self.path);
        let output = command
            .args(["-x", &self.dsc(), "out"])
            .output()
            .expect("dpkg-source starts");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.success(), said)
    }
}

/// Whether dpkg-source can be run; with `TARVET_REQUIRE_ORACLES=1` a missing one fails the test.
fn has_dpkg_source() -> bool {
    let found = Command::new("dpkg-source").arg("--version").output().is_ok();
    let required = std::env::var_os("TARVET_REQUIRE_ORACLES").is_some_and(|value| value == "1");
    assert!(found || !required, "oracle dpkg-source is missing");
    if !found {
        eprintln!("skipped: dpkg-source is not installed");
    }
    found
}

fn json(outcome: &Outcome) -> Value {
    serde_json::from_str(&outcome.stdout).unwrap_or_else(|error| panic!("{error}: {outcome:?}"))
}

fn codes(report: &Value) -> Vec<&str> {
    let findings = report["findings"].as_array().expect("findings").iter();
    findings
        .map(|finding| finding["code"].as_str().expect("a code"))
        .collect()
}

/// What dpkg-source unpacks is what `--tree` expects; one byte more is not.
#[test]
fn dpkg_source_unpacks_what_is_expected() {
    if !has_dpkg_source() {
        return;
    }
    for case in [
        "verified/debian-package",
        "verified/debian-patches",
        "verified/debian-component-with-proof",
        "verified/debian-repacked",
        "verified/debian-format-1",
        "verified/debian-canaries",
        "component-replaces-directory/src",
        "diff-outside-debian/changes-main",
        "patch-malformed/three-patches",
        "patch-adds-binary/text",
        "debian-dir-unreadable/two-streams",
        "upstream-debian-replaced/upstreams-rules",
        "changelog-malformed/epoch-and-tilde",
    ] {
        let package = Package::of(case);
        let (unpacked, said) = package.unpack();
        assert!(unpacked, "{case}: {said}");
        assert!(!package.path.join("CANARY").exists(), "{case}");
        let report = json(&package.run_on("out", &["--tree", "--format", "json"]));
        assert!(
            !codes(&report).contains(&"build-tree-differs"),
            "{case}: {report:#}"
        );
        let main = package.path.join("out/src/main.c");
        let mut text = fs::read(&main).expect("a source file");
        text.push(b'\n');
        fs::write(&main, text).expect("changed");
        let report = json(&package.run_on("out", &["--tree", "--format", "json"]));
        assert!(
            codes(&report).contains(&"build-tree-differs"),
            "{case}: {report:#}"
        );
    }
}

/// What dpkg-source does with packages that are rejected: where it unpacks one, only the check stands in the way.
#[test]
fn what_dpkg_source_does_with_hostile_packages() {
    if !has_dpkg_source() {
        return;
    }
    let unpacks = [
        "dsc-malformed/text-before",
        "file-modified/debian-good-signatures",
        "debian-tar-outside-debian/over-upstreams-file",
        "component-replaces-directory/src",
        "version-disagrees/changelog-of-another-version",
        "changelog-malformed/dsc-without-an-entry",
        "dsc-digests-weak/md5-only",
        "repack-undeclared/added-file",
        "patch-touches-debian/rules",
    ];
    let refuses = [
        "dsc-files-disagree/file-in-one-list",
        "dsc-files-disagree/other-bytes",
        "dsc-malformed/field-twice",
        "dsc-malformed/empty",
        "dsc-malformed/version-is-a-path",
        "source-file-unexpected/slash",
        "source-file-unexpected/two-tarballs",
        "source-file-unexpected/signature-of-no-tarball",
        "source-file-missing/tarball",
        "patch-escapes-tree/dot-dot",
        "patch-escapes-tree/through-link",
        "patch-malformed/hunk-without-a-file",
        "patch-malformed/not-there",
        "patch-adds-binary/git-binary",
    ];
    let mut wrong = Vec::new();
    for (case, expected) in unpacks
        .iter()
        .map(|case| (case, true))
        .chain(refuses.iter().map(|case| (case, false)))
    {
        let package = Package::of(case);
        let (unpacked, said) = package.unpack();
        assert!(!package.path.join("CANARY").exists(), "{case}");
        if unpacked != expected {
            wrong.push(format!("{case}: unpacked: {unpacked}: {said}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Where dpkg-source unpacks the files outside of debian/, the tree says so as well.
#[test]
fn a_tree_with_files_of_debian_tar_over_upstreams() {
    if !has_dpkg_source() {
        return;
    }
    let package = Package::of("debian-tar-outside-debian/over-upstreams-file");
    let (unpacked, said) = package.unpack();
    assert!(unpacked, "{said}");
    let main = fs::read_to_string(package.path.join("out/src/main.c")).expect("a source file");
    assert!(main.contains("evil"), "dpkg-source does not do that any more");
    let report = json(&package.run_on("out", &["--tree", "--format", "json"]));
    assert!(codes(&report).contains(&"build-tree-differs"), "{report:#}");
}

/// Two packages side by side below one directory.
fn two(first: &str, second: &str) -> (Package, Package, String) {
    let (one, two) = (Package::of(first), Package::of(second));
    let other = two.path.join(two.dsc()).display().to_string();
    (one, two, other)
}

#[test]
fn several_packages_have_one_report_and_the_gravest_status() {
    let (one, _two, other) = two("verified/debian-patches", "component-unproven/no-proof");
    let both = one.run(&[&other, "--format", "json"]);
    assert_eq!((both.status, both.stderr.as_str()), (3, ""));
    let reports = json(&both);
    let verdicts: Vec<_> = reports
        .as_array()
        .expect("a list")
        .iter()
        .map(|report| &report["verdict"])
        .collect();
    assert_eq!(verdicts, ["verified", "undetermined"]);
    let text = one.run(&[&other]);
    assert_eq!(text.status, 3);
    let places = [
        text.stdout.find("\nverified: "),
        text.stdout.find("\nundetermined: "),
    ];
    assert!(places[0].is_some() && places[0] < places[1], "{}", text.stdout);
    let lintian = one.run(&[&other, "--format", "lintian"]);
    assert!(
        lintian
            .stdout
            .contains("W: foo source: tarvet-component-unproven "),
        "{}",
        lintian.stdout
    );

    let rejected = Package::of("file-modified/debian-good-signatures");
    let worse = rejected.path.join(rejected.dsc()).display().to_string();
    assert_eq!(one.run(&[&other, &worse]).status, 1);
    // What could not be looked at is told, and hides nothing of the others.
    let missing = one.run(&["nowhere.dsc", "--format", "json"]);
    assert_eq!(missing.status, 2, "{missing:?}");
    assert!(missing.stderr.contains("nowhere.dsc"), "{missing:?}");
    assert_eq!(json(&missing).as_array().map(Vec::len), Some(1));
    assert_eq!(one.run(&["nowhere.dsc", &worse]).status, 1);
}

#[test]
fn lintians_lines_and_overrides() {
    let package = Package::of("override-unused/used");
    let lines = |more: &[&str]| {
        let outcome = package.run(&[&["--format", "lintian"], more].concat());
        assert_eq!(outcome.stderr, "");
        outcome.stdout
    };
    let plain = lines(&[]);
    assert!(!plain.contains("file-not-upstream"), "{plain}");
    assert!(
        plain.lines().all(|line| line
            .get(..15)
            .is_some_and(|head| head.ends_with(": foo source: "))),
        "{plain}"
    );
    let shown = lines(&["--show-overrides"]);
    let wanted = "N: it is all right\nO: foo source: tarvet-file-not-upstream ";
    assert!(shown.contains(wanted), "{shown}");
    assert!(
        shown
            .lines()
            .any(|line| line.starts_with("O: ") && line.ends_with(" [m4/evil.m4]")),
        "{shown}"
    );
    let aside = lines(&["--no-overrides", "--show-overrides"]);
    assert!(
        aside.starts_with("E: foo source: tarvet-file-not-upstream "),
        "{aside}"
    );
    let text = package.run(&["--show-overrides"]);
    assert!(
        text.stdout.contains("\noverridden\n") && text.stdout.contains("it is all right"),
        "{}",
        text.stdout
    );
}

/// Every file below a directory, with its contents.
fn files(directory: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).expect("a directory") {
        let entry = entry.expect("an entry");
        if entry.file_type().expect("a type").is_dir() {
            found.extend(files(&entry.path()));
        } else {
            found.push((entry.path(), fs::read(entry.path()).unwrap_or_default()));
        }
    }
    found.sort();
    found
}

#[test]
fn an_import_makes_what_the_build_needs() {
    let story: Story = toml::from_str("[debian]\nform = \"tree\"\nproof = false\n").expect("a story");
    let package = Package::told(&story);
    let before = package.run(&[]);
    assert_eq!(before.status, 3, "{}", before.stdout);
    let imported = package.run(&["--import", "--git", "upstream"]);
    assert_eq!(imported.status, 0, "{}{}", imported.stdout, imported.stderr);
    for word in ["foo.gitproof", "v1.0", "tarvet.toml"] {
        assert!(imported.stderr.contains(word), "{}", imported.stderr);
    }
    let settings = package.path.join("foo-1.0/debian/tarvet.toml");
    let text = fs::read_to_string(&settings).expect("tarvet.toml");
    assert!(
        text.contains("repository = ") && text.contains("tag = \"v{version}\""),
        "{text}"
    );
    // From here on there is no repository any more.
    fs::rename(package.path.join("upstream"), package.path.join("gone")).expect("renamed");
    let after = package.run(&[]);
    assert_eq!(after.status, 0, "{}", after.stdout);
    assert!(
        after.stdout.contains("debian/upstream/foo.gitproof"),
        "{}",
        after.stdout
    );
    // What the maintainer wrote stays.
    fs::rename(package.path.join("gone"), package.path.join("upstream")).expect("renamed");
    fs::write(&settings, "# mine\n").expect("written");
    let again = package.run(&["--import", "--git", "upstream"]);
    assert_eq!(again.status, 0, "{}", again.stderr);
    assert_eq!(fs::read_to_string(&settings).expect("tarvet.toml"), "# mine\n");
}

#[test]
fn an_import_needs_a_tree_and_a_repository() {
    let package = Package::of("verified/debian-package");
    let no_tree = package.run(&["--import"]);
    assert_eq!(no_tree.status, 2);
    assert!(
        no_tree.stderr.contains("--import writes to debian/"),
        "{}",
        no_tree.stderr
    );
    let story: Story = toml::from_str("[debian]\nform = \"tree\"\nproof = false\n").expect("a story");
    let nowhere = Package::told(&story).run(&["--import"]);
    assert_eq!(nowhere.status, 2);
    assert!(
        nowhere.stderr.contains("where upstream's repository is"),
        "{}",
        nowhere.stderr
    );
}

/// Nothing would be compared, and silence is not a pass.
#[test]
fn tree_of_a_dsc_is_refused() {
    let outcome = Package::of("verified/debian-package").run(&["--tree"]);
    assert_eq!((outcome.status, outcome.stdout.as_str()), (2, ""), "{outcome:?}");
    assert!(outcome.stderr.contains("--tree"), "{}", outcome.stderr);
}

#[test]
fn a_check_writes_nothing() {
    for case in [
        "verified/debian-canaries",
        "verified/debian-tree",
        "debian-dir-unreadable/gigabyte",
    ] {
        let package = Package::of(case);
        let before = files(&package.path);
        let _ = package.run(&[]);
        assert!(files(&package.path) == before, "{case}");
    }
}

#[test]
fn what_is_no_package_is_a_clear_error() {
    let package = Package::of("verified/debian-package");
    for (path, word) in [
        ("nowhere.dsc", "nowhere.dsc"),
        ("foo_1.0.orig.tar.gz", "foo_1.0.orig.tar.gz"),
        ("upstream", "upstream"),
    ] {
        let outcome = package.run_on(path, &[]);
        assert_eq!(
            (outcome.status, outcome.stdout.as_str()),
            (2, ""),
            "{path}: {outcome:?}"
        );
        assert!(outcome.stderr.contains(word), "{path}: {}", outcome.stderr);
    }
}

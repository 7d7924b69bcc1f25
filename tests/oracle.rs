//! git itself as the judge: whatever `git archive` writes of a signed tag is verified to the last member, a proof says
//! what the repository says, and git reads our proofs.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::print_stderr)] // a test fails by panicking

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tarvet_testkit::git::{ObjectFormat, Repo, hermetic};

use support::people;
use support::run::run;
use support::story::{noon, noon_time};

const FORMATS: [ObjectFormat; 2] = [ObjectFormat::Sha1, ObjectFormat::Sha256];

/// Whether a tool can be run; with `TARVET_REQUIRE_ORACLES=1` a missing one fails the test.
fn oracle(tool: &str) -> bool {
    let found = Command::new(tool).arg("--version").output().is_ok();
    let required = std::env::var_os("TARVET_REQUIRE_ORACLES").is_some_and(|value| value == "1");
    assert!(found || !required, "oracle {tool} is missing");
    if !found {
        eprintln!("skipped: {tool} is not installed");
    }
    found
}

fn os(bytes: &[u8]) -> PathBuf {
    std::ffi::OsString::from_vec(bytes.to_vec()).into()
}

/// Fills a repository with one kind of tree.
type Grow = fn(&Repo);

const TREES: [(&str, Grow); 7] = [
    ("nested directories", |repo| {
        for path in ["a/b/c/d/e/f", "a/b/x", "a/z", "a-b/c", "a.b", "ab", "a0/b", "top"] {
            repo.write(path, format!("{path}\n"));
        }
    }),
    ("symlinks and executables", |repo| {
        repo.write("bin/run", "#!/bin/sh\n").chmod("bin/run", true);
        repo.symlink("run", "bin/run")
            .symlink("up/and", "../bin")
            .symlink("dangling", "nowhere");
        repo.symlink("long", "t/".repeat(120));
    }),
    ("names that are not UTF-8", |repo| {
        for name in [
            &b"\xff\xfe"[..],
            b"caf\xe9/x",
            "\u{e9}".as_bytes(),
            "e\u{301}".as_bytes(),
            b"a\nb",
            b"tab\there",
            b"\\back",
        ] {
            repo.write(os(name), name);
        }
    }),
    ("long paths", |repo| {
        let name = "n".repeat(90);
        for length in [98, 99, 100, 101, 150, 254, 255, 256, 300, 600] {
            let mut path = String::new();
            while path.len() + 91 < length {
                path = path + &name + "/";
            }
            path += &"f".repeat(length - path.len());
            repo.write(&path, format!("{length}\n"));
        }
    }),
    ("empty files and one byte around a block", |repo| {
        repo.write("empty", "").write("dir/empty", "");
        for size in [1, 511, 512, 513, 10_240] {
            repo.write(format!("size-{size}"), vec![b'x'; size]);
        }
    }),
    ("attributes", |repo| {
        repo.write(
            ".gitattributes",
            "*.sh export-subst\n*.txt text eol=crlf\n*.c ident\n/tests export-ignore\n",
        );
        repo.write("version.sh", "$Format:%H %T %an <%ae> %at %aI %s$\n")
            .write("notes.txt", "one\ntwo\n");
        repo.write("id.c", "/* $Id$ */\n").write("tests/t", "left out\n");
        repo.write("binary.txt", b"\0\x01\r\n");
    }),
    ("many files", |repo| {
        for number in 0..400 {
            repo.write(format!("d{}/f{number}", number % 17), format!("{number}\n"));
        }
    }),
];

/// A repository with a signed tag, and a directory for everything else.
fn release(dir: &Path, format: ObjectFormat, grow: Grow) -> Repo {
    let repo = Repo::new(dir.join("upstream"), format);
    repo.write("README", "foo\n");
    grow(&repo);
    let commit = repo.commit("Release\n", noon("2024-01-02"));
    let time = noon("2024-01-03");
    let payload = format!(
        "object {commit}\ntype commit\ntag v1.0\ntagger Willow Rosenberg <willow@example.org> {time} +0000\n\nfoo\n"
    );
    let people::Who::Pgp(alice) = people::who("alice") else {
        unreachable!("Alice has an OpenPGP certificate")
    };
    let signature = alice.sign(payload.as_bytes(), noon_time("2024-01-03"));
    let tag = repo.raw_object("tag", &[payload.as_bytes(), &signature].concat());
    repo.update_ref("refs/tags/v1.0", &tag);
    fs::write(dir.join("alice.asc"), alice.certificate()).expect("a keyring");
    repo
}

fn report(dir: &Path, tarball: &str, upstream: [&str; 2]) -> Value {
    let [option, place] = upstream;
    let args = [
        "check",
        tarball,
        option,
        place,
        "--keyring",
        "alice.asc",
        "--now",
        "2024-06-01",
        "--format",
        "json",
    ];
    let outcome = run(dir, args);
    assert_eq!(outcome.stderr, "");
    serde_json::from_str(&outcome.stdout).expect("a report")
}

fn prove(dir: &Path, repository: &str, proof: &str) -> Vec<u8> {
    let outcome = run(dir, ["prove", "--git", repository, "--tag", "v1.0", "-o", proof]);
    assert_eq!(outcome.status, 0, "{}", outcome.stderr);
    fs::read(dir.join(proof)).expect("the proof")
}

#[test]
fn what_git_archive_writes_is_verified() {
    if !(oracle("git") && oracle("gzip") && oracle("xz")) {
        return;
    }
    for format in FORMATS {
        for (what, grow) in TREES {
            let dir = tempfile::tempdir().expect("a directory");
            let repo = release(dir.path(), format, grow);
            fs::write(dir.path().join("foo-1.0.tar"), repo.archive("v1.0", "foo-1.0/")).expect("the tar");
            for tool in ["gzip", "xz"] {
                let packed = hermetic(tool)
                    .current_dir(dir.path())
                    .args(["-k", "-1", "foo-1.0.tar"])
                    .status()
                    .expect("it starts");
                assert!(packed.success());
            }
            for tarball in ["foo-1.0.tar", "foo-1.0.tar.gz", "foo-1.0.tar.xz"] {
                let report = report(dir.path(), tarball, ["--git", "upstream"]);
                assert_eq!(
                    report["verdict"], "verified",
                    "{what}, {format:?}, {tarball}: {report:#}"
                );
                let accounted = accounted(&report);
                let expected = entries(&repo);
                assert_eq!(accounted, expected, "{what}, {format:?}: {report:#}");
                let errors = report["findings"].as_array().expect("a list");
                assert!(
                    errors
                        .iter()
                        .all(|finding| finding["level"] == "info" || what.contains("UTF-8")),
                    "{what}: {errors:#?}"
                );
            }
        }
    }
}

/// Members by the kind of their origin; trees without attributes have `tree` alone.
fn accounted(report: &Value) -> usize {
    let origins: BTreeMap<String, usize> =
        serde_json::from_value(report["summary"]["origins"].clone()).expect("counts");
    for origin in origins.keys() {
        let honest = ["tree", "export-subst", "filtered", "export-ignored"];
        assert!(honest.contains(&origin.as_str()), "{origins:?}");
    }
    if !report["differences"]
        .as_array()
        .is_some_and(|all| all.iter().any(|d| d["origin"] != "tree"))
    {
        assert_eq!(origins.len(), 1, "{origins:?}");
    }
    origins.values().sum()
}

/// How many files git counts in the tree.
fn entries(repo: &Repo) -> usize {
    let listed = repo.run(["ls-tree", "-r", "-z", "--name-only", "v1.0"]).ok();
    listed.iter().filter(|byte| **byte == 0).count()
}

#[test]
fn a_proof_says_what_the_repository_says() {
    if !oracle("git") {
        return;
    }
    for format in FORMATS {
        for (what, grow) in TREES {
            let dir = tempfile::tempdir().expect("a directory");
            let repo = release(dir.path(), format, grow);
            fs::write(dir.path().join("foo-1.0.tar"), repo.archive("v1.0", "foo-1.0/")).expect("the tar");
            prove(dir.path(), "upstream", "foo.proof");
            let mut by_git = report(dir.path(), "foo-1.0.tar", ["--git", "upstream"]);
            let mut by_proof = report(dir.path(), "foo-1.0.tar", ["--proof", "foo.proof"]);
            assert_ne!(by_git["subject"]["upstream"], by_proof["subject"]["upstream"]);
            for report in [&mut by_git, &mut by_proof] {
                report["subject"]["upstream"] = Value::Null;
            }
            assert_eq!(by_git, by_proof, "{what}, {format:?}");
        }
    }
}

#[test]
fn proofs_are_the_same_from_every_clone() {
    if !oracle("git") {
        return;
    }
    for format in FORMATS {
        let dir = tempfile::tempdir().expect("a directory");
        let repo = release(dir.path(), format, TREES[5].1);
        let loose = prove(dir.path(), "upstream", "1.proof");
        assert_eq!(loose, prove(dir.path(), "upstream", "2.proof"), "run again");
        let clone = hermetic("git")
            .current_dir(dir.path())
            .args(["clone", "--quiet", "--bare", "upstream", "bare"])
            .status()
            .expect("git starts");
        assert!(clone.success());
        assert_eq!(loose, prove(dir.path(), "bare", "3.proof"), "a bare clone");
        let _ = repo.run(["repack", "-adq", "--depth=50"]).ok();
        let _ = repo.run(["pack-refs", "--all"]).ok();
        assert_eq!(loose, prove(dir.path(), "upstream", "4.proof"), "packed");
    }
}

#[test]
fn git_reads_our_proofs() {
    if !oracle("git") {
        return;
    }
    for format in FORMATS {
        let dir = tempfile::tempdir().expect("a directory");
        let repo = release(dir.path(), format, TREES[1].1);
        let proof = prove(dir.path(), "upstream", "foo.proof");
        let other = Repo::new(dir.path().join("other"), format);
        let indexed = other.run_with(["index-pack", "--stdin", "--strict=missingEmail=ignore"], &proof);
        // --strict wants every object that another one names; a proof leaves the contents out on purpose.
        let indexed = if indexed.success {
            indexed
        } else {
            other.run_with(["index-pack", "--stdin"], &proof)
        };
        let _ = indexed.ok();
        let tag = repo.run(["rev-parse", "v1.0"]).line();
        assert_eq!(
            other.run(["cat-file", "tag", &tag]).ok(),
            repo.run(["cat-file", "tag", &tag]).ok()
        );
        let tree = format!("{tag}^{{tree}}");
        assert_eq!(
            other.run(["ls-tree", "-r", "-t", &tree]).ok(),
            repo.run(["ls-tree", "-r", "-t", &tree]).ok(),
            "every tree is in the proof"
        );
    }
}

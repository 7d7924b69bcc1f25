//! Tarballs as real tools write them, and our listing beside theirs.
#![allow(
    clippy::panic,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a test may panic and say why it skips"
)]
mod support;

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use support::{options, oracle, quiet, run};
use tarvet_archive::{MemberKind, Tarball};

/// path, size, mode, link, SHA-256 of the contents
type Row = (String, u64, u32, String, String);

/// The listing as Python's tarfile sees it.
fn python_rows(directory: &Path, bytes: &[u8]) -> Vec<Row> {
    let script = r#"
import io, sys, tarfile, hashlib
t = tarfile.open(fileobj=io.BytesIO(sys.stdin.buffer.read()), mode="r:*")
for m in t:
    body = hashlib.sha256(t.extractfile(m).read()).hexdigest() if m.isreg() or m.islnk() else ""
    print(m.name, m.size if m.isreg() else 0, m.mode, m.linkname if m.issym() or m.islnk() else "", body, sep="\x1f")
"#;
    let listing = run(directory, "python3", &["-c", script], bytes);
    let rows = String::from_utf8(listing).unwrap();
    rows.lines()
        .map(|line| {
            let cells: Vec<_> = line.split('\x1f').collect();
            let [path, size, mode, link, sha256] = cells[..] else {
                panic!("{line}")
            };
            (
                path.into(),
                size.parse().unwrap(),
                mode.parse().unwrap(),
                link.into(),
                sha256.into(),
            )
        })
        .collect()
}

fn our_rows(tarball: &Tarball) -> Vec<Row> {
    let rows = tarball.manifest.members.iter().map(|member| {
        let file = member.kind == MemberKind::File;
        let sha256 = match member.kind {
            MemberKind::File | MemberKind::HardLink => member.sha256.to_string(),
            _ => String::new(),
        };
        let path = member.path.to_string();
        let path = path.trim_end_matches('/').to_owned();
        let link = member.link.as_ref().map(ToString::to_string).unwrap_or_default();
        (
            path,
            if file { member.size } else { 0 },
            member.mode,
            link,
            sha256,
        )
    });
    rows.collect()
}

fn tree(root: &Path) {
    let long = "long-".repeat(30);
    fs::create_dir_all(root.join("pkg-1.0/src").join(&long)).unwrap();
    fs::write(root.join("pkg-1.0/README"), "hello\n").unwrap();
    fs::write(root.join("pkg-1.0/empty"), "").unwrap();
    fs::write(root.join("pkg-1.0/src/big"), vec![b'b'; 100_000]).unwrap();
    fs::write(root.join("pkg-1.0/src/configure"), "#!/bin/sh\n").unwrap();
    fs::set_permissions(
        root.join("pkg-1.0/src/configure"),
        fs::Permissions::from_mode(0o755),
    )
    .unwrap();
    fs::write(root.join("pkg-1.0/src/umlaut-\u{e9}"), "e").unwrap();
    std::os::unix::fs::symlink("../README", root.join("pkg-1.0/src/link")).unwrap();
}

fn long_names(root: &Path) {
    let long = "long-".repeat(30);
    fs::write(
        root.join("pkg-1.0/src").join(&long).join("name-".repeat(30)),
        "long",
    )
    .unwrap();
    std::os::unix::fs::symlink("target-".repeat(20), root.join("pkg-1.0/src/long-link")).unwrap();
    fs::hard_link(root.join("pkg-1.0/README"), root.join("pkg-1.0/src/zz-hard")).unwrap();
}

#[track_caller]
fn agrees(directory: &Path, bytes: &[u8], what: &str) {
    let tarball = tarvet_archive::read(bytes, None, &options(), None).unwrap();
    assert!(tarball.oddities.is_empty(), "{what}: {:#?}", tarball.oddities);
    assert!(tarball.manifest.members.len() > 5, "{what}");
    let ours = our_rows(&tarball);
    if oracle("python3") {
        assert_eq!(ours, python_rows(directory, bytes), "{what}");
    }
    for tool in ["tar", "bsdtar"] {
        if oracle(tool) {
            let listing = run(directory, tool, &["-tf", "-"], bytes);
            let theirs: Vec<_> = String::from_utf8(listing)
                .unwrap()
                .lines()
                .map(|line| line.trim_end_matches('/').to_owned())
                .collect();
            let theirs: Vec<_> = theirs.into_iter().map(|path| unescaped(&path)).collect();
            let paths: Vec<_> = ours.iter().map(|row| row.0.clone()).collect();
            assert_eq!(paths, theirs, "{what} by {tool}");
        }
    }
}

/// GNU tar lists bytes above 127 as octal escapes in some locales.
fn unescaped(path: &str) -> String {
    path.replace("\\303\\251", "\u{e9}")
}

#[test]
fn gnu_tar_in_all_its_formats() {
    if !oracle("tar") {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    tree(directory.path());
    for format in ["v7", "ustar"] {
        let arguments = [
            "--owner=0",
            "--group=0",
            "--format",
            format,
            "--exclude=long-*",
            "-cf",
            "-",
            "pkg-1.0",
        ];
        agrees(
            directory.path(),
            &run(directory.path(), "tar", &arguments, b""),
            format,
        );
    }
    long_names(directory.path());
    for format in ["gnu", "pax", "oldgnu"] {
        let arguments = ["--sort=name", "--format", format, "-cf", "-", "./pkg-1.0"];
        agrees(
            directory.path(),
            &run(directory.path(), "tar", &arguments, b""),
            format,
        );
        for compressor in ["-z", "-j", "-J", "--zstd"] {
            let arguments = [compressor, "--format", format, "-cf", "-", "pkg-1.0"];
            let bytes = run(directory.path(), "tar", &arguments, b"");
            quiet(&tarvet_archive::read(&bytes[..], None, &options(), None).unwrap());
        }
    }
}

#[test]
fn bsdtar_and_python() {
    let directory = tempfile::tempdir().unwrap();
    tree(directory.path());
    long_names(directory.path());
    if oracle("bsdtar") {
        for format in ["pax", "gnutar"] {
            let arguments = [
                "--no-xattrs",
                "--no-fflags",
                "--no-acls",
                "--format",
                format,
                "-cf",
                "-",
                "pkg-1.0",
            ];
            agrees(
                directory.path(),
                &run(directory.path(), "bsdtar", &arguments, b""),
                format,
            );
        }
    }
    if oracle("python3") {
        for format in ["PAX", "GNU"] {
            let script = format!(
                "import sys, tarfile\nt = tarfile.open(fileobj=sys.stdout.buffer, mode='w|', format=tarfile.{format}_FORMAT)\n\
                 t.add('pkg-1.0')\nt.close()"
            );
            agrees(
                directory.path(),
                &run(directory.path(), "python3", &["-c", &script], b""),
                format,
            );
        }
    }
}

fn git(directory: &Path, arguments: &[&str]) -> Vec<u8> {
    let identity = [
        "-c",
        "user.name=a",
        "-c",
        "user.email=a@b",
        "-c",
        "commit.gpgsign=false",
        "-c",
        "tar.umask=0022",
    ];
    run(directory, "git", &[&identity[..], arguments].concat(), b"")
}

#[test]
fn git_archive_and_blob_ids() {
    if !oracle("git") {
        return;
    }
    for (format, kind) in [("sha1", gix_hash::Kind::Sha1), ("sha256", gix_hash::Kind::Sha256)] {
        let directory = tempfile::tempdir().unwrap();
        tree(directory.path());
        long_names(directory.path());
        git(directory.path(), &["init", "-q", "--object-format", format]);
        git(directory.path(), &["add", "-A"]);
        git(directory.path(), &["commit", "-q", "-m", "x"]);
        let commit = String::from_utf8(git(directory.path(), &["rev-parse", "HEAD"])).unwrap();
        let bytes = git(directory.path(), &["archive", "--prefix=top/", "HEAD"]);
        agrees(directory.path(), &bytes, format);

        let options = tarvet_archive::Options {
            object_format: kind,
            ..options()
        };
        let tarball = tarvet_archive::read(&bytes[..], None, &options, None).unwrap();
        assert_eq!(tarball.pax_comments, [commit.trim()]);
        let tree = String::from_utf8(git(directory.path(), &["ls-tree", "-r", "-z", "HEAD"])).unwrap();
        let entries: Vec<_> = tree.split_terminator('\0').collect();
        assert!(entries.len() > 6);
        for entry in entries {
            let (facts, path) = entry.split_once('\t').unwrap();
            let id = facts.split(' ').nth(2).unwrap();
            let member = tarball
                .manifest
                .members
                .iter()
                .find(|member| member.path == format!("top/{path}"));
            assert_eq!(member.unwrap().blob.to_string(), id, "{path}");
        }
    }
}

//! dpkg-source builds the packages and unpacks them: what it lists is what we find, and what it refuses we refuse.

use super::super::*;
use crate::debian_dir::{Kind, Room, Root};
use std::process::{Command, Stdio};
use tarvet_archive::Limits;
use tempfile::TempDir;

/// A command in a closed environment, or None with a line that says so. `TARVET_REQUIRE_ORACLES=1` turns that into a
/// failure.
fn tool(name: &str, directory: &Path) -> Option<Command> {
    if Command::new(name)
        .arg("--version")
        .stdout(Stdio::null())
        .stdin(Stdio::null())
        .status()
        .is_err()
    {
        println!("skipped: {name} is not installed");
        assert!(
            std::env::var_os("TARVET_REQUIRE_ORACLES").is_none(),
            "{name} is required"
        );
        return None;
    }
    let mut command = Command::new(name);
    command
        .env_clear()
        .env(
            "PATH",
            "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        )
        .env("LC_ALL", "C")
        .env("HOME", directory)
        .current_dir(directory)
        .stdin(Stdio::null());
    Some(command)
}

fn run(name: &str, directory: &Path, arguments: &[&str]) -> Option<bool> {
    let mut command = tool(name, directory)?;
    let output = command.args(arguments).output().unwrap();
    Some(output.status.success())
}

fn put(root: &Path, name: &str, text: &str) {
    let path = root.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// The tree of foo with its packaging.
fn tree(directory: &Path, format: &str, version: &str) -> PathBuf {
    let tree = directory.join("foo");
    put(&tree, "main.c", "int main;\n");
    put(
        &tree,
        "debian/changelog",
        &format!(
            "foo ({version}) unstable; urgency=low\n\n  * New.\n\n -- A <a@example.org>  Mon, 01 Jan 2024 00:00:00 +0000\n"
        ),
    );
    put(
        &tree,
        "debian/control",
        "Source: foo\nMaintainer: A <a@example.org>\nVcs-Git: https://x/y -b main\n\nPackage: foo\nArchitecture: all\nDescription: x\n",
    );
    put(&tree, "debian/rules", "#!/usr/bin/make -f\n%:\n\tdh $@\n");
    put(&tree, "debian/upstream/metadata", "Repository: x\n");
    put(&tree, "debian/source/format", &format!("{format}\n"));
    tree
}

/// A package as dpkg-source builds it; None where there is no dpkg-source.
fn built(format: &str, version: &str) -> Option<TempDir> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path();
    let tree = tree(path, format, version);
    let quilt = format == "3.0 (quilt)";
    if version.contains('-') {
        put(path, "foo-1.0/main.c", "int main;\n");
        put(path, "sub/lib.c", "int lib;\n");
        let create = |name: &str, what: &str| assert!(run("tar", path, &["-caf", name, what]).unwrap());
        if quilt {
            create("foo_1.0.orig.tar.xz", "foo-1.0");
            create("foo_1.0.orig-sub.tar.gz", "sub");
            put(&tree, "sub/lib.c", "int lib;\n");
            put(
                path,
                "foo_1.0.orig.tar.xz.asc",
                "-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n",
            );
        } else {
            create("foo_1.0.orig.tar.gz", "foo-1.0");
        }
    }
    let built = run("dpkg-source", path, &["-b", "foo"])?;
    assert!(built, "dpkg-source -b {format}");
    std::fs::remove_dir_all(tree).unwrap();
    Some(dir)
}

/// Whether we take the package: no fault, and every file is the one that is listed.
fn accepted(dsc: &Path) -> bool {
    let package = find(dsc).unwrap();
    let Some(description) = package.dsc.filter(|_| package.faults.is_empty()) else {
        return false;
    };
    description.files.iter().all(|listed| {
        let file = File::open(dsc.parent().unwrap().join(&listed.name)).unwrap();
        crate::files::check("foo.dsc", listed, file).unwrap().1.is_empty()
    })
}

fn unpacks(directory: &Path, dsc: &str) -> Option<bool> {
    let done = run("dpkg-source", directory, &["-x", dsc, "out"])?;
    if done {
        std::fs::remove_dir_all(directory.join("out")).unwrap();
    }
    Some(done)
}

#[test]
fn what_dpkg_source_builds() {
    for (format, version, roles) in [
        ("1.0", "1.0", 1),
        ("1.0", "2:1.0-1", 2),
        ("3.0 (quilt)", "2:1.0-1", 4),
        ("3.0 (native)", "1:1.0~rc1", 1),
    ] {
        let Some(dir) = built(format, version) else { return };
        let package = find_only(dir.path());
        assert_eq!(package.faults, [], "{format}");
        assert_eq!(package.format.as_ref().map(Format::as_str), Some(format));
        assert_eq!(package.version.as_ref().map(Version::as_str), Some(version));
        assert_eq!(package.parts.roles().len(), roles, "{format}");
        assert_eq!(
            package
                .dsc
                .as_ref()
                .unwrap()
                .vcs_git
                .as_ref()
                .unwrap()
                .branch
                .as_deref(),
            Some("main")
        );
        let described = package.described.as_ref().unwrap();
        assert!(accepted(&described.path), "{format}");
        assert_eq!(unpacks(dir.path(), &described.name), Some(true));
    }
}

fn find_only(directory: &Path) -> Package {
    find(&only_dsc(directory).unwrap()).unwrap()
}

#[test]
fn debian_is_what_dpkg_source_unpacks() {
    for (format, version) in [("3.0 (quilt)", "1.0-1"), ("3.0 (native)", "1.0")] {
        let Some(dir) = built(format, version) else { return };
        let package = find_only(dir.path());
        let name = &package.described.as_ref().unwrap().name;
        assert!(run("dpkg-source", dir.path(), &["-x", name, "out"]).unwrap());
        let unpacked = DebianDir::from_directory(&dir.path().join("out"), Room::default()).unwrap();
        let (tarball, root) = match &package.parts.native {
            Some(native) => (native, Root::OneDirectory),
            None => (package.parts.debian.as_ref().unwrap(), Root::InPlace),
        };
        let file = File::open(dir.path().join(tarball)).unwrap();
        let packed =
            DebianDir::from_tarball(tarball, file, root, Limits::default(), Room::default()).unwrap();
        assert_eq!((packed.outside.len(), packed.faults.len()), (0, 0));
        let view = |debian: &DebianDir| -> Vec<_> {
            let files = debian
                .files
                .iter()
                .filter(|(_, file)| file.kind != Kind::Directory);
            files
                .map(|(path, file)| (path.clone(), file.kind, file.sha256, file.content.clone()))
                .collect()
        };
        assert_eq!(view(&packed), view(&unpacked), "{format}");
        // The unpacked tree is found again, with its .dsc.
        let again = find(&dir.path().join("out")).unwrap();
        assert_eq!(again.faults, []);
        assert_eq!((again.dsc, again.parts), (package.dsc, package.parts));
    }
}

type Change = (&'static str, fn(String) -> String);

const SIGNATURE: &str = "-----BEGIN PGP SIGNATURE-----\n\nabcd\n-----END PGP SIGNATURE-----\n";

fn signed(text: &str) -> String {
    format!("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n{text}{SIGNATURE}")
}

/// The first line of the list `name`, changed.
fn in_list(text: String, name: &str, change: impl Fn(&str) -> String) -> String {
    let (before, list) = text.split_once(&format!("{name}:\n")).unwrap();
    let (line, after) = list.split_once('\n').unwrap();
    format!("{before}{name}:\n{}\n{after}", change(line))
}

const CHANGES: [Change; 34] = [
    ("signed", |t| signed(&t)),
    ("blank lines before", |t| format!("\n\n{t}")),
    ("text before the block", |t| {
        format!("Source: evil\n\n{}", signed(&t))
    }),
    ("text after the block", |t| {
        format!("{}\nSource: evil\n", signed(&t))
    }),
    ("two blocks", |t| signed(&t) + &signed(&t)),
    ("field among the armor headers", |t| {
        signed(&t).replace("Hash: SHA512\n", "Hash: SHA512\nFormat: 1.0\n")
    }),
    ("dash-escaped field", |t| {
        signed(&t.replace("Source:", "- Source:"))
    }),
    ("dash-escaped extra", |t| signed(&format!("{t}- X: y\n"))),
    ("no end of the signature", |t| {
        signed(&t).replace("-----END PGP SIGNATURE-----\n", "")
    }),
    ("no signature", |t| signed(&t).replace(SIGNATURE, "")),
    ("blank line inside the block", |t| {
        signed(&t.replace("Version:", "\nVersion:"))
    }),
    ("form feed", |t| t.replace("Version:", "\x0cVersion:")),
    ("NUL", |t| t.replace("Version:", "\0Version:")),
    ("CR only", |t| t.replace('\n', "\r")),
    ("CR LF", |t| t.replace('\n', "\r\n")),
    ("two paragraphs", |t| t.replace("Version:", "\nVersion:")),
    ("duplicate field", |t| format!("{t}Source: foo\n")),
    ("duplicate field, other case", |t| format!("{t}sOURCE: foo\n")),
    ("no Source", |t| t.replace("Source: foo\n", "")),
    ("no Version", |t| t.replace("Version: 1.0-1\n", "")),
    ("no Files", |t| t.replace("\nFiles:\n", "\nXiles:\n")),
    ("bad version", |t| t.replace("Version: 1.0-1", "Version: 1.0_1-1")),
    ("other version", |t| t.replace("Version: 1.0-1", "Version: 1.1-1")),
    ("unknown format", |t| t.replace("3.0 (quilt)", "9.0 (evil)")),
    ("wrong format", |t| t.replace("3.0 (quilt)", "3.0 (native)")),
    ("size", |t| {
        in_list(t, "Files", |line| line.replace(" foo_", "0 foo_"))
    }),
    ("SHA-256", |t| {
        in_list(t, "Checksums-Sha256", |line| {
            format!(" {}{}", "0".repeat(64), &line[65..])
        })
    }),
    ("MD5", |t| {
        in_list(t, "\nFiles", |line| format!(" {}{}", "0".repeat(32), &line[33..]))
    }),
    ("slash", |t| {
        in_list(t, "\nFiles", |line| line.replace(" foo_", " ../foo_"))
    }),
    ("one file less", |t| in_list(t, "\nFiles", |_| String::new())),
    ("one file less everywhere", |t| {
        t.lines()
            .filter(|l| !l.ends_with("debian.tar.xz"))
            .map(|l| format!("{l}\n"))
            .collect()
    }),
    ("no tarball for the signature", |t| {
        t.lines()
            .filter(|l| !l.ends_with("orig.tar.xz"))
            .map(|l| format!("{l}\n"))
            .collect()
    }),
    ("conflicting digests", |t| {
        format!(
            "{}Checksums-Sha512:\n",
            in_list(t, "\nFiles", |line| format!(
                "{line}\n {}{}",
                "0".repeat(32),
                &line[33..]
            ))
        )
    }),
    ("garbage", |t| format!("{t}garbage\n")),
];

#[test]
fn what_dpkg_source_refuses_we_refuse() {
    let Some(dir) = built("3.0 (quilt)", "1.0-1") else {
        return;
    };
    let good = std::fs::read_to_string(dir.path().join("foo_1.0-1.dsc")).unwrap();
    let doctored = dir.path().join("foo.dsc");
    let (mut refused, mut stricter) = (0, Vec::new());
    for (what, change) in CHANGES {
        let text = change(good.clone());
        assert_ne!(text, good, "{what}");
        std::fs::write(&doctored, text).unwrap();
        match (unpacks(dir.path(), "foo.dsc").unwrap(), accepted(&doctored)) {
            (false, true) => panic!("{what}: dpkg-source refuses it, we do not"),
            (false, false) => refused += 1,
            (true, false) => stricter.push(what),
            (true, true) => {}
        }
    }
    assert!(refused > 12, "dpkg-source refused only {refused}");
    // What nobody who reads the signed text only may accept.
    for what in ["text after the block", "field among the armor headers"] {
        assert!(stricter.contains(&what), "{what}: {stricter:?}");
    }
    // And what is honest stays accepted.
    for what in ["signed", "blank lines before", "CR LF"] {
        assert!(!stricter.contains(&what), "{what}");
    }
}

#[test]
fn files_that_are_not_the_listed_ones() {
    let Some(dir) = built("3.0 (quilt)", "1.0-1") else {
        return;
    };
    let dsc = dir.path().join("foo_1.0-1.dsc");
    for name in [
        "foo_1.0.orig.tar.xz",
        "foo_1.0-1.debian.tar.xz",
        "foo_1.0.orig-sub.tar.gz",
    ] {
        let path = dir.path().join(name);
        let good = std::fs::read(&path).unwrap();
        for bad in [
            [&good[..], b"x"].concat(),
            good[1..].to_vec(),
            good.iter().map(|b| b ^ 1).collect(),
        ] {
            std::fs::write(&path, bad).unwrap();
            assert_eq!(
                (unpacks(dir.path(), "foo_1.0-1.dsc"), accepted(&dsc)),
                (Some(false), false),
                "{name}"
            );
        }
        std::fs::remove_file(&path).unwrap();
        assert_eq!(
            (unpacks(dir.path(), "foo_1.0-1.dsc"), accepted(&dsc)),
            (Some(false), false),
            "{name}"
        );
        std::fs::write(&path, good).unwrap();
    }
    assert!(accepted(&dsc));
}

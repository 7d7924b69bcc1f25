//! The real dpkg-source unpacks packages made on the spot: what it unpacks is what we say, and what it refuses we fault.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use bstr::{BString, ByteSlice};

use super::judge::Fake;
use crate::patches::*;

/// Can dpkg-source, patch and tar be run? With `TARVET_REQUIRE_ORACLES=1` a missing one fails the test.
fn available() -> bool {
    let runs = |tool: &str| {
        Command::new(tool)
            .arg("--version")
            .output()
            .is_ok_and(|out| out.status.success())
    };
    let missing = ["dpkg-source", "patch", "tar"]
        .into_iter()
        .find(|tool| !runs(tool));
    let Some(tool) = missing else { return true };
    assert!(
        std::env::var_os("TARVET_REQUIRE_ORACLES").is_none(),
        "{tool} cannot be run"
    );
    eprintln!("skipped: there is no {tool}");
    false
}

/// What upstream ships in each of the packages.
const UPSTREAM: &[(&str, &str)] = &[
    ("f", "a\nb\nc\n"),
    ("g", "x\n"),
    ("two words", "x\n"),
    ("bare", "a\nb"),
    ("crlf", "a\r\nb\r\nc\r\n"),
    ("long", "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n"),
    ("dir/h", "x\n"),
];

fn write(root: &Path, path: &str, contents: &[u8]) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, contents).unwrap();
}

fn tar(directory: &Path, archive: &Path, what: &str) {
    let mut command = Command::new("tar");
    command
        .arg("-C")
        .arg(directory)
        .arg("-czf")
        .arg(archive)
        .arg(what);
    assert!(command.status().unwrap().success());
}

/// Unpacks a package with these patches; the files outside of `debian/` with their contents, links as `-> target`.
/// `None` if dpkg-source refuses.
fn unpacked(patches: &[&str]) -> Option<BTreeMap<BString, Vec<u8>>> {
    let temp = tempfile::tempdir().unwrap();
    let root = temp.path();
    write(root, "deb/debian/source/format", b"3.0 (quilt)\n");
    for (path, text) in packaging(patches) {
        write(&root.join("deb"), &path, text.as_bytes());
    }
    tar(&root.join("deb"), &root.join("p_1-1.debian.tar.gz"), "debian");
    let mut files = extract(root, "3.0 (quilt)", "p_1-1.debian.tar.gz")?;
    files.retain(|path, _| !path.starts_with(b"debian/") && !path.starts_with(b".pc/"));
    Some(files)
}

/// The same in format 1.0, with `debian/`.
fn unpacked_v1(diff: &str) -> Option<BTreeMap<BString, Vec<u8>>> {
    let temp = tempfile::tempdir().unwrap();
    let root = temp.path();
    let file = fs::File::create(root.join("p_1-1.diff.gz")).unwrap();
    let mut gz = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
    std::io::Write::write_all(&mut gz, diff.as_bytes()).unwrap();
    gz.finish().unwrap();
    extract(root, "1.0", "p_1-1.diff.gz")
}

fn extract(root: &Path, format: &str, second: &str) -> Option<BTreeMap<BString, Vec<u8>>> {
    for (path, contents) in UPSTREAM {
        write(&root.join("orig/p-1"), path, contents.as_bytes());
    }
    std::os::unix::fs::symlink("dir", root.join("orig/p-1/link")).unwrap();
    tar(&root.join("orig"), &root.join("p_1.orig.tar.gz"), "p-1");
    let mut dsc = format!("Format: {format}\nSource: p\nVersion: 1-1\nBinary: p\nArchitecture: any\n");
    dsc.push_str("Maintainer: A <a@example.org>\nFiles:\n");
    for name in ["p_1.orig.tar.gz", second] {
        let size = fs::metadata(root.join(name)).unwrap().len();
        dsc.push_str(&format!(" {} {size} {name}\n", "0".repeat(32)));
    }
    fs::write(root.join("p_1-1.dsc"), dsc).unwrap();
    let mut command = Command::new("dpkg-source");
    command
        .current_dir(root)
        .args(["--no-check", "-x", "p_1-1.dsc", "out"]);
    if !command.output().unwrap().status.success() {
        return None;
    }
    let mut files = BTreeMap::new();
    collect(&root.join("out"), "", &mut files);
    Some(files)
}

fn collect(root: &Path, at: &str, into: &mut BTreeMap<BString, Vec<u8>>) {
    for entry in fs::read_dir(root.join(at)).unwrap() {
        let entry = entry.unwrap();
        let path = format!("{at}{}", entry.file_name().to_string_lossy());
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            collect(root, &format!("{path}/"), into);
        } else if kind.is_symlink() {
            let target = fs::read_link(entry.path()).unwrap();
            into.insert(path.into(), format!("-> {}", target.display()).into_bytes());
        } else {
            into.insert(path.into(), fs::read(entry.path()).unwrap());
        }
    }
}

/// `debian/patches` with the patches in order.
fn packaging(patches: &[&str]) -> Vec<(String, String)> {
    let mut series = String::new();
    let mut files = Vec::new();
    for (number, patch) in patches.iter().enumerate() {
        series.push_str(&format!("{number}.patch\n"));
        files.push((format!("debian/patches/{number}.patch"), (*patch).to_owned()));
    }
    files.push(("debian/patches/series".to_owned(), series));
    files
}

/// The same by us: the files afterwards, and the faults that mean dpkg-source may refuse. `None` if a patch does not
/// apply.
fn ours(patches: &[&str]) -> (Option<BTreeMap<BString, Vec<u8>>>, Vec<PatchFaultKind>) {
    let packaging = packaging(patches);
    let mut source = Fake::default();
    for (path, text) in &packaging {
        source
            .files
            .insert(path.as_str().into(), text.clone().into_bytes());
    }
    let mut files: BTreeMap<BString, Vec<u8>> = BTreeMap::new();
    for (path, contents) in UPSTREAM {
        source.nodes.insert((*path).into(), Node::File);
        files.insert((*path).into(), contents.as_bytes().to_vec());
    }
    source.nodes.insert("dir".into(), Node::Directory);
    source.nodes.insert("link".into(), Node::Symlink);
    files.insert("link".into(), b"-> dir".to_vec());
    let judgement = judge(&source, "debian");
    let kinds = judgement.faults.iter().map(|fault| fault.kind).collect();
    for (text, touches) in patches.iter().zip(&judgement.patches) {
        let parsed = parse(text.as_bytes());
        for (file, touched) in parsed.files.iter().zip(&touches.touched) {
            let from = touched.old_path.as_ref().unwrap_or(&touched.path);
            let Ok(mut new) = apply(files.get(from).map(Vec::as_slice), file) else {
                return (None, kinds);
            };
            if touched.change == Change::Rename {
                files.remove(from);
            }
            if touched.mode.is_some_and(|mode| mode & 0o170_000 == 0o120_000) {
                new = [b"-> ".as_slice(), &new].concat();
            }
            // Format 3.0 removes what is left empty.
            files.remove(&touched.path);
            if !new.is_empty() {
                files.insert(touched.path.clone(), new);
            }
        }
    }
    (Some(files), kinds)
}

/// dpkg-source unpacks these, and so do we, to the same files.
#[track_caller]
fn same(patches: &[&str]) -> Vec<PatchFaultKind> {
    let (files, kinds) = ours(patches);
    let theirs = unpacked(patches).unwrap_or_else(|| panic!("dpkg-source refuses {patches:?}"));
    assert_eq!(files.as_ref(), Some(&theirs), "{patches:?}");
    kinds
}

/// dpkg-source refuses these; we say so, or they do not apply.
#[track_caller]
fn refused(patches: &[&str]) {
    assert!(unpacked(patches).is_none(), "dpkg-source takes {patches:?}");
    let (files, kinds) = ours(patches);
    let told = kinds.iter().any(|kind| kind.level() == tarvet_core::Level::Error);
    assert!(files.is_none() || told, "{patches:?}: {kinds:?}");
}

const F: &str = "--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n";

#[test]
fn honest_patches() {
    if !available() {
        return;
    }
    for patches in [
        vec![F],
        vec!["Words\n---\n--- a/g\n+++ b/g\n@@ -1 +1 @@\n-x\n+y\n-- \n2.39\n"],
        vec![F, "--- a/f\n+++ b/f\n@@ -1,3 +1,4 @@\n a\n B\n+D\n c\n"],
        vec![
            "--- p.orig/f\t2020-01-01 00:00:00 +0000\n+++ p/f\t2020-01-02 00:00:00 +0000\n@@ -1,3 +1,2 @@\n a\n-b\n c\n",
        ],
        vec!["--- a/f.orig\n+++ b/f\n@@ -1,3 +1,2 @@\n a\n-b\n c\n"],
        vec!["--- a/two words\t2020\n+++ b/two words\t2020\n@@ -1 +1 @@\n-x\n+y\n"],
        vec!["--- /dev/null\n+++ b/new/deep/file\n@@ -0,0 +1,2 @@\n+a\n+b\n"],
        vec![
            "--- a/new\t1970-01-01 00:00:00 +0000\n+++ b/new\t2020-01-01 00:00:00 +0000\n@@ -0,0 +1 @@\n+a\n",
        ],
        vec!["--- a/g\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n"],
        vec!["--- a/g\n+++ b/g\n@@ -1 +0,0 @@\n-x\n"],
        vec!["--- a/bare\n+++ b/bare\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n"],
        vec!["--- a/g\n+++ b/g\n@@ -1 +1 @@\n-x\n+y\n\\ No newline at end of file\n"],
        vec!["--- a/crlf\n+++ b/crlf\n@@ -1,3 +1,3 @@\n a\r\n-b\r\n+B\r\n c\r\n"],
        vec!["--- a/f\r\n+++ b/f\r\n@@ -1,3 +1,3 @@\r\n a\r\n-b\r\n+B\r\n c\r\n"],
        vec![
            "--- a/long\n+++ b/long\n@@ -1,3 +1,4 @@\n 1\n+0\n 2\n 3\n@@ -9,4 +10,3 @@\n 9\n-10\n 11\n 12\n",
        ],
        vec!["--- a/long\n+++ b/long\n@@ -2,3 +2,3 @@\n 6\n-7\n+V\n 8\n"],
        vec!["--- a/f\n+++ b/f\n@@ -0,0 +1 @@\n+top\n"],
        vec!["--- a/f\n+++ b/f\n@@ -3,0 +4 @@\n+end\n"],
        vec!["diff --git a/g b/moved\nsimilarity index 100%\nrename from g\nrename to moved\n"],
        vec!["diff --git a/g b/copy\ncopy from g\ncopy to copy\n"],
        vec![
            "diff --git a/g b/moved\nrename from g\nrename to moved\n--- a/g\n+++ b/moved\n@@ -1 +1 @@\n-x\n+y\n",
        ],
        vec!["diff --git a/g b/g\nold mode 100644\nnew mode 100755\n"],
        vec!["diff --git a/e b/e\nnew file mode 100644\nindex 0000000..e69de29\n"],
        vec!["Index: f\n=====\n--- x/f\n+++ x/f\n@@ -1,3 +1,3 @@ fn\n a\n-b\n+B\n c\n"],
    ] {
        let kinds = same(&patches);
        let bad = kinds.iter().any(|kind| kind.level() == tarvet_core::Level::Error);
        assert!(!bad, "{patches:?}: {kinds:?}");
    }
}

#[test]
fn patches_that_dpkg_source_takes_and_we_name() {
    if !available() {
        return;
    }
    let link = "diff --git a/l b/l\nnew file mode 120000\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n+/etc\n\\ No newline\n";
    assert_eq!(same(&[link]), [PatchFaultKind::AddsSymlink]);
    let exec = "diff --git a/x b/x\nnew file mode 100755\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+q\n";
    assert_eq!(same(&[exec]), [PatchFaultKind::AddsExecutable]);
    let git = format!("{F}diff --git a/g b/.git/hooks/x\nrename from g\nrename to .git/hooks/x\n");
    assert_eq!(same(&[&git]), [PatchFaultKind::EscapesTree]);
}

/// What dpkg-source skips as words and GNU patch applies.
#[test]
fn hidden_diffs_are_named() {
    if !available() {
        return;
    }
    let hidden = format!("  --- a/g\n  +++ b/g\n  @@ -1 +1 @@\n  -x\n  +EVIL\n{F}");
    let theirs = unpacked(&[&hidden]).expect("dpkg-source refuses");
    assert_eq!(theirs[b"g".as_bstr()], b"EVIL\n");
    let (_, kinds) = ours(&[&hidden]);
    assert_eq!(kinds, [PatchFaultKind::Ambiguous]);
    let renames = format!("  diff --git a/g b/h\n  rename from g\n  rename to h\n  diff --git a/f b/f\n{F}");
    assert_eq!(same(&[&renames]), []);
}

#[test]
fn hostile_patches() {
    if !available() {
        return;
    }
    let link = "diff --git a/l b/l\nnew file mode 120000\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n+/etc\n\\ No newline\n";
    for patches in [
        vec!["--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n-a\n+A\n b\n c"],
        vec!["--- a/f\n+++ b/f\n@@ -3 +3,2 @@\n c\n+d"],
        vec!["only words\n"],
        vec!["--- a/../x\n+++ b/../x\n@@ -0,0 +1 @@\n+q\n"],
        vec!["--- a/dir/../../x\n+++ b/dir/../../x\n@@ -0,0 +1 @@\n+q\n"],
        vec!["diff --git a/g b/../g\nrename from g\nrename to ../g\n"],
        vec!["--- a/link/h\n+++ b/link/h\n@@ -1 +1 @@\n-x\n+y\n"],
        vec!["--- a/link\n+++ b/link\n@@ -1 +1 @@\n-x\n+y\n"],
        vec![link, "--- /dev/null\n+++ b/l/x\n@@ -0,0 +1 @@\n+q\n"],
        vec!["--- a/dir\n+++ b/dir\n@@ -0,0 +1 @@\n+q\n"],
        vec!["--- \"a/f\"\n+++ \"b/f\"\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n"],
        vec!["--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n a\n-x\n+B\n c\n"],
        vec!["--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n a\n-b\n+B\n"],
        vec!["--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+q\n"],
        vec!["--- a/f\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-a\n-b\n"],
        vec!["--- a/none\n+++ b/none\n@@ -1 +1 @@\n-x\n+y\n"],
        vec![F, F],
        vec![
            "diff --git a/b b/b\nnew file mode 100644\nindex 0..1\nGIT binary patch\nliteral 1\nIcmZPo000310RR91\n\n",
        ],
        vec!["--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n a\n b\n c\n"],
        vec!["--- a/f\n+++ b/f\n@@ -0,0 +0,0 @@\n"],
        vec!["--- a/f\n+++ b/f\n@@ -1,3 +1,5 @@\n a\n+p\n\\ No newline\n+q\n b\n c\n"],
        vec!["--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n"],
        vec!["--- a/f\n"],
        vec!["--- a/f\n+++ b/f\n"],
        vec!["--- f\n+++ f\n@@ -1 +1 @@\n-x\n+y\n"],
        vec!["--- a/f.dpkg-orig\n+++ b/f\n@@ -1,3 +1,2 @@\n a\n-b\n c\n"],
        vec!["--- /dev/null\n+++ /dev/null\n@@ -1 +1 @@\n-x\n+y\n"],
        vec!["@@ -1 +1 @@\n-x\n+y\n"],
        vec!["--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n*c\n"],
        vec!["--- a/f\n+++ b/f\n@@ -1,3 +99999999999999999999999999,3 @@\n a\n-b\n+B\n c\n"],
    ] {
        refused(&patches);
    }
}

#[test]
fn diffs_of_format_1() {
    if !available() {
        return;
    }
    let source = Fake::default();
    let make = |path: &str| format!("--- p-1.orig/{path}\n+++ p-1/{path}\n@@ -0,0 +1 @@\n+q\n");
    let again = "--- p-1.orig/debian/a\n+++ p-1/debian/a\n@@ -1 +1,2 @@\n q\n+r\n";
    let empty = "--- p-1.orig/debian/a\n+++ p-1/debian/a\n@@ -1 +0,0 @@\n-q\n";
    let remove = "--- p-1.orig/debian/a\n+++ /dev/null\n@@ -1 +0,0 @@\n-q\n";
    for diff in [
        make("debian/a") + &make("debian/b/c"),
        make("debian/a") + again,
        make("debian/a") + empty,
        make("debian/a") + remove,
    ] {
        let mut theirs = unpacked_v1(&diff).expect("dpkg-source refuses");
        theirs.retain(|path, _| path.starts_with(b"debian/"));
        let ours = v1::unpack(diff.as_bytes(), "p_1-1.diff.gz", &source);
        assert_eq!(ours.faults, [], "{diff}");
        assert_eq!(ours.debian, theirs, "{diff}");
    }
    for diff in [
        make("debian/../../x"),
        make("debian/a") + &make("debian/b").replace("+q\n", "*q\n"),
        again.to_owned(),
    ] {
        assert!(unpacked_v1(&diff).is_none(), "dpkg-source takes {diff}");
        assert!(
            !v1::unpack(diff.as_bytes(), "p_1-1.diff.gz", &source)
                .faults
                .is_empty(),
            "{diff}"
        );
    }
}

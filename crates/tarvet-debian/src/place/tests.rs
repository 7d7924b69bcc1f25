mod oracle;

use super::*;
use crate::dsc::FaultKind;
use tempfile::TempDir;

fn digest(bytes: &[u8]) -> (String, String, String) {
    use md5::Digest;
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    (
        hex(&md5::Md5::digest(bytes)),
        hex(&sha1::Sha1::digest(bytes)),
        hex(&sha2::Sha256::digest(bytes)),
    )
}

/// A directory with the files and a .dsc that lists them.
fn package(files: &[&str]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let (mut a, mut b, mut c) = (String::new(), String::new(), String::new());
    for name in files {
        std::fs::write(dir.path().join(name), name).unwrap();
        let (md5, sha1, sha256) = digest(name.as_bytes());
        a += &format!(" {md5} {} {name}\n", name.len());
        b += &format!(" {sha1} {} {name}\n", name.len());
        c += &format!(" {sha256} {} {name}\n", name.len());
    }
    let text = format!(
        "Format: 3.0 (quilt)\nSource: foo\nBinary: foo, foo-dev\nVersion: 1:1.0-1\nChecksums-Sha1:\n{b}Checksums-Sha256:\n{c}Files:\n{a}"
    );
    std::fs::write(dir.path().join("foo_1.0-1.dsc"), text).unwrap();
    dir
}

const FILES: [&str; 3] = [
    "foo_1.0.orig.tar.gz",
    "foo_1.0.orig.tar.gz.asc",
    "foo_1.0-1.debian.tar.xz",
];

fn kinds(package: &Package) -> Vec<FaultKind> {
    package.faults.iter().map(|fault| fault.kind).collect()
}

fn tree(dir: &TempDir, format: Option<&str>, changelog: &str) -> PathBuf {
    let tree = dir.path().join("foo");
    std::fs::create_dir_all(tree.join("debian/source")).unwrap();
    std::fs::write(tree.join("debian/changelog"), changelog).unwrap();
    if let Some(format) = format {
        std::fs::write(tree.join("debian/source/format"), format).unwrap();
    }
    tree
}

const CHANGELOG: &str = "foo (1:1.0-1) unstable; urgency=low\n";

#[test]
fn a_dsc_and_a_directory_with_one() {
    let dir = package(&FILES);
    let by_name = find(&dir.path().join("foo_1.0-1.dsc")).unwrap();
    assert_eq!(by_name.faults, []);
    assert_eq!(
        by_name.parts.orig.as_ref().unwrap().signature.as_deref(),
        Some(FILES[1])
    );
    assert_eq!(
        by_name.files[FILES[2]].as_deref(),
        Some(dir.path().join(FILES[2]).as_path())
    );
    assert_eq!(by_name.dsc.as_ref().unwrap().binary, ["foo", "foo-dev"]);
    assert_eq!(find(dir.path()).unwrap(), by_name);
    std::fs::copy(dir.path().join("foo_1.0-1.dsc"), dir.path().join("foo_1.0-2.dsc")).unwrap();
    assert!(matches!(find(dir.path()), Err(PlaceError::Several(_, 2, _))));
}

#[test]
fn what_is_missing_or_lies_beside() {
    let dir = package(&FILES);
    std::fs::remove_file(dir.path().join(FILES[0])).unwrap();
    std::fs::create_dir(dir.path().join(FILES[0])).unwrap();
    std::fs::write(dir.path().join("foo_1.0.orig.tar.xz"), "").unwrap();
    std::fs::write(dir.path().join("foo_1.0.orig-a.tar.xz.asc"), "").unwrap();
    std::fs::write(dir.path().join("foo_1.1.orig.tar.xz"), "").unwrap();
    let found = find(dir.path()).unwrap();
    assert_eq!(
        kinds(&found),
        [
            FaultKind::FileMissing,
            FaultKind::SignatureUnlisted,
            FaultKind::OrigUnlisted
        ]
    );
    assert_eq!(found.files[FILES[0]], None);
}

#[test]
fn a_malformed_dsc_is_found_and_faulty() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("x.dsc"), "\0").unwrap();
    let found = find(dir.path()).unwrap();
    assert_eq!(kinds(&found), [FaultKind::ClearsignFraming]);
    assert!(found.dsc.is_none() && found.described.is_some());
}

#[test]
fn changes_lead_to_the_dsc() {
    let dir = package(&FILES);
    let dsc = std::fs::read(dir.path().join("foo_1.0-1.dsc")).unwrap();
    let (md5, sha1, sha256) = digest(&dsc);
    let size = dsc.len();
    let text = format!(
        "Source: foo\nVersion: 1:1.0-1\nChecksums-Sha1:\n {sha1} {size} foo_1.0-1.dsc\nChecksums-Sha256:\n {sha256} {size} \
         foo_1.0-1.dsc\nFiles:\n {md5} {size} misc optional foo_1.0-1.dsc\n"
    );
    let changes = dir.path().join("foo_1.0-1_source.changes");
    std::fs::write(&changes, text).unwrap();
    let found = find(&changes).unwrap();
    assert_eq!(found.faults, []);
    assert!(found.dsc.is_some() && found.changes.is_some());
    std::fs::write(dir.path().join("foo_1.0-1.dsc"), [&dsc[..], b"\n"].concat()).unwrap();
    assert_eq!(kinds(&find(&changes).unwrap()), [FaultKind::DscChecksumMismatch]);
    std::fs::remove_file(dir.path().join("foo_1.0-1.dsc")).unwrap();
    assert_eq!(kinds(&find(&changes).unwrap()), [FaultKind::FileMissing]);
}

#[test]
fn a_tree_and_its_dsc() {
    let dir = package(&FILES);
    let tree = tree(&dir, Some("3.0 (quilt)\n"), CHANGELOG);
    let found = find(&tree).unwrap();
    assert_eq!(found.faults, []);
    assert_eq!(found.parts.orig.as_ref().unwrap().tarball, FILES[0]);
    assert!(found.dsc.is_some() && found.debian.is_some());
    std::fs::remove_file(dir.path().join("foo_1.0-1.dsc")).unwrap();
    let alone = find(&tree).unwrap();
    assert_eq!(alone.faults, []);
    assert_eq!(alone.parts.orig, found.parts.orig);
    assert!(alone.files[FILES[0]].is_some() && alone.dsc.is_none());
    std::fs::write(dir.path().join("foo_1.0.orig.tar.xz"), "").unwrap();
    assert!(kinds(&find(&tree).unwrap()).contains(&FaultKind::OrigDuplicate));
}

#[test]
fn a_tree_looks_further() {
    let dir = tempfile::tempdir().unwrap();
    let tree = tree(&dir, Some("3.0 (quilt)"), CHANGELOG);
    assert_eq!(kinds(&find(&tree).unwrap()), [FaultKind::OrigMissing]);
    for place in ["tarballs", "build-area"] {
        std::fs::create_dir(dir.path().join(place)).unwrap();
        let tarball = dir.path().join(place).join(FILES[0]);
        std::fs::write(&tarball, "").unwrap();
        let found = find(&tree).unwrap();
        assert_eq!(found.faults, []);
        assert_eq!(
            found.files[FILES[0]]
                .as_ref()
                .map(|path| path.parent().unwrap().file_name()),
            Some(Some(place.as_ref()))
        );
    }
}

#[test]
fn formats_of_trees() {
    let dir = tempfile::tempdir().unwrap();
    let native = tree(&dir, Some("3.0 (native)\n"), "foo (1.0) unstable; urgency=low\n");
    assert_eq!(find(&native).unwrap().faults, []);
    let dir = tempfile::tempdir().unwrap();
    let old = tree(&dir, None, "foo (1.0) unstable; urgency=low\n");
    let found = find(&old).unwrap();
    assert_eq!((found.faults.len(), found.format), (0, Some(Format::V1)));
    let dir = tempfile::tempdir().unwrap();
    let linked = tree(&dir, None, CHANGELOG);
    std::os::unix::fs::symlink("/etc/hostname", linked.join("debian/source/format")).unwrap();
    assert_eq!(kinds(&find(&linked).unwrap()), [FaultKind::UnknownFormat]);
    let dir = tempfile::tempdir().unwrap();
    let spoiled = tree(&dir, None, "x\n");
    assert_eq!(kinds(&find(&spoiled).unwrap()), [FaultKind::ChangelogMalformed]);
}

#[test]
fn no_package() {
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(find(dir.path()), Err(PlaceError::NoPackage(_))));
    assert!(matches!(
        find(&dir.path().join("gone")),
        Err(PlaceError::Io { .. })
    ));
    std::fs::write(dir.path().join("x.deb"), "").unwrap();
    let error = find(&dir.path().join("x.deb")).unwrap_err().to_string();
    assert!(error.contains("give a .dsc"), "{error}");
}

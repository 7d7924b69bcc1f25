use super::*;
use crate::dsc::ListedFile;
use proptest::prelude::*;

fn sorted(format: &str, version: &str, names: &[&str]) -> Result<Parts, Vec<FaultKind>> {
    let version = Version::parse(version).unwrap();
    let (parts, faults) = Parts::sort(
        "x.dsc",
        &Format::parse(format),
        "foo",
        &version,
        names.iter().copied(),
    );
    if faults.is_empty() {
        return Ok(parts);
    }
    Err(faults.into_iter().map(|fault| fault.kind).collect())
}

fn refused(format: &str, version: &str, names: &[&str], kind: FaultKind) {
    let faults = sorted(format, version, names).unwrap_err();
    assert!(faults.contains(&kind), "{names:?}: {faults:?}");
}

const DEBIAN: &str = "foo_1.0-1.debian.tar.xz";
const QUILT: &str = "3.0 (quilt)";

#[test]
fn quilt() {
    let names = [
        "foo_1.0.orig.tar.gz.asc",
        "foo_1.0.orig.tar.gz",
        "foo_1.0.orig-node-x.tar.xz",
        "foo_1.0.orig-node-x.tar.xz.asc",
        "foo_1.0.orig-b2.tar.bz2",
        DEBIAN,
    ];
    let parts = sorted(QUILT, "3:1.0-1", &names).unwrap();
    let orig = parts.orig.as_ref().unwrap();
    assert_eq!(
        (orig.tarball.as_str(), orig.signature.as_deref()),
        (names[1], Some(names[0]))
    );
    assert_eq!(parts.components["node-x"].signature.as_deref(), Some(names[3]));
    assert_eq!(parts.components["b2"].signature, None);
    assert_eq!(parts.debian.as_deref(), Some(DEBIAN));
    assert_eq!(parts.roles().len(), names.len());
}

#[test]
fn quilt_that_dpkg_refuses() {
    use FaultKind as K;
    let orig = "foo_1.0.orig.tar.gz";
    refused(QUILT, "1.0-1", &[DEBIAN], K::OrigMissing);
    refused(QUILT, "1.0-1", &[orig], K::PackagingMissing);
    refused(
        QUILT,
        "1.0-1",
        &[orig, "foo_1.0.orig.tar.xz", DEBIAN],
        K::OrigDuplicate,
    );
    refused(
        QUILT,
        "1.0-1",
        &[orig, DEBIAN, "foo_1.0-1.debian.tar.gz"],
        K::OrigDuplicate,
    );
    let component = ["foo_1.0.orig-a.tar.gz", "foo_1.0.orig-a.tar.xz"];
    refused(
        QUILT,
        "1.0-1",
        &[orig, component[0], component[1], DEBIAN],
        K::OrigDuplicate,
    );
    refused(
        QUILT,
        "1.0-1",
        &[orig, "foo_1.0.orig.tar.xz.asc", DEBIAN],
        K::SignatureWithoutTarball,
    );
    refused(
        QUILT,
        "1.0-1",
        &[orig, "foo_1.0.orig-a.tar.xz.asc", DEBIAN],
        K::SignatureWithoutTarball,
    );
    for name in [
        "foo_1.0.orig.tar.asc",
        "foo_1.0.orig.tar.zst",
        "foo_1.0.orig-a_b.tar.gz",
        "foo_1.0.orig-.tar.gz",
        "foo_1.0.orig.tar",
        "foo_1.0.tar.gz",
        "foo_1.0-1.tar.gz",
        "foo_1.0-1.diff.gz",
        "foo_1.1.orig.tar.gz",
        "bar_1.0.orig.tar.gz",
        "foo_1.0-1.orig.tar.gz",
        "foo_1.0.orig.tar.gz.sig",
        "evil",
        "foo_1.0-1.debian.tar.xz.asc",
    ] {
        refused(QUILT, "1.0-1", &[orig, name, DEBIAN], K::FileUnexpected);
    }
}

#[test]
fn native() {
    let format = "3.0 (native)";
    assert_eq!(
        sorted(format, "1:1.0", &["foo_1.0.tar.xz"])
            .unwrap()
            .native
            .as_deref(),
        Some("foo_1.0.tar.xz")
    );
    refused(format, "1.0", &[], FaultKind::PackagingMissing);
    refused(
        format,
        "1.0",
        &["foo_1.0.tar.xz", "foo_1.0.tar.gz"],
        FaultKind::OrigDuplicate,
    );
    refused(format, "1.0", &["foo_1.0.orig.tar.xz"], FaultKind::FileUnexpected);
    refused(
        format,
        "1.0",
        &["foo_1.0.tar.xz", "foo_1.0.tar.xz.asc"],
        FaultKind::FileUnexpected,
    );
    refused(
        format,
        "1.0-1",
        &["foo_1.0-1.tar.xz"],
        FaultKind::NativeWithRevision,
    );
}

#[test]
fn format_1_0() {
    let diff = "foo_1.0-1.diff.gz";
    let parts = sorted(
        "1.0",
        "1.0-1",
        &["foo_1.0.orig.tar.gz", diff, "foo_1.0.orig.tar.gz.asc"],
    )
    .unwrap();
    assert_eq!(parts.diff.as_deref(), Some(diff));
    assert!(parts.orig.unwrap().signature.is_some());
    assert!(
        sorted("1.0", "1.0", &["foo_1.0.tar.gz"])
            .unwrap()
            .native
            .is_some()
    );
    refused("1.0", "1.0-1", &[diff], FaultKind::OrigMissing);
    refused(
        "1.0",
        "1.0-1",
        &["foo_1.0-1.tar.gz", diff],
        FaultKind::OrigMissing,
    );
    refused(
        "1.0",
        "1.0-1",
        &["foo_1.0-1.tar.gz", "foo_1.0.orig.tar.gz"],
        FaultKind::OrigDuplicate,
    );
    refused(
        "1.0",
        "1.0-1",
        &["foo_1.0.orig.tar.xz", diff],
        FaultKind::FileUnexpected,
    );
    refused(
        "1.0",
        "1.0-1",
        &["foo_1.0.orig.tar.gz", "foo_1.0-1.debian.tar.gz"],
        FaultKind::FileUnexpected,
    );
    for other in ["2.0", "3.0 (git)", "3.1 (quilt)", "3.0", "", "1"] {
        refused(
            other,
            "1.0-1",
            &["foo_1.0.orig.tar.gz", diff],
            FaultKind::UnknownFormat,
        );
    }
}

const LISTED_ABC: &str = "900150983cd24fb0d6963f7d28e17f72";

fn abc() -> ListedFile {
    let (measured, _) = check("x", &empty(), &b"abc"[..]).unwrap();
    assert_eq!(
        measured
            .md5
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>(),
        LISTED_ABC
    );
    ListedFile {
        name: "foo".into(),
        size: measured.size,
        md5: measured.md5,
        sha1: Some(measured.sha1),
        sha256: Some(measured.sha256),
    }
}

fn empty() -> ListedFile {
    ListedFile {
        name: "foo".into(),
        size: 0,
        md5: [0; 16],
        sha1: None,
        sha256: None,
    }
}

#[test]
fn contents() {
    let good = abc();
    assert_eq!(check("x", &good, &b"abc"[..]).unwrap().1, []);
    let weak = ListedFile {
        sha1: None,
        sha256: None,
        ..good.clone()
    };
    assert_eq!(check("x", &weak, &b"abc"[..]).unwrap().1, []);
    for (listed, content, word) in [
        (good.clone(), &b"abd"[..], "SHA-256"),
        (good.clone(), b"ab", "3 bytes were expected, found 2"),
        (good.clone(), b"abcd", "found 4"),
        (
            ListedFile {
                sha1: Some([0; 20]),
                ..good.clone()
            },
            b"abc",
            "SHA-1",
        ),
        (
            ListedFile {
                md5: [0; 16],
                ..good.clone()
            },
            b"abc",
            "MD5",
        ),
        (weak, b"abd", "MD5"),
    ] {
        let faults = check("x.dsc", &listed, content).unwrap().1;
        assert_eq!(faults.len(), 1);
        assert_eq!(faults[0].kind, FaultKind::DscChecksumMismatch);
        assert!(faults[0].message.contains(word), "{faults:?}");
    }
}

proptest! {
    #[test]
    fn any_names(names in proptest::collection::vec("foo_1\\.0(-1)?(\\.orig|\\.debian|-a|\\.tar|\\.gz|\\.asc|\\.diff|.){0,4}", 0..5)) {
        for format in ["1.0", "3.0 (quilt)", "3.0 (native)"] {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let _ = sorted(format, "1.0-1", &names);
        }
    }
}

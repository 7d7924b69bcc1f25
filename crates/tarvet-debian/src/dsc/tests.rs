use super::*;
use proptest::prelude::*;

pub(super) const GOOD: &str = "\
Format: 3.0 (quilt)
Source: foo
Binary: foo, foo-dev
Version: 1.0-1
Homepage: https://foo.example/
Vcs-Git: https://salsa.example/foo.git -b debian/latest
Checksums-Sha1:
 da39a3ee5e6b4b0d3255bfef95601890afd80709 0 foo_1.0.orig.tar.gz
 da39a3ee5e6b4b0d3255bfef95601890afd80709 0 foo_1.0-1.debian.tar.xz
Checksums-Sha256:
 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 0 foo_1.0.orig.tar.gz
 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 0 foo_1.0-1.debian.tar.xz
Files:
 d41d8cd98f00b204e9800998ecf8427e 0 foo_1.0.orig.tar.gz
 d41d8cd98f00b204e9800998ecf8427e 0 foo_1.0-1.debian.tar.xz
";

fn read(text: &str) -> (Option<Dsc>, Vec<FaultKind>) {
    let reading = Dsc::read("foo.dsc", text.as_bytes());
    (
        reading.dsc,
        reading.faults.into_iter().map(|fault| fault.kind).collect(),
    )
}

#[test]
fn good() {
    let (dsc, faults) = read(GOOD);
    let dsc = dsc.unwrap();
    assert_eq!(faults, []);
    assert_eq!(
        (dsc.format.as_str(), dsc.source.as_str(), dsc.version.as_str()),
        ("3.0 (quilt)", "foo", "1.0-1")
    );
    assert_eq!(dsc.binary, ["foo", "foo-dev"]);
    assert_eq!(dsc.homepage.as_deref(), Some("https://foo.example/"));
    assert_eq!(
        dsc.vcs_git.as_ref().unwrap().branch.as_deref(),
        Some("debian/latest")
    );
    assert_eq!(dsc.files.len(), 2);
    assert!(dsc.file("foo_1.0.orig.tar.gz").unwrap().sha256.is_some());
}

#[test]
fn doctored() {
    use FaultKind as K;
    let (sha256, md5) = (
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "d41d8cd98f00b204e9800998ecf8427e",
    );
    let orig = "foo_1.0.orig.tar.gz";
    for (from, to, kind) in [
        (
            format!("{sha256} 0 {orig}"),
            format!("{sha256} 1 {orig}"),
            K::DscFilesDisagree,
        ),
        (
            format!("{md5} 0 {orig}"),
            format!("{md5} 1 {orig}"),
            K::DscFilesDisagree,
        ),
        (
            format!(" {sha256} 0 {orig}\n"),
            String::new(),
            K::DscFilesDisagree,
        ),
        (format!(" {md5} 0 {orig}\n"), String::new(), K::DscFilesDisagree),
        (
            format!("{sha256} 0 {orig}"),
            format!("{sha256} 0 ../{orig}"),
            K::FileNameUnsafe,
        ),
        (
            format!("{md5} 0 {orig}"),
            format!("{md5} 0 /etc/{orig}"),
            K::FileNameUnsafe,
        ),
        (
            format!("{md5} 0 {orig}"),
            format!("{md5} 0 .{orig}"),
            K::FileNameUnsafe,
        ),
        (
            format!(" {md5} 0 {orig}\n"),
            format!(" {md5} 0 {orig}\n {md5} 0 {orig}\n"),
            K::DscFilesDisagree,
        ),
        (md5.to_owned(), md5.to_uppercase(), K::DscMalformed),
        (
            format!("{md5} 0 {orig}"),
            format!("{md5} 00 {orig}"),
            K::DscMalformed,
        ),
        (
            format!("{md5} 0 {orig}"),
            format!("{md5} -1 {orig}"),
            K::DscMalformed,
        ),
        (
            format!("{md5} 0 {orig}"),
            format!("{md5} 99999999999999999999 {orig}"),
            K::DscMalformed,
        ),
        (
            format!("{md5} 0 {orig}"),
            format!("{md5} 0 {orig} x"),
            K::DscMalformed,
        ),
        ("Files:\n".into(), format!("Files: {md5} 0 x\n"), K::DscMalformed),
        ("Files:\n".into(), "Fyles:\n".into(), K::DscMalformed),
        ("Format: 3.0 (quilt)\n".into(), String::new(), K::DscMalformed),
        (
            "Source: foo\n".into(),
            "Source: foo (1.0)\n".into(),
            K::DscMalformed,
        ),
        ("Source: foo\n".into(), "Source: ../foo\n".into(), K::DscMalformed),
        ("Source: foo\n".into(), "Source: Foo\n".into(), K::DscMalformed),
        (
            "Source: foo\n".into(),
            "Source: foo\n bar\n".into(),
            K::DscMalformed,
        ),
        ("Version: 1.0-1\n".into(), "Version: x\n".into(), K::DscMalformed),
        ("Version: 1.0-1\n".into(), "Version:\n".into(), K::DscMalformed),
        (
            "Binary".into(),
            "sOURCE: bar\nBinary".into(),
            K::DscFieldDuplicate,
        ),
        ("Binary".into(), "\nBinary".into(), K::DscMalformed),
        ("Binary".into(), "# x\nBinary".into(), K::DscMalformed),
        ("Binary".into(), "x\x0cBinary".into(), K::ClearsignFraming),
    ] {
        let text = GOOD.replacen(&from, &to, 1);
        assert_ne!(text, GOOD, "{from}");
        let (dsc, faults) = read(&text);
        assert!(dsc.is_none(), "{to}");
        assert!(faults.contains(&kind), "{to}: {faults:?}");
    }
}

#[test]
fn cut_off_anywhere() {
    // The last line may lose its end.
    for length in 0..GOOD.len() - 1 {
        assert!(read(&GOOD[..length]).0.is_none(), "{length}");
    }
    assert!(read(&GOOD[..GOOD.len() - 1]).0.is_some());
}

#[test]
fn md5_alone_is_told() {
    let start = GOOD.find("Checksums-Sha1").unwrap();
    let end = GOOD.find("Files:").unwrap();
    let (dsc, faults) = read(&format!("{}{}", &GOOD[..start], &GOOD[end..]));
    assert!(dsc.unwrap().files[0].sha256.is_none());
    assert_eq!(faults, [FaultKind::DscWeakDigests]);
}

#[test]
fn faults_are_bounded() {
    let text = "x\n".repeat(100_000);
    assert!(Dsc::read("foo.dsc", text.as_bytes()).faults.len() <= 64);
    let long = "x".repeat(1 << 20);
    assert!(Dsc::read("foo.dsc", long.as_bytes()).faults[0].message.len() < 2000);
}

proptest! {
    #[test]
    fn never_panics_and_none_has_a_reason(at in 0..GOOD.len(), with in "[ -~\n]{0,4}", cut in 0usize..8) {
        let end = (at + cut).min(GOOD.len());
        let text = format!("{}{with}{}", &GOOD[..at], &GOOD[end..]);
        let (dsc, faults) = read(&text);
        prop_assert!(dsc.is_some() || !faults.is_empty());
    }
}

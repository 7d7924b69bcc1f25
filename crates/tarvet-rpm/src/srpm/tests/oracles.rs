//! What rpmbuild makes, and what rpm, rpm2cpio, cpio and the crate `rpm` say about it.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tarvet_archive::{Compression, Limits};
use tarvet_core::keyring::{Keyring, SignaturePolicy, SignatureState};

use super::{
    FaultKind, Srpm,
    bad::accepted_by_rpm,
    kinds,
    make::{Recipe, Value, text},
    oracle, read,
};

const SPEC: &str = "\
Name: hello
Epoch: 2
Version: 1.0~rc1
Release: 3
Summary: A test
License: MIT
Source0: https://example.org/hello-1.0.tar.gz
Source1: https://example.org/hello-1.0.tar.gz.asc
Patch0: fix.patch
BuildArch: noarch
%description
A test.
";

/// A place where rpmbuild works.
struct Build {
    place: tempfile::TempDir,
}

impl Build {
    fn new(spec: &str) -> Self {
        let place = tempfile::tempdir().unwrap();
        let sources = place.path().join("SOURCES");
        std::fs::create_dir(&sources).unwrap();
        // Larger than the buffers, and not compressible.
        let noise: Vec<u8> = (0..900_001_u32)
            .map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8)
            .collect();
        std::fs::write(sources.join("hello-1.0.tar.gz"), noise).unwrap();
        std::fs::write(sources.join("hello-1.0.tar.gz.asc"), "no signature").unwrap();
        std::fs::write(sources.join("fix.patch"), "").unwrap();
        std::fs::write(place.path().join("hello.spec"), spec).unwrap();
        Build { place }
    }

    /// The SRPM, compressed so.
    fn srpm(&self, payload: &str) -> PathBuf {
        let top = self.place.path();
        let out = top.join(payload);
        let status = Command::new("rpmbuild")
            .arg("-bs")
            .args(["--define", &format!("_topdir {}", top.display())])
            .args(["--define", &format!("_srcrpmdir {}", out.display())])
            .args(["--define", &format!("_source_payload {payload}")])
            .arg(top.join("hello.spec"))
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(status.success());
        let mut made = std::fs::read_dir(&out).unwrap();
        made.next().unwrap().unwrap().path()
    }
}

fn output(command: &mut Command) -> (bool, String) {
    let output = command.env("LC_ALL", "C").output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&text).into_owned(),
    )
}

fn query(path: &Path, format: &str) -> String {
    let arguments = ["-qp", "--nosignature", "--qf", format];
    let (good, text) = output(Command::new("rpm").args(arguments).arg(path));
    assert!(good, "{text}");
    text
}

#[test]
fn every_compression_that_rpmbuild_knows() {
    if !oracle("rpmbuild") || !oracle("cpio") {
        return;
    }
    let build = Build::new(SPEC);
    for (payload, compression) in [
        ("w9.gzdio", Some(Compression::Gzip)),
        ("w9.bzdio", Some(Compression::Bzip2)),
        ("w6.xzdio", Some(Compression::Xz)),
        ("w6.lzdio", Some(Compression::Lzma)),
        ("w19.zstdio", Some(Compression::Zstd)),
        ("w.ufdio", None),
    ] {
        let path = build.srpm(payload);
        let bytes = std::fs::read(&path).unwrap();
        let (seen, read) = read(&bytes);
        assert_eq!(read.faults, [], "{payload}");
        assert_eq!(read.facts.compression, compression, "{payload}");
        assert_eq!(read.matched, 4);

        let facts = &read.facts;
        let nevr = query(&path, "%{NAME}-%{EPOCH}:%{VERSION}-%{RELEASE}");
        assert_eq!(facts.nevr(), nevr);
        let files: String = facts
            .files
            .iter()
            .map(|file| {
                let digest = file.digest.as_ref().unwrap().hex();
                format!(
                    "{} {} {} {} {digest}\n",
                    file.name, file.size, file.mode, file.flags
                )
            })
            .collect();
        let format = "[%{BASENAMES} %{FILESIZES} %{FILEMODES} %{FILEFLAGS} %{FILEDIGESTS}\n]";
        assert_eq!(files, query(&path, format), "{payload}");
        let lines =
            |names: &[bstr::BString]| names.iter().map(|name| format!("{name}\n")).collect::<String>();
        assert_eq!(lines(&facts.sources), query(&path, "[%{SOURCE}\n]"));
        assert_eq!(lines(&facts.patches), query(&path, "[%{PATCH}\n]"));

        let script = "rpm2cpio \"$1\" | cpio --list --quiet";
        let (_, listed) = output(Command::new("sh").args(["-c", script, "sh"]).arg(&path));
        let names: Vec<_> = seen.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(listed.lines().collect::<Vec<_>>(), names, "{payload}");
        for (name, content) in &seen {
            let original = match name.as_str() {
                "hello.spec" => build.place.path().join(name),
                _ => build.place.path().join("SOURCES").join(name),
            };
            assert_eq!(content, &std::fs::read(original).unwrap(), "{name}");
        }

        let other = rpm::PackageMetadata::parse(&mut &bytes[..]).unwrap();
        assert!(other.is_source_package());
        let srpm = Srpm::open(&bytes[..]).unwrap();
        assert_eq!(other.header_bytes().unwrap(), srpm.header_bytes());
        assert_eq!(srpm.signatures(), []);

        // And cut where the payload is.
        let start = srpm.header_offset() as usize + srpm.header_bytes().len();
        for cut in (start..bytes.len()).step_by(77_777) {
            assert!(!super::read(&bytes[..cut]).1.is_sound(), "{payload} cut at {cut}");
        }
    }
}

#[test]
fn a_nosource_package() {
    if !oracle("rpmbuild") {
        return;
    }
    let spec = SPEC.replace("Patch0", "NoSource: 0\nPatch0");
    let path = Build::new(&spec).srpm_at("w9.gzdio");
    let (_, payload) = read(&path.1);
    assert_eq!(payload.faults, []);
    assert_eq!(payload.matched, 3);
    let absent = payload.facts.files.iter().filter(|file| file.is_absent());
    assert_eq!(
        absent.map(|file| file.name.to_string()).collect::<Vec<_>>(),
        ["hello-1.0.tar.gz"]
    );
}

impl Build {
    /// Keeps the place until the bytes were read.
    fn srpm_at(self, payload: &str) -> (Self, Vec<u8>) {
        let bytes = std::fs::read(self.srpm(payload)).unwrap();
        (self, bytes)
    }
}

/// Several streams in a payload: what zlib joins and bzip2 does not.
#[test]
fn a_payload_of_two_streams() {
    if !oracle("rpmbuild") {
        return;
    }
    for (payload, empty) in [
        (
            "w9.gzdio",
            b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x03\0\0\0\0\0\0\0\0\0".as_slice(),
        ),
        ("w9.bzdio", b"BZh9\x17\x72\x45\x38\x50\x90\0\0\0\0"),
    ] {
        let (_, mut bytes) = Build::new(SPEC).srpm_at(payload);
        bytes.extend_from_slice(empty);
        let kinds = kinds(&bytes);
        let trailing = FaultKind::Payload(crate::cpio::FaultKind::TrailingData);
        assert!(kinds.contains(&trailing), "{payload}: {kinds:?}");
    }
}

/// Why all this: `rpm -K` is content with every one of them.
#[test]
fn rpm_accepts_what_we_do_not() {
    if !oracle("rpm") {
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("x.src.rpm");
    let mut packages = accepted_by_rpm();
    packages.push(("honest", Recipe::hello().make(), FaultKind::Malformed));
    for (name, bytes, expected) in packages {
        std::fs::write(&path, &bytes).unwrap();
        let (good, text) = output(Command::new("rpm").args(["-K", "--nosignature"]).arg(&path));
        assert!(good && text.contains("digests OK"), "{name}: {text}");
        assert_eq!(kinds(&bytes).contains(&expected), name != "honest", "{name}");
    }
}

/// Where rpm says that a header is bad, so do we.
#[test]
fn rpm_refuses_what_we_refuse() {
    if !oracle("rpm") {
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("x.src.rpm");
    let mut wrong_digest = Recipe::hello();
    wrong_digest.signature.push((273, text(&"0".repeat(64))));
    let mut wrong_payload = Recipe::hello();
    // Both: one that holds is enough for rpm.
    for tag in [5092, 5097] {
        wrong_payload.set(tag, Value::Texts(vec!["0".repeat(64)]));
    }
    let mut cut = Recipe::hello().make();
    cut.truncate(cut.len() - 30);
    for (name, bytes) in [
        ("header", wrong_digest.make()),
        ("payload", wrong_payload.make()),
        ("cut", cut),
    ] {
        std::fs::write(&path, &bytes).unwrap();
        let (good, text) = output(Command::new("rpm").args(["-K", "--nosignature"]).arg(&path));
        assert!(!good, "{name}: {text}");
        assert!(!read(&bytes).1.is_sound());
    }
}

/// rpmsign signs, and our own keyring judges what it signed.
#[test]
fn a_signed_package() {
    if !oracle("rpmbuild") || !oracle("rpmsign") || !oracle("gpg") {
        return;
    }
    let build = Build::new(SPEC);
    let path = build.srpm("w9.gzdio");
    let home = build.place.path().join("gnupg");
    std::fs::create_dir(&home).unwrap();
    let gpg = |arguments: &[&str]| {
        let output = Command::new("gpg")
            .args(["--batch", "--quiet", "--homedir"])
            .arg(&home)
            .args(["--pinentry-mode", "loopback", "--passphrase", ""])
            .args(arguments)
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        output.stdout
    };
    gpg(&[
        "--quick-generate-key",
        "packager@example.org",
        "rsa3072",
        "sign",
        "never",
    ]);
    let certificate = gpg(&["--export", "packager@example.org"]);
    let (_, program) = output(Command::new("sh").args(["-c", "command -v gpg"]));
    let signing = Command::new("rpmsign")
        .args(["--define", &format!("__gpg {}", program.trim())])
        .args(["--define", &format!("_gpg_path {}", home.display())])
        .args(["--define", "_gpg_name packager@example.org"])
        .args([
            "--define",
            "_gpg_sign_cmd_extra_args --batch --pinentry-mode loopback",
        ])
        .arg("--addsign")
        .arg(&path)
        .env("GNUPGHOME", &home)
        .output()
        .unwrap();
    assert!(
        signing.status.success(),
        "{}",
        String::from_utf8_lossy(&signing.stderr)
    );

    let bytes = std::fs::read(&path).unwrap();
    assert_eq!(read(&bytes).1.faults, []);
    let srpm = Srpm::open(&bytes[..]).unwrap();
    assert!(!srpm.signatures().is_empty());
    let state = |srpm: &Srpm<&[u8]>, keyring: &Keyring| {
        let policy = SignaturePolicy::strict("2040-01-01T00:00:00Z".parse().unwrap());
        let reports = srpm.judge_signatures(keyring, &policy, "hello.src.rpm").unwrap();
        reports.into_iter().map(|report| report.state).collect::<Vec<_>>()
    };
    let mut keyring = Keyring::new();
    assert_eq!(state(&srpm, &keyring), [SignatureState::UnknownSigner]);
    keyring.add("packager.asc", &certificate).unwrap();
    assert_eq!(state(&srpm, &keyring), [SignatureState::Good]);

    // Another Release, and all digests right again.
    let mut forged = bytes.clone();
    let start = srpm.header_offset() as usize;
    let at = start + bstr::ByteSlice::find(&bytes[start..], b"1.0~rc1\0").unwrap();
    forged[at] = b'7';
    let forged = Srpm::open(&forged[..]).unwrap();
    assert_eq!(forged.facts().version, "7.0~rc1");
    assert_eq!(state(&forged, &keyring), [SignatureState::Bad]);
    let limits = Limits::default();
    assert!(!forged.read_payload(&limits, |_, _| Ok(())).unwrap().is_sound());
}

//! THREATS.md S1 to S6, and what only looks like them. Fixtures are OpenSSH's own (`fixtures/ssh/make.sh`).

use super::SignatureState as S;
use super::*;
use base64::Engine;
use tarvet_testkit::people::{SecurityKey, SshPerson};

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("fixtures/ssh/", $name)).as_slice()
    };
}

/// Alice's tag says 2023-11-14.
const CLAIMED: i64 = 1_700_000_000;

fn alice() -> SshPerson {
    SshPerson::new(1, "alice")
}

fn tag_at(keyring: &Keyring, signature: &[u8], claimed: i64) -> SignatureReport {
    let claimed = Timestamp::from_second(claimed).unwrap();
    let mut reports = verify_object(
        keyring,
        &strict(),
        SignedThing::Tag,
        TAG,
        signature,
        Some(claimed),
    );
    assert_eq!(reports.len(), 1, "{reports:#?}");
    reports.remove(0)
}

fn tag(keyring: &Keyring, signature: &[u8]) -> SignatureReport {
    tag_at(keyring, signature, CLAIMED)
}

#[test]
fn a_good_signature_says_that_its_time_is_a_claim() {
    let report = tag(&keyring(&[alice().public()]), &alice().sign("git", TAG));
    expect(&report, S::Good, "no time of their own");
    assert_eq!(report.scheme, Scheme::Ssh);
    assert!(
        report
            .fingerprint
            .as_ref()
            .is_some_and(|f| f.starts_with("SHA256:")),
        "{report:?}"
    );
    assert_eq!(report.user_id.as_deref(), Some("alice"));
    assert_eq!(report.algorithm, "ssh-ed25519, SHA-512");
    assert_eq!(report.time.map(|t| t.as_second()), Some(CLAIMED));
    let report = tag(
        &keyring(&[alice().public()]),
        &alice().sign("git", b"another tag"),
    );
    expect(&report, S::Bad, "checksum");
}

#[test]
fn detached_signatures_cover_the_tarball_or_the_tar() {
    let keyring = keyring(&[format!("alice@example.org {}\n", alice().public())]);
    let report = one(&keyring, &alice().sign("file", DATA));
    expect(&report, S::Good, "carry no time");
    assert_eq!(report.over, SignedThing::Tarball);
    let report = one(&keyring, &alice().sign("file", TAR));
    expect(&report, S::Good, "");
    assert_eq!(report.over, SignedThing::Tar);
    expect(&one(&keyring, &alice().sign("file", b"else")), S::Bad, "checksum");
}

#[test]
fn every_key_type_of_openssh_verifies() {
    for (key, signature, algorithm) in [
        (
            fixture!("ecdsa-256.pub"),
            fixture!("ecdsa-256.sig"),
            "ecdsa-sha2-nistp256, SHA-512",
        ),
        (
            fixture!("ecdsa-384.pub"),
            fixture!("ecdsa-384.sig"),
            "ecdsa-sha2-nistp384, SHA-512",
        ),
        (
            fixture!("ecdsa-521.pub"),
            fixture!("ecdsa-521.sig"),
            "ecdsa-sha2-nistp521, SHA-512",
        ),
        (
            fixture!("rsa-2048.pub"),
            fixture!("rsa-2048.sig"),
            "RSA-2048, SHA-512",
        ),
    ] {
        let report = one(&keyring(&[key]), signature);
        expect(&report, S::Good, "");
        assert_eq!(report.algorithm, algorithm);
    }
}

/// S1.
#[test]
fn s1_an_unlisted_key_is_unknown() {
    let report = tag(
        &keyring(&[alice().public()]),
        &SshPerson::new(2, "alice").sign("git", TAG),
    );
    expect(&report, S::UnknownSigner, "no allowed signer's key");
    assert!(report.fingerprint.is_none() && report.issuer_hint.is_some());
}

/// S2.
#[test]
fn s2_the_namespace_must_be_right_and_allowed() {
    let plain = keyring(&[alice().public()]);
    expect(
        &tag(&plain, &alice().sign("file", TAG)),
        S::Bad,
        "namespace \"file\"",
    );
    expect(
        &one(&plain, &alice().sign("git", DATA)),
        S::Bad,
        "namespace \"git\"",
    );
    let only = |namespaces: &str| {
        keyring(&[format!(
            "alice@example.org namespaces=\"{namespaces}\" {}",
            alice().public()
        )])
    };
    expect(
        &tag(&only("file"), &alice().sign("git", TAG)),
        S::Bad,
        "does not allow",
    );
    expect(&tag(&only("file,git"), &alice().sign("git", TAG)), S::Good, "");
    expect(
        &tag(&only("*,!git"), &alice().sign("git", TAG)),
        S::Bad,
        "does not allow",
    );
    // A blob that names "git" over a signature made for "file".
    let blob = String::from_utf8(alice().sign("abc", TAG)).unwrap();
    let forged = edit(blob.as_bytes(), |bytes| {
        let at = bytes.windows(3).position(|w| w == b"abc").unwrap();
        bytes[at..at + 3].copy_from_slice(b"git");
    });
    expect(&tag(&plain, &forged), S::Bad, "checksum");
}

/// Takes the armor off, changes the blob, and puts it on again.
fn edit(armored: &[u8], change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let text = std::str::from_utf8(armored).unwrap();
    let body: String = text.lines().filter(|line| !line.starts_with("-----")).collect();
    let engine = base64::engine::general_purpose::STANDARD;
    let mut bytes = engine.decode(body).unwrap();
    change(&mut bytes);
    let body = engine.encode(bytes);
    format!("-----BEGIN SSH SIGNATURE-----\n{body}\n-----END SSH SIGNATURE-----\n").into_bytes()
}

/// S3: windows are enforced against the claimed time.
#[test]
fn s3_validity_windows() {
    let line = |options: &str| keyring(&[format!("alice@example.org {options} {}", alice().public())]);
    let signature = alice().sign("git", TAG);
    let judge = |options: &str| tag(&line(options), &signature);
    expect(
        &judge("valid-after=\"20231001\",valid-before=\"20231201Z\""),
        S::Good,
        "",
    );
    expect(
        &judge("valid-before=\"20231101\""),
        S::CertificateExpiredAtSigning,
        "until 2023-11-01 (UTC)",
    );
    expect(&judge("valid-after=20231201"), S::Bad, "from 2023-12-01 (UTC)");
    expect(&judge("valid-after=\"202311142213\""), S::Good, "");
    expect(&judge("valid-after=\"20231114221321Z\""), S::Bad, "");
    expect(
        &tag_at(&line(""), &signature, 4_000_000_000),
        S::Bad,
        "in the future",
    );
}

/// S3: principals, compared with the tagger's address.
#[test]
fn s3_principals() {
    let judge = |principals: &str| {
        let keyring = keyring(&[format!("{principals} {}", alice().public())]);
        tag(&keyring, &alice().sign("git", TAG))
    };
    let agrees = judge("*@example.org");
    expect(&agrees, S::Good, "");
    assert!(agrees.advice.is_none());
    let differs = judge("release@example.org");
    expect(&differs, S::Good, "the object names alice@example.org");
    assert!(differs.advice.is_some());
    expect(&judge("*,!alice@example.org"), S::UnknownSigner, "excludes");
    assert!(
        Keyring::new()
            .add("signers", format!("!alice {}", alice().public()).as_bytes())
            .is_err()
    );
}

/// S3: commented lines allow nobody, malformed ones are noted, quoted options are read.
#[test]
fn s3_lines() {
    let key = alice().public();
    let file = format!(
        "# alice {key}\n\"alice@example.org,b\" namespaces=\"git,file\",valid-after=\"20200101\" {key}\n\
         bob ssh-ed25519 AAAA\nbob namespaces=\"git {key}\nbob no-such-option {key}\n"
    );
    let mut keyring = Keyring::new();
    keyring.add("signers", file.as_bytes()).unwrap();
    assert_eq!(keyring.entries().len(), 1);
    assert_eq!(keyring.entries()[0].identities, ["alice@example.org,b"]);
    let notes: Vec<_> = keyring.notes().iter().map(|note| note.text.as_str()).collect();
    assert_eq!(notes.len(), 3, "{notes:?}");
    assert!(notes[0].starts_with("line 3 skipped"), "{notes:?}");
    expect(&tag(&keyring, &alice().sign("git", TAG)), S::Good, "");
}

/// S3: an authority certifies and does not sign.
#[test]
fn s3_certificates() {
    let authority = String::from_utf8(fixture!("authority.pub").to_vec()).unwrap();
    let listed = keyring(&[format!(
        "*@example.org cert-authority,namespaces=\"git\" {authority}"
    )]);
    let good = tag(&listed, fixture!("certified-alice.sig"));
    expect(&good, S::Good, "");
    assert!(good.signing_key.is_some());
    expect(
        &tag(&listed, fixture!("authority.sig")),
        S::UnknownSigner,
        "certify others",
    );
    expect(
        &tag(&listed, fixture!("certified-mallory.sig")),
        S::Bad,
        "no principal",
    );
    expect(
        &tag(&listed, fixture!("certified-nobody.sig")),
        S::Bad,
        "no principal",
    );
    expect(&tag(&listed, fixture!("certified-host.sig")), S::Bad, "host");
    expect(
        &tag(&listed, fixture!("certified-limited.sig")),
        S::Bad,
        "critical options",
    );
    expect(
        &tag_at(&listed, fixture!("certified-alice.sig"), 1_750_000_000),
        S::Bad,
        "not valid",
    );
    // The same key without cert-authority: the certificate counts for nothing.
    let plain = keyring(&[format!("*@example.org {authority}")]);
    expect(
        &tag(&plain, fixture!("certified-alice.sig")),
        S::UnknownSigner,
        "",
    );
    expect(&tag(&plain, fixture!("authority.sig")), S::Good, "");
}

/// S4.
#[test]
fn s4_weak_algorithms_and_untouched_tokens() {
    let rsa = keyring(&[fixture!("rsa-2048.pub")]);
    let sha1 = edit(fixture!("rsa-2048.sig"), |bytes| {
        let name = b"\0\0\0\x0crsa-sha2-512";
        let at = bytes.windows(name.len()).position(|w| w == name).unwrap();
        bytes.splice(at..at + name.len(), *b"\0\0\0\x07ssh-rsa");
        bytes[at - 1] -= 5;
    });
    expect(&one(&rsa, &sha1), S::Weak, "SHA-1");
    expect(
        &one(&keyring(&[fixture!("rsa-1024.pub")]), fixture!("rsa-1024.sig")),
        S::Weak,
        "1024 bits",
    );
    let md5 = edit(&alice().sign("git", TAG), |bytes| {
        let at = bytes.windows(6).rposition(|w| w == b"sha512").unwrap();
        bytes[at..at + 6].copy_from_slice(b"sha1xx");
    });
    expect(&tag(&keyring(&[alice().public()]), &md5), S::Weak, "sha1xx");
    let token = SecurityKey::new(3);
    let keyring = keyring(&[token.public()]);
    expect(&tag(&keyring, &token.sign("git", TAG, 1)), S::Good, "");
    expect(&tag(&keyring, &token.sign("git", TAG, 5)), S::Good, "");
    expect(
        &tag(&keyring, &token.sign("git", TAG, 0)),
        S::Weak,
        "without anybody touching",
    );
    expect(
        &tag(&keyring, &token.sign("git", TAG, 4)),
        S::Weak,
        "without anybody touching",
    );
}

#[test]
fn damaged_signatures_are_malformed() {
    let keyring = keyring(&[alice().public()]);
    let good = alice().sign("git", TAG);
    expect(&tag(&keyring, &good[..good.len() / 2]), S::Malformed, "damaged");
    let longer = edit(&good, |bytes| bytes.push(0));
    expect(&tag(&keyring, &longer), S::Malformed, "damaged");
    let newer = edit(&good, |bytes| bytes[9] = 2);
    expect(&tag(&keyring, &newer), S::Unsupported, "version 2");
}

/// What cannot be verified here is not called bad.
#[test]
fn very_large_rsa_keys_are_unsupported() {
    expect(
        &one(&keyring(&[fixture!("rsa-5120.pub")]), fixture!("rsa-5120.sig")),
        S::Unsupported,
        "4096 bits",
    );
}

#[test]
fn windows_of_detached_signatures_are_judged_today() {
    let file = |options: &str| keyring(&[format!("alice {options} {}", alice().public())]);
    let signature = alice().sign("file", DATA);
    expect(
        &one(&file("valid-before=\"20250101Z\""), &signature),
        S::CertificateExpiredAtSigning,
        "today is 2026-01-01",
    );
    expect(&one(&file("valid-before=\"20270101Z\""), &signature), S::Good, "");
}

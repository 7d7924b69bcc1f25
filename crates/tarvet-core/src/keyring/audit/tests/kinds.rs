//! Kinds of certificates and keys, each by name, and files that are none.

use super::*;
use tarvet_testkit::people::SecurityKey;

/// Made with gpg 2.2 as of 2020-01-02; the secret key is gone.
const DSA_1024: &[u8] = include_bytes!("dsa-1024.asc");

#[test]
fn version_6_certificates() {
    use tarvet_testkit::people::sequoia::{Profile, cert::CertBuilder, serialize::SerializeInto};
    let (cert, _) = CertBuilder::new()
        .set_profile(Profile::RFC9580)
        .unwrap()
        .set_creation_time(day("2020-01-01"))
        .add_userid("Six <six@example.org>")
        .add_signing_subkey()
        .generate()
        .unwrap();
    let secret = cert.as_tsk().armored().to_vec().unwrap();
    let file = cert.strip_secret_key_material().armored().to_vec().unwrap();
    let audit = audited(&file);
    let held = &audit.certificates[0];
    assert_eq!(held.fingerprint.len(), 64, "SHA-256, in full");
    assert_eq!(held.name(), "Six <six@example.org>");
    assert_eq!(held.keys.len(), 2, "{held:#?}");
    assert_eq!(held.standing, Standing::CanSign, "{held:#?}");
    assert!(held.keys[1].signs_now);
    let mut keyring = Keyring::new();
    keyring.add("six", &file).unwrap();
    assert_eq!(keyring.entries()[0].fingerprint, held.fingerprint);
    assert!(codes(&audited(&secret)).contains(&"keyring-secret-key-inside"));
}

#[test]
fn dsa_1024_is_weak() {
    let audit = audited(DSA_1024);
    let held = &audit.certificates[0];
    assert_eq!(held.fingerprint, "5105D17EDC0A7A3EDB3655E3A3961ECB9510BC9A");
    assert_eq!(held.keys[0].algorithm, "DSA-1024");
    assert!(held.keys[0].weak);
    assert_ne!(held.standing, Standing::CanSign);
    assert!(codes(&audit).contains(&"keyring-algorithm-weak"), "{audit:#?}");
}

#[test]
fn rsa_1024_is_weak_and_rsa_2048_is_not() {
    for (bits, weak) in [(1024, true), (2048, false)] {
        let audit = audited(&made(|it| it.rsa_bits = Some(bits)).certificate());
        let held = &audit.certificates[0];
        assert_eq!(held.keys[0].algorithm, format!("RSA-{bits}"));
        assert_eq!(held.keys[0].weak, weak);
        assert_eq!(codes(&audit).contains(&"keyring-algorithm-weak"), weak);
    }
}

#[test]
fn security_keys_of_ssh() {
    let line = format!("alice@example.org {}\n", SecurityKey::new(3).public());
    let audit = found(line.as_bytes(), &[]);
    assert_eq!(audit.keys[0].algorithm, "Ed25519, security key");
    assert_eq!(audit.keys[0].identity, "alice@example.org");
    found(SecurityKey::new(3).public().as_bytes(), &[]);
}

#[test]
fn authorities_of_ssh() {
    let key = SshPerson::new(1, "ca");
    let audit = found(
        format!("*@example.org cert-authority {}\n", key.public()).as_bytes(),
        &[],
    );
    assert_eq!(audit.keys[0].options, ["cert-authority"]);
    assert_eq!(audit.keys[0].identity, "*@example.org");
    // The same key as a signer and as an authority are two things.
    let both = format!("a {0}\nb cert-authority {0}\n", key.public());
    let audit = found(both.as_bytes(), &[]);
    assert_eq!(audit.keys.len(), 2);
    assert!(audit.keys[0].options.is_empty());
}

#[test]
fn rsa_1024_of_ssh_is_weak() {
    let key = include_str!("../../tests/fixtures/ssh/rsa-1024.pub");
    let audit = found(
        key.as_bytes(),
        &["keyring-nobody-can-sign", "keyring-algorithm-weak"],
    );
    assert_eq!(audit.keys[0].algorithm, "RSA-1024");
    let key = include_str!("../../tests/fixtures/ssh/rsa-2048.pub");
    found(key.as_bytes(), &[]);
}

#[test]
fn minisign_and_signify_keys() {
    let audit = found(Minisigner::new(1).minisign_public().as_bytes(), &[]);
    assert_eq!(audit.keys[0].scheme.as_str(), "minisign");
    assert!(!audit.keys[0].weak);
    let audit = found(Minisigner::new(1).signify_public().as_bytes(), &[]);
    assert_eq!(audit.keys[0].scheme.as_str(), "signify");
    assert_eq!(audit.keys[0].algorithm, "Ed25519");
    // One digit less is no key.
    let cut = Minisigner::new(1).minisign_public();
    found(&cut.as_bytes()[..cut.len() - 9], &["keyring-garbage"]);
}

#[test]
fn armor_cut_anywhere_is_a_finding() {
    let armor = Person::with_subkey().certificate();
    let lines = armor.split_inclusive(|byte| *byte == b'\n').collect::<Vec<_>>();
    for kept in 1..lines.len() {
        let cut = lines[..kept].concat();
        let audit = audited(&cut);
        let codes = codes(&audit);
        assert!(
            codes.contains(&"keyring-garbage") || codes.contains(&"keyring-damaged"),
            "{kept} lines: {codes:?}"
        );
    }
    found(&armor, &[]);
}

#[test]
fn web_pages() {
    for page in [
        "<!DOCTYPE html><html><body>Not Found</body></html>",
        "\n  <html>\n<pre>-----BEGIN PGP PUBLIC KEY BLOCK-----\n",
        "<?xml version=\"1.0\"?><html></html>",
    ] {
        let audit = audited(page.as_bytes());
        assert!(audit.is_barren());
        assert!(
            !codes(&audit).is_empty(),
            "a page is no keyring, and that is said: {page}"
        );
    }
}

/// As much as a file may weigh: answered without decoding what cannot be a certificate over and over.
#[test]
fn a_hundred_megabytes_of_armor_are_bounded() {
    let line = [b'A'; 64];
    let mut file = b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n".to_vec();
    while file.len() < 100 << 20 {
        file.extend(line);
        file.push(b'\n');
    }
    file.extend(b"-----END PGP PUBLIC KEY BLOCK-----\n");
    let audit = audited(&file);
    assert!(audit.is_barren());
    let codes = codes(&audit);
    assert!(
        codes.contains(&"keyring-garbage") || codes.contains(&"keyring-damaged"),
        "{codes:?}"
    );
    assert!(format!("{audit:?}").len() < 10_000);
}

/// gpg reads DSA, sqv reads version 6 or does not; neither takes what the audit refuses.
#[test]
fn gpg_shows_the_same_dsa_key() {
    let Some(mut gpg) = oracles::tool("gpg") else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("k.asc");
    std::fs::write(&file, DSA_1024).unwrap();
    gpg.arg("--homedir")
        .arg(home.path())
        .args(["--batch", "--show-keys", "--with-colons"])
        .arg(&file);
    let shown = String::from_utf8(gpg.output().unwrap().stdout).unwrap();
    let line = shown.lines().find(|line| line.starts_with("pub:")).unwrap();
    let fields: Vec<_> = line.split(':').collect();
    assert_eq!((fields[2], fields[3]), ("1024", "17"));
    assert!(shown.contains(&audited(DSA_1024).certificates[0].fingerprint));
}

#[test]
fn every_check_has_a_firing_and_a_silent_file() {
    let alice = Person::alice();
    let mut fired: Vec<&str> = Vec::new();
    let files: Vec<Vec<u8>> = everybody()
        .into_iter()
        .map(|(person, ..)| person.certificate())
        .chain([
            Vec::new(),
            b"hello\n".to_vec(),
            alice.secret(),
            alice.certificate_binary(),
            [alice.certificate(), Person::bob().certificate()].concat(),
            [b"\xef\xbb\xbf".as_slice(), &alice.certificate()].concat(),
        ])
        .collect();
    for file in &files {
        fired.extend(codes(&audited(file)));
    }
    let at = time("2026-01-01");
    fired.extend(codes(&Audit::unreadable("k.asc", "gone", at)));
    fired.extend(codes(&Audit::too_large("k.asc", 2, 1, at)));
    // The story of each of these is a test of its own above.
    let elsewhere = ["keyring-certificate-unverifiable", "keyring-not-minimal"];
    let silent = audited(&alice.certificate());
    assert!(codes(&silent).is_empty());
    for check in crate::keyring::audit::checks::ALL {
        assert!(
            fired.contains(&check.code) || elsewhere.contains(&check.code),
            "no file makes {} fire",
            check.code
        );
    }
    for check in crate::keyring::audit::checks::OF_COPIES {
        assert_eq!(check.code, "keyring-copy-stale");
    }
}

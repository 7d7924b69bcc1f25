//! Cleartext-signed texts: whose word they are, and GnuPG as the oracle of both directions.

use super::*;
use std::process::{Command, Stdio};
use tarvet_testkit::people::sequoia::types::SignatureType;
use tarvet_testkit::people::{Person, armor};

const TEXT: &[u8] = b"Format: 1.0\nSource: foo  \n\n- a dash\n";
/// TEXT as it is digested.
const COVERED: &[u8] = b"Format: 1.0\r\nSource: foo\r\n\r\n- a dash";

fn signed(person: &Person, data: &[u8], kind: SignatureType) -> Vec<u8> {
    armor(&person.sign_with(data, day("2024-04-13"), kind, |builder| builder))
}

fn judged(person: &Person, text: &[u8], signature: &[u8]) -> Vec<SignatureReport> {
    let keyring = keyring(&[person.certificate()]);
    verify_cleartext(&keyring, &strict(), "foo.dsc", text, signature)
}

#[test]
fn lines_are_covered_and_blanks_at_their_ends_are_not() {
    let alice = Person::alice();
    let signature = signed(&alice, COVERED, SignatureType::Text);
    for same in [TEXT, COVERED, b"Format: 1.0\nSource: foo\t\n \n- a dash\r\n"] {
        let reports = judged(&alice, same, &signature);
        assert_eq!(reports.len(), 1);
        expect(&reports[0], SignatureState::Good, "checksum is right");
        assert_eq!(reports[0].over, SignedThing::Description);
    }
    for other in [
        &b"Format: 1.0\nSource: fop\n\n- a dash\n"[..],
        b"Format: 1.0\n Source: foo\n\n- a dash\n",
        b"Format: 1.0\nSource: foo\n- a dash\n",
        b"\nFormat: 1.0\nSource: foo\n\n- a dash\n",
        b"Format: 1.0\nSource: foo\n\n- a dash\n\n",
        b"",
    ] {
        expect(
            &judged(&alice, other, &signature)[0],
            SignatureState::Bad,
            "checksum",
        );
    }
}

#[test]
fn strangers_and_other_kinds_of_signatures_prove_nothing() {
    let alice = Person::alice();
    let by_bob = signed(&Person::bob(), COVERED, SignatureType::Text);
    expect(
        &judged(&alice, TEXT, &by_bob)[0],
        SignatureState::UnknownSigner,
        "no certificate",
    );
    let over_bytes = signed(&alice, COVERED, SignatureType::Binary);
    expect(
        &judged(&alice, TEXT, &over_bytes)[0],
        SignatureState::Unsupported,
        "0x00",
    );
    assert!(
        judged(&alice, TEXT, b"")
            .iter()
            .all(|report| !report.state.is_evidence())
    );
    assert!(
        judged(&alice, TEXT, b"nonsense")
            .iter()
            .all(|report| !report.state.is_evidence())
    );
    let nobody = verify_cleartext(&Keyring::new(), &strict(), "x", TEXT, &by_bob);
    expect(&nobody[0], SignatureState::UnknownSigner, "no certificate");
}

#[test]
fn a_text_signature_is_still_no_signature_over_a_tarball() {
    let alice = Person::alice();
    let signature = signed(&alice, DATA, SignatureType::Text);
    let report = one(&keyring(&[alice.certificate()]), &signature);
    expect(&report, SignatureState::Unsupported, "text-mode");
}

#[test]
fn two_signers_are_two_reports() {
    let (alice, bob) = (Person::alice(), Person::bob());
    let mut both = alice.sign_with(COVERED, day("2024-04-13"), SignatureType::Text, |b| b);
    both.extend(bob.sign_with(COVERED, day("2024-04-13"), SignatureType::Text, |b| b));
    let states: Vec<_> = judged(&alice, TEXT, &armor(&both))
        .iter()
        .map(|r| r.state)
        .collect();
    assert_eq!(states, [SignatureState::Good, SignatureState::UnknownSigner]);
}

/// What gpg makes of a text with `--clearsign` verifies here, split at its armor lines.
#[test]
fn gpg_signs() {
    let home = tempfile::tempdir().unwrap();
    let Some(mut import) = gpg(home.path()) else {
        return;
    };
    let alice = Person::alice();
    std::fs::write(home.path().join("alice"), alice.secret()).unwrap();
    assert!(
        import
            .arg("--import")
            .arg(home.path().join("alice"))
            .status()
            .unwrap()
            .success()
    );
    let now = Timestamp::try_from(
        std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(4_000_000_000),
    )
    .unwrap();
    for (i, text) in [
        &b"a: b\n"[..],
        b"a: b \t\nc:\n d\n",
        b"no end",
        b"two\n\n",
        b"\n\nx\n",
        b"cr\r\nlf\r\n",
    ]
    .iter()
    .enumerate()
    {
        let file = home.path().join(format!("text{i}"));
        std::fs::write(&file, text).unwrap();
        let mut sign = gpg(home.path()).unwrap();
        assert!(
            sign.arg("--clearsign").arg(&file).status().unwrap().success(),
            "{i}"
        );
        let whole = std::fs::read_to_string(home.path().join(format!("text{i}.asc"))).unwrap();
        let (head, signature) = whole.split_once("-----BEGIN PGP SIGNATURE-----").unwrap();
        let (_, body) = head.split_once("\n\n").unwrap();
        let keyring = keyring(&[alice.certificate()]);
        let policy = SignaturePolicy::strict(now);
        let signature = format!("-----BEGIN PGP SIGNATURE-----{signature}");
        let reports = verify_cleartext(&keyring, &policy, "x", body.as_bytes(), signature.as_bytes());
        expect(&reports[0], SignatureState::Good, "checksum is right");
        let spoiled = format!("{body}x");
        let reports = verify_cleartext(&keyring, &policy, "x", spoiled.as_bytes(), signature.as_bytes());
        expect(&reports[0], SignatureState::Bad, "checksum");
    }
}

/// gpg with a home of its own, or None with a line that says so.
fn gpg(home: &std::path::Path) -> Option<Command> {
    if Command::new("gpg")
        .arg("--version")
        .stdout(Stdio::null())
        .status()
        .is_err()
    {
        println!("skipped: gpg is not installed");
        assert!(
            std::env::var_os("TARVET_REQUIRE_ORACLES").is_none(),
            "gpg is required"
        );
        return None;
    }
    let mut command = Command::new("gpg");
    command
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("GNUPGHOME", home)
        .args([
            "--batch",
            "--quiet",
            "--pinentry-mode",
            "loopback",
            "--passphrase",
            "",
        ])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    Some(command)
}

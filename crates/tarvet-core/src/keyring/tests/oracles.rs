//! The real tools on the same files: they must agree wherever they define good and bad.
//!
//! Their clocks are the machine's, so every story lies in the past and none ends before it is told.

use super::*;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tarvet_testkit::people::sequoia::types::{HashAlgorithm, ReasonForRevocation, SignatureType};
use tarvet_testkit::people::{Minisigner, Person, Recipe, SshPerson, Subkey, days};

/// The tool, or None with a line that says so. `TARVET_REQUIRE_ORACLES=1` turns that into a failure.
fn tool(name: &str) -> Option<Command> {
    let found = Command::new(name)
        .arg("--version")
        .stdin(Stdio::null())
        .output()
        .is_ok();
    if !found {
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
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .stderr(Stdio::null())
        .stdout(Stdio::null());
    Some(command)
}

struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        desk.put("data", DATA);
        desk
    }

    fn put(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

struct Story {
    name: &'static str,
    certificate: Vec<u8>,
    signature: Vec<u8>,
    /// What gpgv says where it is known to differ.
    gpgv: Option<bool>,
}

fn story(name: &'static str, person: &Person, signature: Vec<u8>) -> Story {
    Story {
        name,
        certificate: person.certificate_binary(),
        signature,
        gpgv: None,
    }
}

fn stories() -> Vec<Story> {
    let at = day("2024-04-13");
    let alice = Person::alice();
    let made = |recipe: Recipe| recipe.make();
    let base = || Recipe::new("Alice <alice@example.org>");
    let subkey = made(Recipe {
        subkey: Subkey::Signing,
        ..base()
    });
    let lone = made(Recipe {
        subkey: Subkey::WithoutBackSignature,
        ..base()
    });
    let auth = made(Recipe {
        subkey: Subkey::Authentication,
        ..base()
    });
    let sha1 = made(Recipe {
        digest: HashAlgorithm::SHA1,
        ..base()
    });
    let small = made(Recipe {
        rsa_bits: Some(1024),
        ..base()
    });
    let fair = made(Recipe {
        rsa_bits: Some(2048),
        ..base()
    });
    let dave = made(Recipe {
        validity: Some(days(1000)),
        ..base()
    });
    let compromised = alice.revoked(Some(ReasonForRevocation::KeyCompromised), day("2025-01-01"));
    let retired = alice.revoked(Some(ReasonForRevocation::KeyRetired), day("2025-01-01"));
    let weak = alice.sign_with(DATA, at, SignatureType::Binary, |b| {
        b.set_hash_algo(HashAlgorithm::SHA1)
    });
    let short = alice.sign_with(DATA, at, SignatureType::Binary, |b| {
        b.set_signature_validity_period(days(9)).unwrap()
    });
    let critical = alice.sign_with(DATA, at, SignatureType::Binary, |b| {
        use tarvet_testkit::people::sequoia::packet::signature::subpacket::NotationDataFlags;
        b.add_notation("x@example.org", b"v", NotationDataFlags::empty(), true)
            .unwrap()
    });
    let lax = |story| Story {
        gpgv: Some(true),
        ..story
    };
    vec![
        story("good", &alice, alice.sign(DATA, at)),
        story("RSA", &fair, fair.sign(DATA, at)),
        story("subkey", &subkey, subkey.sign(DATA, at)),
        story("no back-signature", &lone, lone.sign(DATA, at)),
        story("authentication only", &auth, auth.sign(DATA, at)),
        story("impostor", &alice, Person::eve().sign(DATA, at)),
        story("other data", &alice, alice.sign(b"other", at)),
        story("older than the key", &alice, alice.sign(DATA, day("2019-01-01"))),
        lax(story("compromised", &compromised, alice.sign(DATA, at))),
        lax(story("SHA-1 self-signatures", &sha1, sha1.sign(DATA, at))),
        lax(story("SHA-1 document", &alice, weak)),
        lax(story("RSA-1024", &small, small.sign(DATA, at))),
        // gpgv's exit status minds neither revocation nor the certificate's expiry.
        lax(story("expired later", &dave, dave.sign(DATA, day("2022-01-01")))),
        lax(story("expired before", &dave, dave.sign(DATA, at))),
        story("expired signature", &alice, short),
        story("retired later", &retired, alice.sign(DATA, at)),
        story("critical notation", &alice, critical),
    ]
}

fn ours(story: &Story) -> bool {
    let report = one(&keyring(&[&story.certificate]), &story.signature);
    report.state.is_evidence()
}

#[test]
fn sqv_agrees() {
    let Some(_) = tool("sqv") else { return };
    for story in stories() {
        let desk = Desk::new();
        let (certificate, signature) = (
            desk.put("keyring.pgp", &story.certificate),
            desk.put("data.sig", &story.signature),
        );
        let mut sqv = tool("sqv").unwrap();
        sqv.arg("--keyring")
            .args([certificate, signature])
            .arg(desk.path().join("data"));
        let accepted = sqv.status().unwrap().success();
        assert_eq!(accepted, ours(&story), "{}", story.name);
    }
}

#[test]
fn gpgv_agrees() {
    let Some(_) = tool("gpgv") else { return };
    for story in stories() {
        let desk = Desk::new();
        let (certificate, signature) = (
            desk.put("keyring.pgp", &story.certificate),
            desk.put("data.sig", &story.signature),
        );
        let mut gpgv = tool("gpgv").unwrap();
        gpgv.arg("--homedir")
            .arg(desk.path())
            .arg("--keyring")
            .args([certificate, signature]);
        let accepted = gpgv.arg(desk.path().join("data")).status().unwrap().success();
        assert_eq!(
            accepted,
            story.gpgv.unwrap_or_else(|| ours(&story)),
            "{}",
            story.name
        );
    }
}

#[test]
fn ssh_keygen_agrees() {
    let Some(_) = tool("ssh-keygen") else { return };
    let alice = SshPerson::new(1, "alice");
    let (key, other) = (alice.public(), SshPerson::new(2, "").public());
    let cases = [
        (format!("alice@example.org {key}"), "git"),
        (
            format!("*@example.org,!bob@* namespaces=\"git,file\" {key}"),
            "git",
        ),
        (format!("alice@example.org namespaces=\"file\" {key}"), "git"),
        (format!("!alice@example.org,* {key}"), "git"),
        (
            format!("alice@example.org valid-before=\"20231101Z\" {key}"),
            "git",
        ),
        (
            format!("alice@example.org valid-after=\"20231201Z\" {key}"),
            "git",
        ),
        (
            format!("alice@example.org valid-after=\"20231001Z\",valid-before=\"20231201Z\" {key}"),
            "git",
        ),
        (format!("alice@example.org cert-authority {key}"), "git"),
        (format!("alice@example.org {other}"), "git"),
        (
            format!("# alice@example.org {key}\nalice@example.org {other}"),
            "git",
        ),
        (format!("alice@example.org {key}"), "file"),
    ];
    for (signers, namespace) in cases {
        let desk = Desk::new();
        let signature = alice.sign(namespace, TAG);
        let keyring = keyring(&[&signers]);
        let claimed = Timestamp::from_second(1_700_000_000).unwrap();
        let ours = verify_object(
            &keyring,
            &strict(),
            SignedThing::Tag,
            TAG,
            &signature,
            Some(claimed),
        );
        let file = desk.put("signers", signers.as_bytes());
        let mut command = tool("ssh-keygen").unwrap();
        command.args([
            "-Y",
            "verify",
            "-I",
            "alice@example.org",
            "-n",
            "git",
            "-Overify-time=20231114221320Z",
            "-f",
        ]);
        command.arg(file).arg("-s").arg(desk.put("sig", &signature));
        let tag = std::fs::File::open(desk.put("tag", TAG)).unwrap();
        let accepted = command.stdin(tag).status().unwrap().success();
        assert_eq!(
            accepted,
            ours[0].state.is_evidence(),
            "{signers} {namespace}: {ours:?}"
        );
    }
}

/// Certificates, which `-Y verify` accepts for a principal of the certificate only.
#[test]
fn ssh_keygen_agrees_on_certificates() {
    let Some(_) = tool("ssh-keygen") else { return };
    let authority = include_str!("fixtures/ssh/authority.pub");
    let signers = format!("*@example.org cert-authority,namespaces=\"git\" {authority}");
    for (signature, when, claimed) in [
        (
            include_bytes!("fixtures/ssh/certified-alice.sig").as_slice(),
            "20231114221320Z",
            1_700_000_000,
        ),
        (
            include_bytes!("fixtures/ssh/certified-alice.sig").as_slice(),
            "20250615150640Z",
            1_750_000_000,
        ),
        (
            include_bytes!("fixtures/ssh/certified-mallory.sig").as_slice(),
            "20231114221320Z",
            1_700_000_000,
        ),
        (
            include_bytes!("fixtures/ssh/authority.sig").as_slice(),
            "20231114221320Z",
            1_700_000_000,
        ),
    ] {
        let desk = Desk::new();
        let claimed = Timestamp::from_second(claimed).unwrap();
        let ours = verify_object(
            &keyring(&[&signers]),
            &strict(),
            SignedThing::Tag,
            TAG,
            signature,
            Some(claimed),
        );
        let mut command = tool("ssh-keygen").unwrap();
        command
            .args(["-Y", "verify", "-I", "alice@example.org", "-n", "git"])
            .arg(format!("-Overify-time={when}"));
        command
            .arg("-f")
            .arg(desk.put("signers", signers.as_bytes()))
            .arg("-s")
            .arg(desk.put("sig", signature));
        let tag = std::fs::File::open(desk.put("tag", TAG)).unwrap();
        assert_eq!(
            command.stdin(tag).status().unwrap().success(),
            ours[0].state.is_evidence(),
            "{ours:?}"
        );
    }
}

#[test]
fn minisign_and_signify_agree() {
    let alice = Minisigner::new(1);
    let comment = "timestamp:1700000000\tfile:data";
    let altered = String::from_utf8(alice.minisign(DATA, comment, true))
        .unwrap()
        .replace("file:data", "file:atad");
    let desk = Desk::new();
    let public = desk.put("key.pub", alice.minisign_public().as_bytes());
    for signature in [
        alice.minisign(DATA, comment, true),
        alice.minisign(DATA, comment, false),
        alice.minisign(b"other", comment, true),
        altered.into_bytes(),
    ] {
        let Some(mut minisign) = tool("minisign") else {
            break;
        };
        minisign
            .arg("-Vm")
            .arg(desk.path().join("data"))
            .arg("-p")
            .arg(&public);
        let accepted = minisign
            .arg("-x")
            .arg(desk.put("sig", &signature))
            .status()
            .unwrap()
            .success();
        let ours = one(&keyring(&[alice.minisign_public()]), &signature);
        assert_eq!(accepted, ours.state.is_evidence(), "{ours:?}");
    }
    let public = desk.put("key.pub", alice.signify_public().as_bytes());
    for signature in [alice.signify(DATA), alice.signify(b"other")] {
        let Some(mut signify) = tool("signify-openbsd") else {
            break;
        };
        signify
            .arg("-V")
            .arg("-p")
            .arg(&public)
            .arg("-m")
            .arg(desk.path().join("data"));
        let accepted = signify
            .arg("-x")
            .arg(desk.put("sig", &signature))
            .status()
            .unwrap()
            .success();
        let ours = one(&keyring(&[alice.signify_public()]), &signature);
        assert_eq!(accepted, ours.state.is_evidence(), "{ours:?}");
    }
}

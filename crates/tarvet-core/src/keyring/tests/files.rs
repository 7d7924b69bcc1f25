//! Signature files of every shape.

use super::SignatureState as S;
use super::*;
use tarvet_testkit::people::sequoia;
use tarvet_testkit::people::{Minisigner, Person, SshPerson};

/// Wraps bytes the way `gpg --enarmor` does.
pub(super) fn armored_file(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut writer = sequoia::armor::Writer::new(Vec::new(), sequoia::armor::Kind::File).unwrap();
    writer.write_all(bytes).unwrap();
    writer.finalize().unwrap()
}

/// The corpus: fuse3 3.17.2 wraps a signify signature, others an OpenPGP one.
#[test]
fn signatures_wrapped_as_armored_file_are_unwrapped_once() {
    let (alice, mini) = (Person::alice(), Minisigner::new(1));
    let keyring = keyring(&[alice.certificate(), mini.signify_public().into_bytes()]);
    let openpgp = alice.sign(DATA, day("2024-04-13"));
    let signify = mini.signify(DATA);
    for (inside, scheme) in [(openpgp.as_slice(), Scheme::OpenPgp), (&signify, Scheme::Signify)] {
        let report = one(&keyring, &armored_file(inside));
        expect(&report, S::Good, "");
        assert_eq!(report.scheme, scheme);
        expect(
            &one(&keyring, &armored_file(&armored_file(inside))),
            S::Malformed,
            "ARMORED FILE",
        );
    }
}

#[test]
fn text_around_the_blocks_of_a_signature_file_is_harmless() {
    let alice = Person::alice();
    let file = [
        b"Release 1.2\n\n".as_slice(),
        &alice.sign(DATA, day("2024-04-13")),
        b"bye\n",
    ]
    .concat();
    expect(&one(&keyring(&[alice.certificate()]), &file), S::Good, "");
}

/// P7, P9: files that are not detached signatures.
#[test]
fn what_is_not_a_detached_signature_is_named() {
    let alice = Person::alice();
    let keyring = keyring(&[alice.certificate()]);
    let judge = |file: &[u8], state, words| expect(&one(&keyring, file), state, words);
    judge(b"", S::Malformed, "empty");
    judge(b" \n", S::Malformed, "empty");
    judge(b"<!DOCTYPE html><title>404</title>", S::Malformed, "a web page");
    judge(b"d2c0... foo.tar.xz\n", S::Malformed, "plain text");
    judge(&[1, 0, 2, 3], S::Malformed, "binary data");
    judge(&alice.certificate(), S::Malformed, "swapped");
    judge(&alice.certificate_binary(), S::Malformed, "swapped");
    judge(
        b"-----BEGIN SIGNED MESSAGE-----\nMIIB\n-----END SIGNED MESSAGE-----\n",
        S::Unsupported,
        "X.509",
    );
    judge(
        b"-----BEGIN PGP SIGNATURE-----\n\n!!!!\n-----END PGP SIGNATURE-----\n",
        S::Malformed,
        "armor",
    );
    judge(&vec![b'x'; 2 << 20], S::Malformed, "too large");
}

fn message(alice: &Person, cleartext: bool) -> Vec<u8> {
    use sequoia::serialize::stream::{LiteralWriter, Message, Signer};
    use std::io::Write;
    let keys = alice
        .cert
        .primary_key()
        .key()
        .clone()
        .parts_into_secret()
        .unwrap()
        .into_keypair()
        .unwrap();
    let mut bytes = Vec::new();
    let signer = Signer::new(Message::new(&mut bytes), keys)
        .unwrap()
        .creation_time(day("2024-04-13"));
    let mut message = match cleartext {
        true => signer.cleartext().build().unwrap(),
        false => LiteralWriter::new(signer.build().unwrap()).build().unwrap(),
    };
    message.write_all(DATA).unwrap();
    message.finalize().unwrap();
    bytes
}

/// P7, P9: good signatures over good data, but not detached.
#[test]
fn inline_and_cleartext_messages_are_refused() {
    let alice = Person::alice();
    let keyring = keyring(&[alice.certificate()]);
    expect(&one(&keyring, &message(&alice, false)), S::Malformed, "inline");
    let states: Vec<_> = detached(&keyring, &strict(), &message(&alice, true))
        .iter()
        .map(|r| r.state)
        .collect();
    assert_eq!(states, [S::Malformed]);
}

#[test]
fn signatures_beyond_the_limit_are_reported_not_verified() {
    let alice = Person::alice();
    let keyring = keyring(&[alice.certificate()]);
    let blocks = alice.sign(DATA, day("2024-04-13")).repeat(80);
    let packets = tarvet_testkit::people::armor(
        &alice
            .sign_with(
                DATA,
                day("2024-04-13"),
                sequoia::types::SignatureType::Binary,
                |b| b,
            )
            .repeat(80),
    );
    for file in [blocks, packets] {
        let reports = detached(&keyring, &strict(), &file);
        assert_eq!(reports.len(), 65);
        expect(reports.last().unwrap(), S::Malformed, "too many");
    }
}

#[test]
fn a_reader_that_fails_is_an_error_and_never_a_verdict() {
    struct Broken(bool);
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::from(io::ErrorKind::PermissionDenied))
        }
    }
    impl SignedBytes for Broken {
        fn compressed(&self) -> io::Result<Box<dyn Read + Send + Sync + '_>> {
            if self.0 {
                Ok(Box::new(Failing))
            } else {
                Ok(Box::new(DATA))
            }
        }
        fn uncompressed(&self) -> io::Result<Box<dyn Read + Send + Sync + '_>> {
            Err(io::Error::from(io::ErrorKind::InvalidData))
        }
    }
    let (alice, ssh, mini) = (Person::alice(), SshPerson::new(1, ""), Minisigner::new(1));
    let keyring = keyring(&[
        alice.certificate(),
        ssh.public().into_bytes(),
        mini.minisign_public().into_bytes(),
    ]);
    let files = |data: &[u8]| {
        [
            alice.sign(data, day("2024-04-13")),
            ssh.sign("file", data),
            mini.signify(data),
        ]
    };
    for file in files(DATA) {
        let failed = verify_detached(&keyring, &strict(), "x", &file, &Broken(true), None);
        assert_eq!(failed.unwrap_err().kind(), io::ErrorKind::PermissionDenied);
    }
    // A tarball that does not decompress leaves the first answer standing.
    for file in files(TAR) {
        let reports = verify_detached(&keyring, &strict(), "x", &file, &Broken(false), None).unwrap();
        expect(&reports[0], S::Bad, "checksum");
    }
}

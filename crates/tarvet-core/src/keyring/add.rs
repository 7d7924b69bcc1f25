//! Reading keyring files.

use super::detect::{Shape, shape};
use super::report::bounded;
use super::{Keyring, KeyringNote, armor, openpgp};

/// Nothing in the file can be trusted or used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{label}: no usable certificate or key: {problem}; {hint}")]
pub struct KeyringError {
    /// Label of the file.
    pub label: String,
    /// What the file looks like.
    pub problem: String,
    /// What to do about it.
    pub hint: String,
}

/// Notes kept of one file.
const MOST_NOTES: usize = 32;

/// What a file brought.
#[derive(Default)]
struct Tally {
    accepted: usize,
    secret: usize,
    signatures: usize,
    notes: Vec<String>,
}

impl Keyring {
    /// Adds the keys of one file. `label` names the file in reports.
    ///
    /// The format is told by the bytes: OpenPGP certificates (binary, or any number of armored blocks, also when
    /// wrapped as `PGP ARMORED FILE`), an SSH `allowed_signers` file, OpenSSH public keys, minisign or signify
    /// public keys. Secret keys are never used. Err: the file holds nothing usable, and the message says what it
    /// looks like.
    pub fn add(&mut self, label: &str, bytes: &[u8]) -> Result<(), KeyringError> {
        let shape = shape(bytes);
        let mut tally = Tally::default();
        self.read(label, bytes, shape, true, &mut tally);
        let notes = tally.notes.iter().take(MOST_NOTES).map(|text| KeyringNote {
            label: bounded(label),
            text: text.clone(),
        });
        self.notes.extend(notes);
        if tally.accepted > 0 {
            return Ok(());
        }
        let (problem, hint) = complaint(shape, &tally);
        Err(KeyringError {
            label: bounded(label),
            problem,
            hint: hint.to_owned(),
        })
    }

    fn read(&mut self, label: &str, bytes: &[u8], shape: Shape, outermost: bool, tally: &mut Tally) {
        match shape {
            Shape::Armored => self.read_blocks(label, bytes, outermost, tally),
            Shape::OpenPgp(2) => tally.signatures += 1,
            Shape::OpenPgp(_) => self.read_packets(label, bytes, tally),
            Shape::Comment => {
                outside_blocks(bytes, tally);
                let added = self.ed25519.add(label, bytes);
                tally.accepted += usize::from(added.is_ok());
                tally.signatures += usize::from(added == Err(super::ed25519::NotAKey::Signature));
                tally.secret += usize::from(added == Err(super::ed25519::NotAKey::Secret));
            }
            Shape::Text => {
                if self.ed25519.add(label, bytes).is_ok() {
                    tally.accepted += 1;
                    return;
                }
                strays(&armor::blocks(bytes), tally);
                let added = self.signers.add(label, bytes);
                tally.accepted += added.accepted;
                tally.notes.extend(added.notes);
            }
            Shape::Empty | Shape::Keybox | Shape::Html | Shape::Binary => {}
        }
    }

    fn read_blocks(&mut self, label: &str, bytes: &[u8], outermost: bool, tally: &mut Tally) {
        let found = armor::blocks(bytes);
        strays(&found, tally);
        for block in &found.blocks {
            match block.label {
                "PGP PUBLIC KEY BLOCK" => match openpgp::dearmor(block.text) {
                    Some(packets) => self.read_packets(label, &packets, tally),
                    None => tally
                        .notes
                        .push("skipped an armored block that cannot be decoded".to_owned()),
                },
                "PGP ARMORED FILE" if outermost => match openpgp::dearmor(block.text) {
                    Some(inside) => self.read(label, &inside, shape(&inside), false, tally),
                    None => tally
                        .notes
                        .push("skipped an armored block that cannot be decoded".to_owned()),
                },
                "PGP SIGNATURE" | "SSH SIGNATURE" | "SIGNED MESSAGE" => {
                    tally.signatures += 1;
                    if openpgp::key_inside(block.text).is_some() {
                        tally.notes.push(format!(
                            "skipped a certificate in a block labelled {}",
                            block.label
                        ));
                    }
                }
                label if label.ends_with("PRIVATE KEY BLOCK") || label.ends_with("PRIVATE KEY") => {
                    tally.secret += 1;
                    tally
                        .notes
                        .push("ignored a block of secret key material".to_owned());
                }
                other => tally
                    .notes
                    .push(format!("skipped a block labelled {}", bounded(other))),
            }
        }
    }

    fn read_packets(&mut self, label: &str, packets: &[u8], tally: &mut Tally) {
        let added = self.certificates.add(label, packets);
        tally.accepted += added.accepted;
        tally.secret += added.secret;
        tally.notes.extend(added.notes);
    }
}

/// What other tools may read and this keyring does not: whoever compares keyrings has to know.
fn strays(found: &armor::Blocks<'_>, tally: &mut Tally) {
    for stray in &found.strays {
        tally.notes.push(format!(
            "line {} looks like the beginning of an armored block, which some tools read: skipped",
            stray.line
        ));
    }
}

/// Of a file that begins as minisign's and signify's do.
fn outside_blocks(bytes: &[u8], tally: &mut Tally) {
    let found = armor::blocks(bytes);
    strays(&found, tally);
    for block in &found.blocks {
        tally.notes.push(format!(
            "skipped a block labelled {} behind a key",
            bounded(block.label)
        ));
    }
}

/// What is wrong with a file that brought nothing, and what to do.
fn complaint(shape: Shape, tally: &Tally) -> (String, &'static str) {
    if tally.secret > 0 {
        return (
            "it holds secret key material, which is never used".to_owned(),
            "export the public certificate (gpg --export FINGERPRINT) and keep the secret key out of packages",
        );
    }
    if tally.signatures > 0 {
        return (
            "it is a signature, not a keyring".to_owned(),
            "give it as the signature, and the signer's certificate as the keyring",
        );
    }
    let looks_like = format!("it looks like {}", shape.looks_like());
    match shape {
        Shape::Empty => ("it is empty".to_owned(), "download or export it again"),
        Shape::Keybox => (
            "it is a GnuPG keybox, GnuPG's own database".to_owned(),
            "export from it: gpg --no-default-keyring --keyring ./FILE --export > keyring.gpg",
        ),
        Shape::Html => (
            "it is a web page".to_owned(),
            "download the keyring itself, not the page that links to it",
        ),
        _ => match tally.notes.first() {
            Some(note) => (
                format!("{looks_like}, and {note}"),
                "get a clean copy from upstream",
            ),
            None => (
                looks_like,
                "expected OpenPGP certificates, SSH allowed signers or public keys, or a minisign or signify key",
            ),
        },
    }
}

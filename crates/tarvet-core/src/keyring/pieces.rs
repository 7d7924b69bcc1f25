//! Takes a signature file apart into its signatures.

use super::detect::{Shape, shape};
use super::report::bounded;
use super::{Scheme, SignatureReport, SignatureState as State, SignedThing};
use super::{armor, ed25519, openpgp, ssh};
use sequoia_openpgp::packet::Signature;

/// Signatures of one file that are looked at; what follows is reported, not verified.
const MOST_SIGNATURES: usize = 64;
/// Signature files are a few kilobytes.
const LONGEST_FILE: usize = 1 << 20;
/// minisign and signify signatures each need a pass of their own.
const MOST_PASSES: usize = 2;

/// What was found in a signature file.
#[derive(Default)]
pub(super) struct Pieces {
    pub openpgp: Vec<Signature>,
    pub ssh: Vec<ssh::Sshsig>,
    pub ed25519: Vec<ed25519::Text>,
    /// Reports on what needs no data to be judged.
    pub settled: Vec<SignatureReport>,
    /// Bytes of text around the armored blocks.
    pub outside: usize,
}

impl Pieces {
    fn count(&self) -> usize {
        self.openpgp.len() + self.ssh.len() + self.ed25519.len() + self.settled.len()
    }
}

/// Takes `file` apart. At least one piece comes out.
pub(super) fn take_apart(file: &[u8], over: SignedThing, source: &str) -> Pieces {
    let mut sorter = Sorter {
        over,
        source,
        pieces: Pieces::default(),
    };
    if file.len() > LONGEST_FILE {
        sorter.refuse(
            Scheme::Unknown,
            State::Malformed,
            "too large to be a signature file (more than 1 MiB)",
        );
        return sorter.pieces;
    }
    sorter.file(file, true);
    if sorter.pieces.count() == 0 {
        sorter.refuse(Scheme::Unknown, State::Malformed, "no signature in it");
    }
    sorter.pieces
}

struct Sorter<'a> {
    over: SignedThing,
    source: &'a str,
    pieces: Pieces,
}

impl Sorter<'_> {
    fn refuse(&mut self, scheme: Scheme, state: State, detail: impl Into<String>) {
        let report = SignatureReport::new(self.over, scheme, self.source, state).detail(detail);
        self.pieces.settled.push(report);
    }

    fn file(&mut self, bytes: &[u8], outermost: bool) {
        // Git embeds armored blocks and nothing else.
        let in_object = matches!(self.over, SignedThing::Tag | SignedThing::Commit);
        match shape(bytes) {
            other if in_object && (other != Shape::Armored || !outermost) => self.refuse(
                Scheme::Unknown,
                State::Malformed,
                format!("{} where git embeds an armored signature", other.looks_like()),
            ),
            Shape::Armored => self.blocks(bytes, outermost),
            Shape::OpenPgp(_) => self.packets(bytes),
            Shape::Comment => self.comment(bytes),
            Shape::Empty => self.refuse(Scheme::Unknown, State::Malformed, "the signature file is empty"),
            other => self.refuse(
                Scheme::Unknown,
                State::Malformed,
                format!(
                    "it looks like {}; a detached signature was expected",
                    other.looks_like()
                ),
            ),
        }
    }

    fn blocks(&mut self, bytes: &[u8], outermost: bool) {
        let found = armor::blocks(bytes);
        self.pieces.outside += found.outside;
        for block in &found.blocks {
            if self.pieces.count() >= MOST_SIGNATURES {
                self.refuse(
                    Scheme::Unknown,
                    State::Malformed,
                    format!("too many signatures; those after the first {MOST_SIGNATURES} were not verified"),
                );
                return;
            }
            self.block(block, outermost);
        }
    }

    fn block(&mut self, block: &armor::Block<'_>, outermost: bool) {
        match block.label {
            // Git takes the second label for a signature, too; the packets decide.
            "PGP SIGNATURE" | "PGP MESSAGE" => match openpgp::dearmor(block.text) {
                Some(packets) => self.packets(&packets),
                None => self.refuse(Scheme::OpenPgp, State::Malformed, "the armor cannot be decoded"),
            },
            "PGP ARMORED FILE" if outermost => match openpgp::dearmor(block.text) {
                Some(inside) => self.file(&inside, false),
                None => self.refuse(Scheme::OpenPgp, State::Malformed, "the armor cannot be decoded"),
            },
            "SSH SIGNATURE" => match ssh::Sshsig::from_armor(block) {
                Ok(signature) => self.pieces.ssh.push(signature),
                Err(problem) => self.refuse(Scheme::Ssh, problem.state, problem.words),
            },
            "SIGNED MESSAGE" | "PKCS7" | "CMS" => self.refuse(
                Scheme::X509,
                State::Unsupported,
                "an X.509 (S/MIME) signature, which is not verified here",
            ),
            "PGP SIGNED MESSAGE" => self.refuse(
                Scheme::OpenPgp,
                State::Malformed,
                "a cleartext-signed note where a detached signature was expected; the note is not compared with \
                 anything",
            ),
            "PGP PUBLIC KEY BLOCK" => self.refuse(
                Scheme::OpenPgp,
                State::Malformed,
                "a keyring where a signature was expected; are the two files swapped?",
            ),
            other => {
                let words = format!("an armored block labelled {} where a signature was expected", bounded(other));
                self.refuse(Scheme::Unknown, State::Malformed, words);
            }
        }
    }

    fn packets(&mut self, bytes: &[u8]) {
        let room = MOST_SIGNATURES.saturating_sub(self.pieces.count());
        // One more than there is room for, to know that there are too many.
        let mut found = openpgp::signatures(bytes, self.over, self.source, room + 1);
        let too_many = found.len() > room;
        found.truncate(room);
        for item in found {
            match item {
                openpgp::Found::Signature(signature) => self.pieces.openpgp.push(*signature),
                openpgp::Found::Refused(report) => self.pieces.settled.push(*report),
            }
        }
        if too_many {
            self.refuse(
                Scheme::OpenPgp,
                State::Malformed,
                format!("too many signatures; those after the first {MOST_SIGNATURES} were not verified"),
            );
        }
    }

    fn comment(&mut self, bytes: &[u8]) {
        match ed25519::Text::parse(bytes) {
            Ok(_) if self.pieces.ed25519.len() >= MOST_PASSES => self.refuse(
                Scheme::Unknown,
                State::Malformed,
                "too many minisign or signify signatures in one file; this one was not verified",
            ),
            Ok(text) => self.pieces.ed25519.push(text),
            Err(problem) => self.refuse(problem.scheme, State::Malformed, problem.words),
        }
    }
}

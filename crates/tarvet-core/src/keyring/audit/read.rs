//! One file, taken apart.

use jiff::Timestamp;

use super::{Audit, plain};
use crate::keyring::detect::{Shape, shape};
use crate::keyring::report::bounded;
use crate::keyring::{armor, openpgp};

/// Most remarks of one kind.
const MOST: usize = 8;
/// Most armored blocks that are decoded.
const MOST_BLOCKS: usize = 1_000;
const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";

/// Takes the file apart that `label` names, as of `now`. Whatever the bytes are, this is an answer.
pub fn audit(label: &str, bytes: &[u8], now: Timestamp) -> Audit {
    let mut audit = Audit::new(label, bytes.len() as u64, now);
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        audit
            .damage
            .push("the text is in UTF-16, which no reader of keys expects".to_owned());
        return audit;
    }
    let text = bytes.strip_prefix(UTF8_MARK).unwrap_or(bytes);
    if text.len() < bytes.len() {
        audit
            .damage
            .push("it starts with a byte order mark, which hides the first line from readers".to_owned());
    }
    let mut reading = Reading {
        openpgp: openpgp::Auditor::default(),
        audit,
        signatures: 0,
        undecoded: 0,
    };
    reading.read(text, true);
    reading.finish(now)
}

impl Audit {
    /// Of a file of which nothing is known yet.
    fn new(label: &str, size: u64, now: Timestamp) -> Self {
        Self {
            now,
            label: label.to_owned(),
            size,
            shape: Shape::Binary.looks_like(),
            oddities: Vec::new(),
            blocks: 0,
            secrets: Vec::new(),
            is_signature: false,
            damage: Vec::new(),
            limits: Vec::new(),
            certificates: Vec::new(),
            keys: Vec::new(),
            trouble: None,
        }
    }

    /// Of a file that could not be read, or was not found where the package says it is; `words` say why.
    pub fn unreadable(label: &str, words: &str, now: Timestamp) -> Self {
        Self {
            shape: "unread",
            trouble: Some(bounded(words)),
            ..Self::new(label, 0, now)
        }
    }

    /// Of a file larger than what is read, `most` bytes.
    pub fn too_large(label: &str, size: u64, most: u64, now: Timestamp) -> Self {
        Self {
            shape: "unread",
            limits: vec![format!("the file is larger than {most} bytes and was not read")],
            ..Self::new(label, size, now)
        }
    }

    /// Whether nothing of use was found.
    pub fn is_barren(&self) -> bool {
        self.certificates.is_empty() && self.keys.is_empty()
    }
}

struct Reading {
    openpgp: openpgp::Auditor,
    audit: Audit,
    signatures: usize,
    undecoded: usize,
}

impl Reading {
    fn read(&mut self, bytes: &[u8], outermost: bool) {
        let shape = shape(bytes);
        if outermost {
            self.audit.shape = shape.looks_like();
            self.encoding(bytes, shape);
        }
        match shape {
            Shape::Armored => self.blocks(bytes, outermost),
            Shape::OpenPgp(_) => self.openpgp.read(bytes),
            Shape::Comment | Shape::Text => {
                self.behind(&armor::blocks(bytes));
                let found = plain::keys(&self.audit.label, bytes);
                self.signatures += found.signatures;
                self.audit.secrets.extend(found.secret.map(str::to_owned));
                self.audit.limits.extend(found.limit);
                // Of a text that has no key each line is unreadable; that it is no keyring says it all.
                if !found.keys.is_empty() {
                    self.audit.damage.extend(found.notes);
                }
                self.audit.keys = found.keys;
            }
            Shape::Empty | Shape::Keybox | Shape::Html | Shape::Binary => {}
        }
    }

    fn encoding(&mut self, bytes: &[u8], shape: Shape) {
        let oddities = &mut self.audit.oddities;
        if let Shape::OpenPgp(_) = shape {
            if self.audit.label.ends_with(".asc") {
                oddities.push("binary, though its name says that it is armored".to_owned());
            }
            return;
        }
        if matches!(shape, Shape::Armored | Shape::Comment | Shape::Text)
            && bytes.windows(2).any(|pair| pair == b"\r\n")
        {
            oddities.push("lines that end in CR LF".to_owned());
        }
    }

    fn blocks(&mut self, bytes: &[u8], outermost: bool) {
        let found = armor::blocks(bytes);
        self.strays(&found);
        if found.outside > 0 && outermost {
            self.audit.oddities.push(format!(
                "{} bytes of text around the armored blocks",
                found.outside
            ));
        }
        if found.blocks.len() > MOST_BLOCKS {
            self.audit.limits.push(format!(
                "{} armored blocks, of which {MOST_BLOCKS} were read",
                found.blocks.len()
            ));
        }
        for block in found.blocks.iter().take(MOST_BLOCKS) {
            if !block.closed {
                self.damage(format!(
                    "the block {} has no end: the file is cut off",
                    bounded(block.label)
                ));
            }
            match block.label {
                "PGP PUBLIC KEY BLOCK" => {
                    self.audit.blocks += 1;
                    self.packets(block.text);
                }
                "PGP PRIVATE KEY BLOCK" => {
                    self.audit
                        .secrets
                        .push("an armored OpenPGP secret key".to_owned());
                    self.packets(block.text);
                }
                "PGP ARMORED FILE" if outermost => {
                    self.audit
                        .oddities
                        .push("wrapped as PGP ARMORED FILE, which few tools take as a key".to_owned());
                    match openpgp::dearmor(block.text) {
                        Some(inside) => self.read(&inside, false),
                        None => self.undecoded += 1,
                    }
                }
                "PGP SIGNATURE" | "SSH SIGNATURE" | "SIGNED MESSAGE" => {
                    self.signatures += 1;
                    self.mislabelled(block);
                }
                other if other.ends_with("PRIVATE KEY") => {
                    self.audit.secrets.push(format!("a block {}", bounded(other)));
                }
                other => self.damage(format!("a block {} holds no certificate", bounded(other))),
            }
        }
    }

    /// Tools differ in what they make of these, so that the file is not the same keyring for everybody.
    fn strays(&mut self, found: &armor::Blocks<'_>) {
        for stray in &found.strays {
            let line = stray.line;
            if stray.secret {
                self.audit
                    .secrets
                    .push(format!("the beginning of a secret key in line {line}"));
            } else {
                self.damage(format!(
                    "line {line} looks like the beginning of an armored block, which some tools read and others do not"
                ));
            }
        }
        if found.binary && !found.blocks.is_empty() {
            self.damage("binary data around the armored blocks".to_owned());
        }
    }

    /// What stands in a file of SSH, minisign or signify keys, and is none.
    fn behind(&mut self, found: &armor::Blocks<'_>) {
        self.strays(found);
        for block in &found.blocks {
            if block.label.ends_with("PRIVATE KEY") || block.label.ends_with("PRIVATE KEY BLOCK") {
                self.audit
                    .secrets
                    .push(format!("a block {}", bounded(block.label)));
            } else {
                self.damage(format!("a block {} behind another key", bounded(block.label)));
            }
        }
    }

    fn mislabelled(&mut self, block: &armor::Block<'_>) {
        match openpgp::key_inside(block.text) {
            Some(true) => self
                .audit
                .secrets
                .push(format!("a secret key in a block {}", bounded(block.label))),
            Some(false) => self.damage(format!(
                "a block {} holds a certificate, which some tools read",
                bounded(block.label)
            )),
            None => {}
        }
    }

    fn packets(&mut self, block: &[u8]) {
        match openpgp::dearmor(block) {
            Some(packets) => self.openpgp.read(&packets),
            None => self.undecoded += 1,
        }
    }

    fn damage(&mut self, text: String) {
        if self.audit.damage.len() < MOST {
            self.audit.damage.push(text);
        }
    }

    fn finish(mut self, now: Timestamp) -> Audit {
        let openpgp = self.openpgp.finish(now);
        let mut audit = self.audit;
        if self.undecoded > 0 {
            audit
                .damage
                .push(format!("{} armored blocks cannot be decoded", self.undecoded));
        }
        if openpgp.secret > 0 {
            audit
                .secrets
                .push("OpenPGP secret keys that cannot be read".to_owned());
        }
        if openpgp.surplus > 0 {
            audit.limits.push(format!(
                "{} certificates beyond the first {} were not judged",
                openpgp.surplus,
                openpgp.certificates.len()
            ));
        }
        self.signatures += openpgp.stray_signatures;
        audit.damage.extend(openpgp.notes);
        audit.certificates = openpgp.certificates;
        audit.is_signature = self.signatures > 0 && audit.is_barren() && audit.secrets.is_empty();
        if self.signatures > 0 && !audit.is_signature {
            audit
                .oddities
                .push("signatures among the certificates".to_owned());
        }
        audit.secrets.truncate(MOST);
        audit
    }
}

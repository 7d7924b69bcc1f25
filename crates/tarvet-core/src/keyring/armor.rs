//! Finds `-----BEGIN …-----` blocks in text, all of them: OpenPGP readers stop after the first.

use base64::Engine;
use bstr::ByteSlice;

/// One armored block with the lines that open and close it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Block<'a> {
    /// The words after `BEGIN`, such as `PGP SIGNATURE`.
    pub label: &'a str,
    /// The block, first to last line.
    pub text: &'a [u8],
    /// Whether the matching `END` line was found.
    pub closed: bool,
}

/// The blocks of a file and how much text, whitespace aside, lies outside of them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Blocks<'a> {
    pub blocks: Vec<Block<'a>>,
    /// Lines outside that other readers may take for the beginning of a block; not all of many.
    pub strays: Vec<Stray>,
    /// Whether there are zero bytes outside: text has none.
    pub binary: bool,
    /// Bytes outside of every block that are not whitespace.
    pub outside: usize,
}

/// A line that looks like the beginning of a block, and is none. Readers differ in what they take: sequoia reads quoted
/// and indented blocks, and any number and kind of dashes; GnuPG reads neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stray {
    /// From 1.
    pub line: usize,
    /// It announces a secret key.
    pub secret: bool,
}

/// Strays that are told.
const MOST_STRAYS: usize = 8;

impl Blocks<'_> {
    /// Takes note of a line outside of all blocks.
    fn stray(&mut self, number: usize, line: &[u8]) {
        self.outside += line.trim_ascii().len();
        self.binary |= line.contains(&0);
        let secret = line.contains_str("PRIVATE KEY") || line.contains_str("SECRET KEY");
        let begins = line.contains_str("BEGIN PGP ") || line.contains_str("BEGIN ") && secret;
        if begins && self.strays.len() < MOST_STRAYS {
            self.strays.push(Stray { line: number, secret });
        }
    }
}

/// Splits `text` at its armor lines. A block without an end reaches to the end of the text.
pub(super) fn blocks(text: &[u8]) -> Blocks<'_> {
    let mut found = Blocks::default();
    let mut open: Option<(&str, usize)> = None;
    let mut at = 0;
    for (number, line) in (1..).zip(text.split_inclusive(|&b| b == b'\n')) {
        let (start, end) = (at, at + line.len());
        at = end;
        match open {
            None => match marker(line, "-----BEGIN ") {
                Some(label) => open = Some((label, start)),
                None => found.stray(number, line),
            },
            Some((label, from)) if marker(line, "-----END ") == Some(label) => {
                let text = text.get(from..end).unwrap_or_default();
                found.blocks.push(Block {
                    label,
                    text,
                    closed: true,
                });
                open = None;
            }
            Some(_) => {}
        }
    }
    if let Some((label, from)) = open {
        found.blocks.push(Block {
            label,
            text: text.get(from..).unwrap_or_default(),
            closed: false,
        });
    }
    found
}

fn marker<'a>(line: &'a [u8], opening: &str) -> Option<&'a str> {
    let line = std::str::from_utf8(line).ok()?.trim_end();
    let label = line.strip_prefix(opening)?.strip_suffix("-----")?;
    (!label.is_empty() && label.len() <= 60).then_some(label)
}

/// The base64 body of a block that has neither headers nor a checksum (SSH).
pub(super) fn plain_body(block: &Block<'_>) -> Option<Vec<u8>> {
    if !block.closed {
        return None;
    }
    let text = std::str::from_utf8(block.text).ok()?;
    let mut lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    lines.pop();
    base64::engine::general_purpose::STANDARD
        .decode(lines.get(1..)?.concat())
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_block_is_found_and_text_outside_is_counted() {
        let text = b"hi\n-----BEGIN A-----\nx\n-----END A-----\r\n\n-----BEGIN B-----\ny\n-----END A-----\n";
        let found = blocks(text);
        assert_eq!(found.outside, 2);
        let labels: Vec<_> = found.blocks.iter().map(|b| (b.label, b.closed)).collect();
        assert_eq!(labels, [("A", true), ("B", false)]);
        assert!(found.strays.is_empty() && !found.binary);
    }

    #[test]
    fn what_only_some_readers_take_for_a_block_is_told() {
        for begin in [
            "> -----BEGIN PGP PUBLIC KEY BLOCK-----",
            "  -----BEGIN PGP PUBLIC KEY BLOCK-----",
            "----BEGIN PGP PUBLIC KEY BLOCK----",
            "\u{2013}\u{2013}\u{2013}BEGIN PGP PUBLIC KEY BLOCK\u{2013}\u{2013}\u{2013}",
            "-----BEGIN PGP PUBLIC KEY BLOCK-----\r\rabcd\r=aaaa\r-----END PGP PUBLIC KEY BLOCK-----\r",
        ] {
            let found = blocks(begin.as_bytes());
            assert_eq!(
                found.strays,
                [Stray {
                    line: 1,
                    secret: false
                }],
                "{begin}"
            );
        }
        let secret = blocks(b"key:\n # -----BEGIN OPENSSH PRIVATE KEY-----\n");
        assert_eq!(
            secret.strays,
            [Stray {
                line: 2,
                secret: true
            }]
        );
        let honest = blocks(b"The PGP keys of our developers begin here.\npub rsa4096 2020-01-01 [SC]\n");
        assert!(honest.strays.is_empty());
        assert!(blocks(b"a\0b").binary);
    }
}

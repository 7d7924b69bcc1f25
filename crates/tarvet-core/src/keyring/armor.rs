//! Finds `-----BEGIN …-----` blocks in text, all of them: OpenPGP readers stop after the first.

use base64::Engine;

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
    /// Bytes outside of every block that are not whitespace.
    pub outside: usize,
}

/// Splits `text` at its armor lines. A block without an end reaches to the end of the text.
pub(super) fn blocks(text: &[u8]) -> Blocks<'_> {
    let mut found = Blocks::default();
    let mut open: Option<(&str, usize)> = None;
    let mut at = 0;
    for line in text.split_inclusive(|&b| b == b'\n') {
        let (start, end) = (at, at + line.len());
        at = end;
        match open {
            None => match marker(line, "-----BEGIN ") {
                Some(label) => open = Some((label, start)),
                None => found.outside += line.trim_ascii().len(),
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
    }
}

//! `aminclude_static.am`: the rules that autoconf-archive's `AX_AM_MACROS_STATIC` collects from its other macros.
//!
//! It is all recipes, and always the same for the same macros; so the whole text is compared, but for the line that
//! says when it was made.

use sha2::{Digest, Sha256};

/// The text of `AX_CODE_COVERAGE` without the third line: as releases of 2022 and as
/// releases since 2025 have it. SHA-256.
const COVERAGE: [[u8; 32]; 2] = [
    [
        0xc8, 0x7c, 0x29, 0x8c, 0xe2, 0xa0, 0x8d, 0x48, 0x78, 0x4f, 0x61, 0x27, 0xa5, 0x83, 0x7d, 0xaa, 0x9a,
        0x1d, 0x53, 0x9a, 0x79, 0xee, 0xe2, 0xe6, 0x28, 0x7c, 0xde, 0x1c, 0x14, 0x6f, 0x06, 0x49,
    ],
    [
        0x26, 0x9f, 0x8e, 0xe0, 0x0c, 0x6a, 0x75, 0x53, 0x7b, 0xbb, 0x2b, 0x30, 0xcd, 0x28, 0x80, 0x4b, 0x94,
        0x03, 0x56, 0x7b, 0xd9, 0x73, 0x72, 0x36, 0x79, 0x59, 0x28, 0x7c, 0xf9, 0xbe, 0x1b, 0x22,
    ],
];

/// Whether a text is such a collection, with nothing added.
pub(in crate::alleged) fn is_collection(text: &[u8]) -> bool {
    const MADE: &[u8] = b"# from AX_AM_MACROS_STATIC on ";
    let mut digest = Sha256::new();
    let mut dated = false;
    for (number, line) in text.split_inclusive(|&b| b == b'\n').enumerate() {
        if number == 2 {
            let date = line.strip_prefix(MADE).unwrap_or(b"?");
            dated = date
                .iter()
                .all(|b| b.is_ascii_alphanumeric() || b" :+-\n".contains(b));
        } else {
            digest.update(line);
        }
    }
    dated && COVERAGE.contains(&digest.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_else_is_a_collection() {
        let head = "\n# aminclude_static.am generated automatically by Autoconf\n# from AX_AM_MACROS_STATIC on Mon\n";
        for rest in ["", "X := $(shell curl x)\n", "all:\n\tcurl x\n"] {
            assert!(!is_collection(format!("{head}{rest}").as_bytes()));
        }
        assert!(!is_collection(b""));
    }
}

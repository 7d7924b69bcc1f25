//! `%setup` and `%autosetup`: which sources they unpack, and where.
//!
//! See rpm's manual, "Spec file format", `%setup`.

use bstr::{BString, ByteSlice};

use super::shell::Word;

/// What a call says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Setup {
    /// `-n`: the directory to enter; without it, `%{name}-%{version}`.
    pub directory: Option<BString>,
    /// `-T`: Source0 is not unpacked.
    pub skips_first: bool,
    /// `-D`: what is there is not deleted first.
    pub keeps: bool,
    /// `-c`: the directory is made first, and the sources unpacked in it.
    pub creates: bool,
    /// `-C` of `%autosetup`: the one top directory is stripped.
    pub strips: bool,
    /// `-a`: sources unpacked inside the directory.
    pub after: Vec<Option<u32>>,
    /// `-b`: sources unpacked beside the directory.
    pub before: Vec<Option<u32>>,
    /// Whether everything was understood.
    pub is_clear: bool,
}

/// Reads the arguments of a call.
pub(super) fn read(arguments: &[Word]) -> Setup {
    let mut setup = Setup {
        is_clear: true,
        ..Setup::default()
    };
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        let Some(mut letters) = word.text.strip_prefix(b"-").filter(|letters| !letters.is_empty()) else {
            setup.is_clear = false;
            continue;
        };
        while let Some((letter, rest)) = letters.split_first() {
            letters = rest;
            if !b"nabpS".contains(letter) {
                match letter {
                    b'T' => setup.skips_first = true,
                    b'D' => setup.keeps = true,
                    b'c' => setup.creates = true,
                    b'C' => setup.strips = true,
                    b'q' | b'v' | b'N' => {}
                    _ => setup.is_clear = false,
                }
                continue;
            }
            let value = match rest {
                b"" => words.next().map(|word| word.text.as_slice()),
                rest => Some(rest),
            };
            letters = b"";
            let value = value.unwrap_or_default();
            match letter {
                b'n' => {
                    setup.is_clear &= !value.is_empty() && !value.contains_str("%{");
                    setup.directory = Some(value.into());
                }
                b'a' => setup.after.push(number(value)),
                b'b' => setup.before.push(number(value)),
                _ => {}
            }
        }
    }
    setup.is_clear &= setup.after.iter().chain(&setup.before).all(Option::is_some);
    setup
}

fn number(text: &[u8]) -> Option<u32> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

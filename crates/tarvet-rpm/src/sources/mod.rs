//! The `sources` file of dist-git: which uploaded files belong to the package, by digest.
//!
//! Three forms of a line are in use: `SHA512 (name) = hex`, `hex  name` (MD5, the old form), and `hex path/name` with the
//! type told by its length. See pyrpkg's `sources.py` for the first two and CentOS's `.metadata` files for the third.

use std::collections::HashMap;

use bstr::{BStr, BString, ByteSlice};

use crate::spec::fault::{Fault, FaultKind, Faults, excerpt};
use crate::spec::is_plain;

/// The largest file that is read, in bytes.
pub const LARGEST: usize = 4 << 20;

/// A digest's algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// Broken: anyone can make two files with one digest.
    Md5,
    /// Broken in the same way.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl Algorithm {
    /// Whether it no longer proves that a file is the one that was meant.
    #[must_use]
    pub fn is_weak(self) -> bool {
        matches!(self, Self::Md5 | Self::Sha1)
    }

    /// Bytes of a digest.
    #[must_use]
    pub fn length(self) -> usize {
        match self {
            Self::Md5 => 16,
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    fn named(name: &[u8]) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_slice() {
            b"md5" => Self::Md5,
            b"sha1" => Self::Sha1,
            b"sha256" => Self::Sha256,
            b"sha384" => Self::Sha384,
            b"sha512" => Self::Sha512,
            _ => return None,
        })
    }

    fn of_length(digits: usize) -> Option<Self> {
        let all = [Self::Md5, Self::Sha1, Self::Sha256, Self::Sha384, Self::Sha512];
        all.into_iter().find(|algorithm| algorithm.length() * 2 == digits)
    }
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The file name, without a directory.
    pub name: BString,
    /// How the digest was made.
    pub algorithm: Algorithm,
    /// The digest.
    pub digest: Vec<u8>,
    /// The line, from 1.
    pub line: usize,
}

/// The file, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sources {
    /// Its entries, in order, all of a name that is given twice.
    pub entries: Vec<Entry>,
    /// What is wrong.
    pub faults: Vec<Fault>,
}

impl Sources {
    /// The entries for a file name; more than one is a fault.
    pub fn named(&self, name: &BStr) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.name == name)
    }
}

/// Reads a `sources` file. Lines that are not understood are faults, never skipped in silence.
#[must_use]
pub fn read(text: &[u8]) -> Sources {
    let mut faults = Faults::default();
    if text.len() > LARGEST {
        faults.push(
            FaultKind::TooLarge,
            0,
            format!(
                "sources has {} bytes, more than the limit of {LARGEST}; it was not read",
                text.len()
            ),
            "list the files of this package only",
        );
        return Sources {
            entries: Vec::new(),
            faults: faults.list,
        };
    }
    let mut entries: Vec<Entry> = Vec::new();
    let mut first: HashMap<BString, usize> = HashMap::new();
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        if line.trim().is_empty() {
            continue;
        }
        let Some(entry) = entry(line.trim_end(), number, &mut faults) else {
            continue;
        };
        if entry.algorithm.is_weak() {
            faults.push(
                FaultKind::WeakDigest,
                number,
                format!(
                    "the digest of {} is {:?}, for which two files with one digest can be made",
                    excerpt(&entry.name),
                    entry.algorithm
                ),
                "upload the file again with SHA512",
            );
        }
        if let Some(before) = first.get(&entry.name) {
            faults.push(
                FaultKind::DuplicateEntry,
                number,
                format!("{} is listed twice, first in line {before}", excerpt(&entry.name)),
                "keep the line of the file that the spec means",
            );
        } else {
            first.insert(entry.name.clone(), number);
        }
        entries.push(entry);
    }
    Sources {
        entries,
        faults: faults.list,
    }
}

fn entry(line: &[u8], number: usize, faults: &mut Faults) -> Option<Entry> {
    let Some((algorithm, name, digits)) = split(line) else {
        faults.push(
            FaultKind::UnknownLine,
            number,
            format!("expected `SHA512 (name) = digest`, found {}", excerpt(line)),
            "write the line with the packaging tool",
        );
        return None;
    };
    let digest = unhex(digits);
    let Some((algorithm, digest)) = algorithm
        .zip(digest)
        .filter(|(algorithm, digest)| algorithm.length() == digest.len())
    else {
        faults.push(
            FaultKind::MalformedDigest,
            number,
            format!(
                "the digest of {} is not one of its type: {}",
                excerpt(name),
                excerpt(digits)
            ),
            "write the line with the packaging tool",
        );
        return None;
    };
    let base = name.rsplit_str("/").next().unwrap_or_default();
    let climbs = name.starts_with(b"/") || name.split_str("/").any(|part| part == b"..");
    if !is_plain(base) || climbs {
        faults.push(
            FaultKind::NameUnsafe,
            number,
            format!("expected a file name, found {}", excerpt(name)),
            "list plain file names",
        );
        return None;
    }
    Some(Entry {
        name: base.into(),
        algorithm,
        digest,
        line: number,
    })
}

/// Algorithm, name and digits of a line, in any of the three forms.
fn split(line: &[u8]) -> Option<(Option<Algorithm>, &[u8], &[u8])> {
    if let Some((kind, rest)) = line.split_once_str(" (") {
        let (name, digits) = rest.rsplit_once_str(") = ")?;
        let is_word = !kind.is_empty() && !kind.contains(&b' ') && !name.is_empty();
        return is_word.then_some((Algorithm::named(kind), name, digits));
    }
    let (digits, name) = line.split_once_str(" ")?;
    let name = name.strip_prefix(b" ").unwrap_or(name);
    let is_plain = !name.is_empty() && !name.starts_with(b" ") && digits.iter().all(u8::is_ascii_hexdigit);
    is_plain.then_some((Algorithm::of_length(digits.len()), name, digits))
}

fn unhex(digits: &[u8]) -> Option<Vec<u8>> {
    if !digits.len().is_multiple_of(2) || digits.len() > 256 {
        return None;
    }
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let pair = |pair: &[u8]| match pair {
        [high, low] => u8::try_from(digit(high)? * 16 + digit(low)?).ok(),
        _ => None,
    };
    digits.chunks(2).map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn kinds(text: &str) -> Vec<FaultKind> {
        read(text.as_bytes())
            .faults
            .iter()
            .map(|fault| fault.kind)
            .collect()
    }

    #[test]
    fn every_form_is_read() {
        let (strong, weak) = ("ab".repeat(64), "01".repeat(16));
        let text = format!(
            "SHA512 (a-1.tar.xz) = {strong}\n{weak}  b.tar.gz\n{} SOURCES/c.tar\n\n",
            "00".repeat(32)
        );
        let read = read(text.as_bytes());
        let names: Vec<_> = read
            .entries
            .iter()
            .map(|entry| (entry.name.to_string(), entry.algorithm))
            .collect();
        assert_eq!(
            names,
            [
                ("a-1.tar.xz".into(), Algorithm::Sha512),
                ("b.tar.gz".into(), Algorithm::Md5),
                ("c.tar".into(), Algorithm::Sha256)
            ]
        );
        assert_eq!(read.faults.len(), 1);
        assert_eq!(read.faults[0].kind, FaultKind::WeakDigest);
        assert_eq!(read.named("a-1.tar.xz".into()).next().unwrap().digest, [0xab; 64]);
    }

    #[test]
    fn what_is_wrong_is_told() {
        let good = format!("SHA512 (a) = {}\n", "0".repeat(128));
        assert_eq!(kinds(&good), []);
        assert_eq!(kinds(&format!("{good}{good}")), [FaultKind::DuplicateEntry]);
        assert_eq!(kinds("SHA512 (a) = 00\n"), [FaultKind::MalformedDigest]);
        assert_eq!(
            kinds(&good.replace("SHA512", "CRC")),
            [FaultKind::MalformedDigest]
        );
        assert_eq!(kinds(&good.replace("(a)", "(../a)")), [FaultKind::NameUnsafe]);
        assert_eq!(kinds("# comment\n<<<<<<< HEAD\n").len(), 2);
        assert_eq!(kinds(&" ".repeat(LARGEST + 1)), [FaultKind::TooLarge]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(text in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = read(&text);
        }
    }
}

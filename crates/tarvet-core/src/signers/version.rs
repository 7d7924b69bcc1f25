//! The order of versions as tags spell them.

use std::cmp::Ordering;

use bstr::ByteSlice;

use super::read::ReadTag;
use crate::upstream::{ObjectStore, Repository, UpstreamError};

/// Words that come before the version they belong to.
const BEFORE: [&[u8]; 8] = [
    b"alpha",
    b"beta",
    b"rc",
    b"pre",
    b"dev",
    b"preview",
    b"snapshot",
    b"test",
];

/// One run of a name. The order of the variants is the order of versions: `1.2rc1`, `1.2`, `1.2a`, `1.2.1`.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part<'a> {
    Before(Vec<u8>),
    End,
    Word(Vec<u8>),
    /// Digits without leading zeros: a longer number is a larger one.
    Number(usize, &'a [u8]),
}

/// Compares tag names as versions: digits by their value, pre-releases before their release, the project's name and
/// any other letters in front left out. Names without a digit come last.
pub fn compare_versions(left: &[u8], right: &[u8]) -> Ordering {
    let (mut a, mut b) = (Parts(from_digit(left)), Parts(from_digit(right)));
    let numberless = a.0.is_empty().cmp(&b.0.is_empty());
    if numberless != Ordering::Equal {
        return numberless;
    }
    loop {
        let (x, y) = (a.next_part(), b.next_part());
        match x.cmp(&y) {
            Ordering::Equal if x == Part::End => return left.cmp(right),
            Ordering::Equal => {}
            other => return other,
        }
    }
}

fn from_digit(name: &[u8]) -> &[u8] {
    let at = name.iter().position(u8::is_ascii_digit).unwrap_or(name.len());
    name.get(at..).unwrap_or_default()
}

struct Parts<'a>(&'a [u8]);

impl<'a> Parts<'a> {
    fn next_part(&mut self) -> Part<'a> {
        let start = self.0.iter().position(u8::is_ascii_alphanumeric);
        let Some(rest) = start.and_then(|at| self.0.get(at..)) else {
            self.0 = &[];
            return Part::End;
        };
        let digit = rest.first().is_some_and(u8::is_ascii_digit);
        let same = |byte: &u8| byte.is_ascii_alphanumeric() && byte.is_ascii_digit() == digit;
        let end = rest.iter().position(|byte| !same(byte)).unwrap_or(rest.len());
        let (run, tail) = rest.split_at(end);
        self.0 = tail;
        if digit {
            let zeros = run.iter().take_while(|&&byte| byte == b'0').count();
            let number = run.get(zeros..).unwrap_or_default();
            return Part::Number(number.len(), number);
        }
        let word = run.to_ascii_lowercase();
        if BEFORE.contains(&word.as_bytes()) {
            Part::Before(word)
        } else {
            Part::Word(word)
        }
    }
}

/// The tags that are not older than `since`, by version or by date: either alone could be forged to hide a tag.
pub(super) fn since(
    tags: Vec<ReadTag>,
    since: Option<&str>,
    repository: &Repository,
) -> Result<Vec<ReadTag>, UpstreamError> {
    let Some(wanted) = since else {
        return Ok(tags);
    };
    let Some(first) = tags.iter().find(|tag| tag.entry.name == wanted) else {
        return Err(UpstreamError::NoSuchTag {
            wanted: wanted.to_owned(),
            place: repository.place(),
            nearest: Vec::new(),
        });
    };
    let (name, time) = (first.entry.name.clone(), first.entry.time);
    let is_later = |tag: &ReadTag| {
        compare_versions(&tag.entry.name, &name) != Ordering::Less
            || tag.entry.time.is_none()
            || tag.entry.time >= time
    };
    Ok(tags.into_iter().filter(is_later).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn versions_come_in_the_order_of_their_release() {
        let ordered = [
            "v4.42.2alpha",
            "v4.999.9beta",
            "v5.0.0",
            "v5.1.0alpha",
            "v5.1.0beta",
            "xz-5.1.0",
            "v5.1.0a",
            "v5.1.0.1",
            "release/5.2rc1",
            "foo_5_2",
            "v5.10",
            "v5.010.1",
            "v18446744073709551616.0",
            "latest",
        ];
        for (index, low) in ordered.iter().enumerate() {
            for high in &ordered[index + 1..] {
                let (low, high) = (low.as_bytes(), high.as_bytes());
                assert_eq!(
                    compare_versions(low, high),
                    Ordering::Less,
                    "{} < {}",
                    low.as_bstr(),
                    high.as_bstr()
                );
            }
        }
    }

    proptest! {
        #[test]
        fn it_is_an_order(a in ".{0,12}", b in "[0-9a-c.]{0,8}", c in "[0-9a-c.]{0,8}") {
            let (a, b, c) = (a.as_bytes(), b.as_bytes(), c.as_bytes());
            prop_assert_eq!(compare_versions(a, b), compare_versions(b, a).reverse());
            prop_assert_eq!(compare_versions(a, a), Ordering::Equal);
            if compare_versions(a, b) == Ordering::Less && compare_versions(b, c) == Ordering::Less {
                prop_assert_eq!(compare_versions(a, c), Ordering::Less);
            }
        }
    }
}

//! All versions of a file woven into one list of lines, each with the first and the last version that has it.
//!
//! ```text
//! versions (u8) · per version: its key's position under the name (u16) · lines (u32)
//! per line: first version (u8) · per line: last version (u8) · the lines, each with a newline
//! ```
//!
//! A text's last line always ends in a newline here; a missing one does not matter for showing a difference.

use std::collections::HashMap;

use bstr::ByteSlice;

use super::diff::matches;
use super::format::{u16_at, u32_at};

/// A version is one byte.
pub(super) const MOST_VERSIONS: usize = 250;

/// A line and the versions that have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line<'a> {
    pub text: &'a [u8],
    pub first: u8,
    pub last: u8,
}

/// The woven lines of one file name.
#[derive(Debug, Default)]
pub(super) struct Weave<'a> {
    /// Of each version the position of its key under the name.
    pub versions: Vec<u16>,
    pub lines: Vec<Line<'a>>,
}

impl<'a> Weave<'a> {
    /// Adds the next version.
    pub fn add(&mut self, key: u16, text: &'a [u8]) {
        let Ok(version) = u8::try_from(self.versions.len()) else {
            return;
        };
        self.versions.push(key);
        let before: Vec<usize> = match version.checked_sub(1) {
            Some(before) => (0..self.lines.len())
                .filter(|at| self.lines.get(*at).is_some_and(|line| line.last == before))
                .collect(),
            None => Vec::new(),
        };
        let mut ids: HashMap<&[u8], u32> = HashMap::new();
        let mut id = |text: &'a [u8]| {
            let next = u32::try_from(ids.len()).unwrap_or(u32::MAX);
            *ids.entry(text).or_insert(next)
        };
        let old: Vec<u32> = before
            .iter()
            .filter_map(|at| self.lines.get(*at))
            .map(|line| id(line.text))
            .collect();
        let texts: Vec<&[u8]> = text.lines().collect();
        let new: Vec<u32> = texts.iter().map(|line| id(line)).collect();
        let mut woven = Vec::with_capacity(self.lines.len() + 16);
        let (mut copied, mut taken) = (0, 0);
        let fresh = |text: &&'a [u8]| Line {
            text,
            first: version,
            last: version,
        };
        for (at_old, at_new) in matches(&old, &new) {
            let Some(at) = before.get(at_old).copied() else {
                continue;
            };
            // New lines go right before the old line they precede.
            woven.extend(self.lines.get(copied..at).into_iter().flatten().copied());
            woven.extend(texts.get(taken..at_new).into_iter().flatten().map(fresh));
            woven.extend(self.lines.get(at).map(|line| Line {
                last: version,
                ..*line
            }));
            (copied, taken) = (at + 1, at_new + 1);
        }
        woven.extend(self.lines.get(copied..).into_iter().flatten().copied());
        woven.extend(texts.get(taken..).into_iter().flatten().map(fresh));
        self.lines = woven;
    }

    /// The lines of one version.
    pub fn version(&self, version: u8) -> impl Iterator<Item = &'a [u8]> {
        let has = move |line: &&Line<'a>| line.first <= version && version <= line.last;
        self.lines.iter().filter(has).map(|line| line.text)
    }

    /// As it is stored.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![u8::try_from(self.versions.len()).unwrap_or(u8::MAX)];
        bytes.extend(self.versions.iter().flat_map(|key| key.to_le_bytes()));
        bytes.extend(u32::try_from(self.lines.len()).unwrap_or(u32::MAX).to_le_bytes());
        bytes.extend(self.lines.iter().map(|line| line.first));
        bytes.extend(self.lines.iter().map(|line| line.last));
        for line in &self.lines {
            bytes.extend_from_slice(line.text);
            bytes.push(b'\n');
        }
        bytes
    }

    /// Reads what [`to_bytes`](Weave::to_bytes) wrote; nothing when it is anything else.
    pub fn parse(bytes: &'a [u8]) -> Option<Weave<'a>> {
        let count = usize::from(*bytes.first()?);
        let versions: Vec<u16> = (0..count)
            .map(|at| u16_at(bytes, 1 + 2 * at))
            .collect::<Option<_>>()?;
        let at = 1 + 2 * count;
        let lines = u32_at(bytes, at)? as usize;
        let first = bytes.get(at + 4..)?.get(..lines)?;
        let last = bytes.get(at + 4 + lines..)?.get(..lines)?;
        let mut texts = bytes.get(at + 4 + 2 * lines..)?.split(|byte| *byte == b'\n');
        let lines = first.iter().zip(last).map(|(first, last)| {
            Some(Line {
                text: texts.next()?,
                first: *first,
                last: *last,
            })
        });
        Some(Weave {
            versions,
            lines: lines.collect::<Option<_>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Weave;

    fn text(weave: &Weave<'_>, version: u8) -> Vec<u8> {
        weave
            .version(version)
            .flat_map(|line| [line, b"\n"].concat())
            .collect()
    }

    #[test]
    fn every_version_comes_out_again() {
        let versions = [
            "a\nb\nc\n",
            "a\nx\nb\nc\nd\n",
            "x\nc\nb\nd\n",
            "",
            "a\nb\nc\n",
            "a\na\n\nb\na\n",
        ];
        let mut weave = Weave::default();
        for (key, version) in (0..).zip(versions) {
            weave.add(key, version.as_bytes());
        }
        let bytes = weave.to_bytes();
        let read = Weave::parse(&bytes).expect("just written");
        assert_eq!(read.versions, [0, 1, 2, 3, 4, 5]);
        for (at, version) in (0..).zip(versions) {
            assert_eq!(text(&read, at), version.as_bytes(), "{at}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_versions_come_out_again(versions in proptest::collection::vec("([abc]?\n){0,8}", 0..8)) {
            let mut weave = Weave::default();
            for version in &versions {
                weave.add(0, version.as_bytes());
            }
            for (at, version) in (0..).zip(&versions) {
                proptest::prop_assert_eq!(text(&weave, at), version.as_bytes());
            }
        }

        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            if let Some(weave) = Weave::parse(&bytes) {
                let _ = text(&weave, 0);
            }
        }
    }
}

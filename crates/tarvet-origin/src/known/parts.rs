//! aclocal.m4 is macro files one after the other: which known one does a text start with?

use std::borrow::Cow;

use bstr::ByteSlice;

use super::Part;
use super::format::{EDGE, KEYS, PARTS, key_of, mix, u24_at, u32_at};
use super::table::{Table, partition};

/// No more than so many contents that share beginning, length and end with a text are digested at one place.
const TRIES: usize = 16;

/// What aclocal copies of a macro file: all lines but those that start with `##`.
pub(super) fn as_copied(content: &[u8]) -> Cow<'_, [u8]> {
    if !content.starts_with(b"##") && memchr::memmem::find(content, b"\n##").is_none() {
        return Cow::Borrowed(content);
    }
    content
        .lines_with_terminator()
        .filter(|line| !line.starts_with(b"##"))
        .flatten()
        .copied()
        .collect::<Vec<u8>>()
        .into()
}

impl Table {
    /// The longest known macro file, as aclocal copies it, that `at` starts with. None is shorter than 40 bytes.
    ///
    /// What is digested to find out is taken off `budget`, in bytes; nothing more is found when that is used up.
    pub fn part(&self, at: &[u8], budget: &mut usize) -> Option<Part> {
        let start = mix(at.get(..EDGE)?);
        let stored = |position| u32_at(self.record(PARTS, position), 0).unwrap_or(u32::MAX);
        let first = partition(self.records(PARTS), |position| stored(position) < start);
        let mut lengths: Vec<(usize, usize)> = (first..self.records(PARTS))
            .take_while(|position| stored(*position) == start)
            .filter_map(|position| self.candidate(position, at))
            .collect();
        lengths.sort_unstable_by(|one, other| other.cmp(one));
        lengths.into_iter().take(TRIES).find_map(|(len, key)| {
            let text = at.get(..len)?;
            *budget = budget.checked_sub(len)?;
            (key_of(text) == *self.key(key)).then(|| self.described(len, key))?
        })
    }

    /// Length and key of a part whose end could be in `at`.
    fn candidate(&self, position: usize, at: &[u8]) -> Option<(usize, usize)> {
        let record = self.record(PARTS, position);
        let (end, len, key) = (u32_at(record, 4)?, u24_at(record, 8)?, u24_at(record, 11)?);
        let edge = at.get(len.checked_sub(EDGE)?..len)?;
        (mix(edge) == end && key < self.records(KEYS)).then_some((len, key))
    }

    fn described(&self, len: usize, key: usize) -> Option<Part> {
        let name = self.name_of_key(key)?.to_str_lossy().into_owned();
        Some(Part {
            len,
            name,
            known: self.origin(key)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::as_copied;

    #[test]
    fn lines_that_aclocal_leaves_out() {
        assert_eq!(as_copied(b"## a\n# b\n## c\nd\n").as_ref(), b"# b\nd\n");
        assert_eq!(as_copied(b"# b ##\n ## c\n").as_ref(), b"# b ##\n ## c\n");
    }
}

//! A table as it lies in memory: its bytes, and where its sections are.

use std::borrow::Cow;
use std::sync::{LazyLock, OnceLock};

use bstr::{BStr, ByteSlice};

use super::Known;
use super::error::TableError;
use super::format::{
    DAYS, KEY, KEY_LABELS, KEYS, LABELS, MACROS, NAME_BYTES, NAMES, NO_SERIAL, PART, PARTS, SECTIONS,
    STRING_ENDS, STRINGS, u16_at, u32_at,
};
use super::names::Class;
use super::parse;

/// The table that is part of tarvet, as `cargo xtask known` wrote it.
static EMBEDDED: &[u8] = include_bytes!("../../data/known.table");

/// Published contents of standard build files, searched as they lie: nothing is unpacked.
#[derive(Debug)]
pub struct Table {
    pub(super) bytes: Cow<'static, [u8]>,
    /// Start and end of each section.
    pub(super) sections: [(usize, usize); SECTIONS.len()],
    /// Positions of all keys in the order of the keys, made when something is first sought under any name.
    pub(super) by_key: OnceLock<Vec<u32>>,
}

/// How much a table holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// File names.
    pub names: usize,
    /// Contents; years and licences of C files do not count apart.
    pub contents: usize,
    /// Macros of which the defining file is known.
    pub macros: usize,
    /// Contents that aclocal.m4 may be made of.
    pub parts: usize,
    /// Bytes.
    pub bytes: usize,
}

/// What is stored of a file name.
pub(super) struct NameRecord {
    pub class: Class,
    pub standard: bool,
    pub serial: Option<u16>,
    /// Positions of the first key and of the one after the last.
    pub keys: (usize, usize),
}

impl Table {
    /// The table that tarvet carries. It is not parsed before it is first asked for.
    pub fn embedded() -> &'static Table {
        static TABLE: LazyLock<Table> = LazyLock::new(|| {
            // A test holds that it parses; an empty table knows nothing and accounts for nothing.
            parse::table(Cow::Borrowed(EMBEDDED), parse::Checksum::Trusted).unwrap_or_else(|_| Table::empty())
        });
        &TABLE
    }

    /// Reads a table that [`Builder`](super::Builder) wrote, believing nothing in it: afterwards every look-up is in
    /// bounds and bounded.
    ///
    /// # Errors
    ///
    /// When it is no table, another format's, too large, or damaged; the error says where.
    pub fn parse(bytes: Vec<u8>) -> Result<Table, TableError> {
        parse::table(Cow::Owned(bytes), parse::Checksum::Checked)
    }

    /// How much it holds.
    pub fn counts(&self) -> Counts {
        Counts {
            names: self.records(NAMES),
            contents: self.records(KEYS),
            macros: self.records(MACROS),
            parts: self.records(PARTS),
            bytes: self.bytes.len(),
        }
    }

    fn empty() -> Table {
        Table {
            bytes: Cow::Borrowed(&[]),
            sections: [(0, 0); SECTIONS.len()],
            by_key: OnceLock::new(),
        }
    }

    pub(super) fn section(&self, section: usize) -> &[u8] {
        let (start, end) = self.sections.get(section).copied().unwrap_or_default();
        self.bytes.get(start..end).unwrap_or_default()
    }

    /// How many records a section has.
    pub(super) fn records(&self, section: usize) -> usize {
        self.section(section).len() / SECTIONS.get(section).map_or(1, |(_, size)| *size)
    }

    /// One record of a section; empty when there is none.
    pub(super) fn record(&self, section: usize, position: usize) -> &[u8] {
        let size = SECTIONS.get(section).map_or(1, |(_, size)| *size);
        let start = position.saturating_mul(size);
        self.section(section)
            .get(start..start.saturating_add(size))
            .unwrap_or_default()
    }

    pub(super) fn key(&self, position: usize) -> &[u8] {
        debug_assert_eq!(SECTIONS[KEYS].1, KEY);
        self.record(KEYS, position)
    }

    /// Entry `position` of a section of ends, 0 before the first.
    fn end(&self, section: usize, position: Option<usize>, field: usize) -> Option<usize> {
        match position {
            None => Some(0),
            Some(position) => Some(u32_at(self.record(section, position), field)? as usize),
        }
    }

    pub(super) fn string(&self, id: usize) -> Option<&str> {
        let start = self.end(STRING_ENDS, id.checked_sub(1), 0)?;
        let end = self.end(STRING_ENDS, Some(id), 0)?;
        self.section(STRINGS).get(start..end)?.to_str().ok()
    }

    pub(super) fn name(&self, position: usize) -> Option<&BStr> {
        let start = self.end(NAMES, position.checked_sub(1), 0)?;
        let end = self.end(NAMES, Some(position), 0)?;
        self.section(NAME_BYTES).get(start..end).map(BStr::new)
    }

    pub(super) fn name_record(&self, position: usize) -> Option<NameRecord> {
        let record = self.record(NAMES, position);
        let keys = (
            self.end(NAMES, position.checked_sub(1), 4)?,
            u32_at(record, 4)? as usize,
        );
        let serial = u16_at(record, 8)?;
        Some(NameRecord {
            class: Class::from_code(*record.get(10)?)?,
            standard: *record.get(11)? == 1,
            serial: (serial != NO_SERIAL).then_some(serial),
            keys,
        })
    }

    /// The name that a key belongs to, as people know it.
    pub(super) fn name_of_key(&self, key: usize) -> Option<&BStr> {
        let count = self.records(NAMES);
        let position = partition(count, |name| {
            self.name_record(name).is_some_and(|record| record.keys.1 <= key)
        });
        let name = self.name(position)?;
        Some(BStr::new(name.strip_prefix(&[PART]).unwrap_or(name)))
    }

    /// Who published the contents of a key.
    pub(super) fn origin(&self, key: usize) -> Option<Known> {
        let label = usize::from(u16_at(self.record(KEY_LABELS, key), 0)?);
        let record = self.record(LABELS, label);
        let [project, low, high, upstreams] = [0, 2, 4, 6].map(|at| u16_at(record, at));
        let (project, low, high, upstreams) = (project?, low?, high?, upstreams?);
        let mut versions = if project & DAYS != 0 {
            days(low, high)
        } else {
            self.string(usize::from(low) | usize::from(high) << 16)?
                .to_owned()
        };
        let corroborated = (upstreams != 0).then_some(u32::from(upstreams));
        if let Some(upstreams) = corroborated {
            let space = if versions.is_empty() { "" } else { " " };
            versions = format!("{versions}{space}(in {upstreams} Debian source packages)");
        }
        let project = self.string(usize::from(project & !DAYS))?.to_owned();
        Some(Known {
            project,
            versions,
            corroborated,
            how: super::Match::Exact,
        })
    }
}

/// Days since 1970 as `2023-08-17..2024-01-01`.
fn days(first: u16, last: u16) -> String {
    let day = |days: u16| {
        let epoch = jiff::civil::date(1970, 1, 1);
        epoch
            .saturating_add(jiff::Span::new().days(i64::from(days)))
            .to_string()
    };
    if first == last {
        day(first)
    } else {
        format!("{}..{}", day(first), day(last))
    }
}

/// The first of `count` positions that is not before what is sought.
pub(super) fn partition(count: usize, before: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low + (high - low) / 2;
        if before(middle) {
            low = middle + 1
        } else {
            high = middle
        }
    }
    low
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;

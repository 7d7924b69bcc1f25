//! What one table answers.

use bstr::{BStr, ByteSlice};

use super::format::{KEYS, Key, MACROS, NAMES, PART, key_of, macro_key, shorten, u16_at};
use super::names::{Class, basename, may_be_known, unrelated_place};
use super::normalise::{other_shells, source_key, without_spdx};
use super::serial::Serial;
use super::table::{NameRecord, Table, partition};
use super::{Known, Match};

/// Larger contents are only compared byte for byte: variants are copies.
const LARGEST_VARIANT: usize = 2 << 20;

impl Table {
    /// Position and record of a name.
    pub(super) fn find_name(&self, name: &[u8]) -> Option<(usize, NameRecord)> {
        if !may_be_known(name) {
            return None;
        }
        let position = partition(self.records(NAMES), |at| {
            self.name(at).is_some_and(|other| other.as_bytes() < name)
        });
        if self.name(position)?.as_bytes() != name {
            return None;
        }
        Some((position, self.name_record(position)?))
    }

    fn find_key(&self, (first, end): (usize, usize), key: &Key) -> Option<usize> {
        let position = first
            + partition(end.saturating_sub(first), |at| {
                self.key(first + at) < key.as_slice()
            });
        (position < end && self.key(position) == key).then_some(position)
    }

    pub(super) fn known(&self, path: &BStr, sha256: &[u8; 32]) -> Option<Known> {
        let (_, record) = self.find_name(basename(path))?;
        self.origin(self.find_key(record.keys, &shorten(sha256))?)
    }

    pub(super) fn known_by_content(&self, path: &BStr, content: &[u8]) -> Option<Known> {
        let name = basename(path);
        let (_, record) = self.find_name(name)?;
        let find = |text: &[u8], how| {
            let key = self.find_key(record.keys, &key_of(text))?;
            self.origin(key).map(|known| Known { how, ..known })
        };
        if let Some(known) = find(content, Match::Exact) {
            return Some(known);
        }
        match record.class {
            Class::Source => {
                let key = self.find_key(record.keys, &source_key(name, content))?;
                self.origin(key).map(|known| Known {
                    how: Match::LicenceNotice,
                    ..known
                })
            }
            Class::Macro | Class::Script if content.len() <= LARGEST_VARIANT => {
                let shells = other_shells(content)
                    .into_iter()
                    .map(|text| (text, Match::Shebang));
                let plain = without_spdx(content)
                    .into_iter()
                    .map(|text| (text, Match::SpdxLine));
                shells.chain(plain).find_map(|(text, how)| find(&text, how))
            }
            _ => None,
        }
    }

    pub(super) fn named_elsewhere(&self, sha256: &[u8; 32]) -> Option<(&BStr, Known)> {
        let key = shorten(sha256);
        let order = self.by_key.get_or_init(|| {
            let mut order: Vec<u32> = (0..u32::try_from(self.records(KEYS)).unwrap_or(0)).collect();
            order.sort_unstable_by(|one, other| self.key(*one as usize).cmp(self.key(*other as usize)));
            order
        });
        let at = order.partition_point(|position| self.key(*position as usize) < key.as_slice());
        let same = order.get(at..)?.iter().map(|position| *position as usize);
        same.take_while(|position| self.key(*position) == key)
            .find_map(|position| {
                Some((
                    self.name_of_key(position).filter(|name| !name.is_empty())?,
                    self.origin(position)?,
                ))
            })
    }

    pub(super) fn class(&self, path: &BStr) -> Option<(Class, bool)> {
        let (_, record) = self.find_name(basename(path))?;
        let suspicious = record.standard && record.class.makes_impostors() && !unrelated_place(path);
        Some((record.class, suspicious))
    }

    pub(super) fn highest_serial(&self, path: &BStr) -> Option<Serial> {
        let (_, record) = self.find_name(basename(path))?;
        Serial::parse(self.string(usize::from(record.serial?))?.as_bytes())
    }

    pub(super) fn definer(&self, name: &BStr) -> Option<&BStr> {
        let key = macro_key(name);
        let stored = |at| self.record(MACROS, at).get(..8).unwrap_or_default();
        let at = partition(self.records(MACROS), |at| stored(at) < key.as_slice());
        if stored(at) != key {
            return None;
        }
        let name = self.name(usize::from(u16_at(self.record(MACROS, at), 8)?))?;
        name.strip_prefix(&[PART])
            .map_or(Some(name), |name| Some(BStr::new(name)))
    }
}

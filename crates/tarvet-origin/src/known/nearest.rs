//! The published version that a file is nearest to, and what it changed.

use std::collections::HashMap;
use std::io::Read;

use bstr::{BStr, ByteSlice};
use flate2::read::ZlibDecoder;

use super::Known;
use super::diff::matches;
use super::format::{CHUNK_ENDS, CHUNKS, LARGEST_CHUNK, TEXTS, u16_at, u32_at};
use super::table::{Table, partition};
use super::weave::Weave;

/// Larger contents are not compared: no standard file comes near.
const LARGEST: usize = 2 << 20;
/// So many lines of either kind are told.
const MOST_CHANGES: usize = 60;
/// So much of a line is told, in bytes.
const LONGEST_LINE: usize = 200;

/// The published version that has most lines in common with some contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nearest {
    /// Which version.
    pub known: Known,
    /// Lines that the contents have and the version has not.
    pub added: usize,
    /// Lines that the version has and the contents have not.
    pub removed: usize,
    /// The first changes, in the order of the contents.
    pub changes: Vec<Change>,
}

/// A line that is on one side only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its number in the contents, from 1; of a removed line that of the line it stood before.
    pub line: usize,
    /// Whether the contents have it, or the published version.
    pub added: bool,
    /// Its bytes, the first 200 at most; nothing in them is escaped.
    pub text: Vec<u8>,
}

impl Table {
    /// The nearest version of the file that the path's last component names, and the difference to it.
    pub(super) fn nearest(&self, path: &BStr, content: &[u8]) -> Option<Nearest> {
        if content.len() > LARGEST {
            return None;
        }
        let (name, record) = self.find_name(super::names::basename(path))?;
        let raw = self.text(name)?;
        let weave = Weave::parse(&raw)?;
        let mut ids: HashMap<&[u8], u32> = HashMap::new();
        let mut id = |text| {
            let next = u32::try_from(ids.len()).unwrap_or(u32::MAX);
            *ids.entry(text).or_insert(next)
        };
        let woven: Vec<u32> = weave.lines.iter().map(|line| id(line.text)).collect();
        let texts: Vec<&[u8]> = content.lines().collect();
        let new: Vec<u32> = texts.iter().map(|line| id(line)).collect();
        let version = closest(&weave, &woven, &new)?;
        let key = weave.versions.get(usize::from(version)).copied()?;
        let key = record.keys.0 + usize::from(key);
        let old: Vec<&[u8]> = weave.version(version).collect();
        let old_ids: Vec<u32> = old.iter().map(|line| id(line)).collect();
        let pairs = matches(&old_ids, &new);
        Some(Nearest {
            known: self.origin(key).filter(|_| key < record.keys.1)?,
            added: new.len() - pairs.len(),
            removed: old.len() - pairs.len(),
            changes: changes(&old, &texts, &pairs),
        })
    }

    /// The unpacked weave of a name.
    fn text(&self, name: usize) -> Option<Vec<u8>> {
        let stored = |at| u16_at(self.record(TEXTS, at), 0).map_or(usize::MAX, usize::from);
        let at = partition(self.records(TEXTS), |at| stored(at) < name);
        let record = self.record(TEXTS, at);
        if stored(at) != name {
            return None;
        }
        let chunk = usize::from(u16_at(record, 2)?);
        let (start, len) = (u32_at(record, 4)? as usize, u32_at(record, 8)? as usize);
        let end = |chunk: usize| Some(u32_at(self.record(CHUNK_ENDS, chunk), 0)? as usize);
        let from = chunk.checked_sub(1).map_or(Some(0), end)?;
        let packed = self.section(CHUNKS).get(from..end(chunk)?)?;
        let mut raw = Vec::new();
        ZlibDecoder::new(packed)
            .take(LARGEST_CHUNK as u64)
            .read_to_end(&mut raw)
            .ok()?;
        raw.get(start..start.checked_add(len)?).map(<[u8]>::to_vec)
    }
}

/// The version with the fewest lines to add and remove, counted without their order; the latest of equals.
fn closest(weave: &Weave<'_>, woven: &[u32], new: &[u32]) -> Option<u8> {
    let most = woven.iter().chain(new).max().map_or(0, |most| *most as usize + 1);
    let mut wanted = vec![0_u32; most];
    for id in new {
        if let Some(count) = wanted.get_mut(*id as usize) {
            *count += 1;
        }
    }
    let versions = u8::try_from(weave.versions.len()).ok()?;
    (0..versions).min_by_key(|version| {
        let mut left = wanted.clone();
        let (mut common, mut total) = (0, 0);
        for (line, id) in weave.lines.iter().zip(woven) {
            if line.first <= *version && *version <= line.last {
                total += 1;
                if let Some(count) = left.get_mut(*id as usize).filter(|count| **count > 0) {
                    *count -= 1;
                    common += 1;
                }
            }
        }
        (new.len() + total - 2 * common, u8::MAX - version)
    })
}

/// The lines that `pairs` leaves out, in order.
fn changes(old: &[&[u8]], new: &[&[u8]], pairs: &[(usize, usize)]) -> Vec<Change> {
    let mut changes = Vec::new();
    let (mut at_old, mut at_new) = (0, 0);
    let end = [(old.len(), new.len())];
    for (old_end, new_end) in pairs.iter().chain(&end) {
        let cut = |text: &&[u8]| text.get(..LONGEST_LINE).unwrap_or(text).to_vec();
        let removed = old.get(at_old..*old_end).unwrap_or_default();
        changes.extend(removed.iter().map(|text| Change {
            line: at_new + 1,
            added: false,
            text: cut(text),
        }));
        let added = (at_new + 1..).zip(new.get(at_new..*new_end).unwrap_or_default());
        changes.extend(added.map(|(line, text)| Change {
            line,
            added: true,
            text: cut(text),
        }));
        (at_old, at_new) = (old_end + 1, new_end + 1);
    }
    // Of either kind: what was taken out must not hide what was put in.
    let mut left = [MOST_CHANGES; 2];
    changes.retain(|change| {
        let left = &mut left[usize::from(change.added)];
        let told = *left > 0;
        *left = left.saturating_sub(1);
        told
    });
    changes
}

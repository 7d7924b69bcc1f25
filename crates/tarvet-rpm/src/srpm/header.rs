//! A header: an index of tags, and a store with their values.

use std::{
    collections::HashSet,
    io::{self, Read},
};

use super::{
    FaultKind,
    fault::Faults,
    region,
    tags::{HEADER_IMMUTABLE, HEADER_SIGNATURES},
};

/// Magic, version 1 and four reserved bytes, which rpm insists on.
const MAGIC: [u8; 8] = [0x8e, 0xad, 0xe8, 0x01, 0, 0, 0, 0];
/// Bytes of magic and the two counts.
const INTRO: usize = 16;
/// Bytes of one entry of the index.
pub(super) const ENTRY: usize = 16;
/// Tags below are regions and internal to rpm.
const LOWEST_TAG: u32 = 100;

/// Which of the two headers, and how large it may be.
pub(super) struct Which {
    pub(super) name: &'static str,
    /// The tag of its region.
    pub(super) region: u32,
    /// Entries of the index. rpm takes 32 in a signature header and 65 535 in a header, and has names for a thousand tags.
    entries: u32,
    /// Bytes of the store. rpm takes 64 MiB in a signature header and 256 MiB in a header.
    store: u32,
}

pub(super) const SIGNATURE: Which = Which {
    name: "signature header",
    region: HEADER_SIGNATURES,
    entries: 64,
    store: 16 << 20,
};

pub(super) const MAIN: Which = Which {
    name: "header",
    region: HEADER_IMMUTABLE,
    entries: 4096,
    store: 64 << 20,
};

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    Char,
    Int8,
    Int16,
    Int32,
    Int64,
    String,
    Binary,
    StringArray,
    I18nString,
}

impl Type {
    fn from_number(number: u32) -> Option<Self> {
        Some(match number {
            1 => Type::Char,
            2 => Type::Int8,
            3 => Type::Int16,
            4 => Type::Int32,
            5 => Type::Int64,
            6 => Type::String,
            7 => Type::Binary,
            8 => Type::StringArray,
            9 => Type::I18nString,
            _ => return None,
        })
    }

    /// Bytes of one item; `None` for strings.
    fn size(self) -> Option<usize> {
        match self {
            Type::Char | Type::Int8 | Type::Binary => Some(1),
            Type::Int16 => Some(2),
            Type::Int32 => Some(4),
            Type::Int64 => Some(8),
            Type::String | Type::StringArray | Type::I18nString => None,
        }
    }
}

/// One entry of the index, whose value was found to be whole.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    pub(super) tag: u32,
    pub(super) kind: Type,
    pub(super) count: usize,
    /// From where to where in the store.
    pub(super) start: usize,
    pub(super) end: usize,
}

/// A header that was found to be well-formed.
#[derive(Debug)]
pub(super) struct Header {
    bytes: Vec<u8>,
    store: usize,
    entries: Vec<Entry>,
}

impl Header {
    /// All of it, as in the file.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Every entry but the region.
    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The first entry of that tag; there are no others where there was no fault.
    pub(super) fn entry(&self, tag: u32) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.tag == tag)
    }

    /// The bytes of an entry's value.
    pub(super) fn value(&self, entry: &Entry) -> &[u8] {
        self.bytes
            .get(self.store..)
            .and_then(|store| store.get(entry.start..entry.end))
            .unwrap_or_default()
    }
}

/// Reads one header; `None`, with a fault, where it is malformed.
pub(super) fn read(input: &mut impl Read, which: &Which, faults: &mut Faults) -> io::Result<Option<Header>> {
    let malformed = |detail: String| format!("the {} is malformed: {detail}", which.name);
    let mut bytes = Vec::new();
    input.by_ref().take(INTRO as u64).read_to_end(&mut bytes)?;
    let counts = bytes.strip_prefix(&MAGIC).and_then(|counts| {
        let (entries, store) = counts.split_at_checked(4)?;
        Some((number(entries)?, number(store)?))
    });
    let Some((entries, store)) = counts else {
        let detail = malformed("it does not start with the magic of version 1 and two counts".into());
        faults.note(FaultKind::Malformed, detail);
        return Ok(None);
    };
    if entries > which.entries || store > which.store {
        let detail = format!(
            "the {} may have {} entries and {} bytes, it promises {entries} and {store}",
            which.name, which.entries, which.store
        );
        faults.note(FaultKind::Limit, detail);
        return Ok(None);
    }
    let index = entries as usize * ENTRY;
    let whole = index as u64 + u64::from(store);
    if input.take(whole).read_to_end(&mut bytes)? as u64 != whole {
        let detail = malformed(format!("{whole} bytes promised, the file ends before"));
        faults.note(FaultKind::Malformed, detail);
        return Ok(None);
    }
    let parsed = {
        let (index, store) = bytes.split_at(INTRO + index);
        let index = index.get(INTRO..).unwrap_or_default();
        region::check(index, store, which, faults).and_then(|()| walk(index, store))
    };
    match parsed {
        Ok(entries) => {
            tell_duplicates(&entries, which, faults);
            Ok(Some(Header {
                bytes,
                store: INTRO + index,
                entries,
            }))
        }
        Err(detail) => {
            faults.note(FaultKind::Malformed, malformed(detail));
            Ok(None)
        }
    }
}

/// Goes through the index behind the region. Values must follow one another in its order, as rpm too insists.
fn walk(index: &[u8], store: &[u8]) -> Result<Vec<Entry>, String> {
    let mut entries = Vec::new();
    let mut end = 0;
    // What is left of the store before the region's trailer.
    let store = store.get(..store.len().saturating_sub(ENTRY)).unwrap_or_default();
    for fields in index.chunks_exact(ENTRY).skip(1) {
        let entry = entry(fields, store, end)?;
        end = entry.end;
        entries.push(entry);
    }
    Ok(entries)
}

fn entry(fields: &[u8], store: &[u8], free: usize) -> Result<Entry, String> {
    let mut numbers = fields.chunks_exact(4).filter_map(number);
    let mut next = || numbers.next().unwrap_or(0);
    let (tag, kind, start, count) = (next(), next(), next() as usize, next() as usize);
    if tag < LOWEST_TAG {
        return Err(format!("tag {tag} may not stand behind the region"));
    }
    let kind = Type::from_number(kind).ok_or(format!("type {kind} of tag {tag} is not known"))?;
    if count == 0 || (kind == Type::String && count != 1) {
        return Err(format!("tag {tag} may not have {count} values"));
    }
    if kind.size().is_some_and(|size| start % size != 0) {
        return Err(format!("the value of tag {tag} is not aligned"));
    }
    if start < free {
        return Err(format!("the value of tag {tag} overlaps the one before"));
    }
    let value = store.get(start..).unwrap_or_default();
    let len = match kind.size() {
        Some(size) => count.checked_mul(size).filter(|len| *len <= value.len()),
        None => strings_len(value, count),
    };
    let len = len.ok_or(format!("the value of tag {tag} does not fit"))?;
    Ok(Entry {
        tag,
        kind,
        count,
        start,
        end: start + len,
    })
}

/// Bytes of `count` strings that end with NUL.
fn strings_len(value: &[u8], count: usize) -> Option<usize> {
    let mut ends = value.iter().enumerate().filter(|(_, byte)| **byte == 0);
    let (last, _) = ends.nth(count - 1)?;
    Some(last + 1)
}

fn tell_duplicates(entries: &[Entry], which: &Which, faults: &mut Faults) {
    let mut seen = HashSet::new();
    for entry in entries {
        if !seen.insert(entry.tag) {
            let detail = format!(
                "tag {} expected once in the {}, found again",
                entry.tag, which.name
            );
            faults.note(FaultKind::DuplicateTag, detail);
        }
    }
}

/// Four bytes, the most significant first.
pub(super) fn number(bytes: &[u8]) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.try_into().ok()?))
}

/// Skips what fills a signature header up to a multiple of eight; `false`, with a fault, at the end of the file.
pub(super) fn skip_padding(input: &mut impl Read, offset: &mut u64, faults: &mut Faults) -> io::Result<bool> {
    let missing = offset.next_multiple_of(8) - *offset;
    let mut padding = Vec::new();
    input.take(missing).read_to_end(&mut padding)?;
    *offset += padding.len() as u64;
    if padding.len() as u64 != missing {
        faults.note(FaultKind::Malformed, "the file ends behind the signature header");
        return Ok(false);
    }
    if padding.iter().any(|byte| *byte != 0) {
        let detail = "zeros expected between signature header and header, other bytes found";
        faults.note(FaultKind::Malformed, detail);
    }
    Ok(true)
}

//! Reading a table from untrusted bytes.

use std::borrow::Cow;
use std::sync::OnceLock;

use bstr::ByteSlice;
use sha2::{Digest, Sha256};

use super::error::TableError;
use super::format::{
    CHECKSUM, CHUNK_ENDS, CHUNKS, DAYS, FORMAT, HEADER, KEY_LABELS, KEYS, LABELS, LARGEST, MACROS, MAGIC,
    NAME_BYTES, NAMES, NO_SERIAL, PARTS, SECTIONS, STRING_ENDS, STRINGS, TEXTS, u16_at, u24_at, u32_at,
};
use super::names::Class;
use super::table::Table;

/// Whether the digest at the end is compared.
pub(super) enum Checksum {
    /// It is part of the program.
    Trusted,
    /// It came from somewhere.
    Checked,
}

/// A table whose every record was looked at.
pub(super) fn table(bytes: Cow<'static, [u8]>, checksum: Checksum) -> Result<Table, TableError> {
    if bytes.len() > LARGEST {
        return Err(TableError::TooLarge {
            found: bytes.len(),
            limit: LARGEST,
        });
    }
    if !bytes.starts_with(MAGIC) {
        return Err(TableError::NotATable);
    }
    let found = u32_at(&bytes, MAGIC.len()).ok_or(TableError::NotATable)?;
    if found != FORMAT {
        return Err(TableError::OtherFormat {
            found,
            expected: FORMAT,
        });
    }
    let body = bytes
        .len()
        .checked_sub(CHECKSUM)
        .filter(|body| *body >= HEADER)
        .ok_or(TableError::Checksum)?;
    if matches!(checksum, Checksum::Checked) {
        let (body, digest) = bytes.split_at(body);
        if Sha256::digest(body).as_slice() != digest {
            return Err(TableError::Checksum);
        }
    }
    let sections = sections(&bytes, body)?;
    let table = Table {
        bytes,
        sections,
        by_key: OnceLock::new(),
    };
    strings(&table)?;
    labels(&table)?;
    names(&table)?;
    keys(&table)?;
    macros(&table)?;
    parts(&table)?;
    texts(&table)?;
    Ok(table)
}

/// Where the sections lie: one after the other, without gaps, made of whole records.
fn sections(bytes: &[u8], body: usize) -> Result<[(usize, usize); SECTIONS.len()], TableError> {
    let mut sections = [(0, 0); SECTIONS.len()];
    let mut at = HEADER;
    for (number, (section, size)) in SECTIONS.iter().enumerate() {
        let wrong = TableError::Section { section };
        let field = MAGIC.len() + 4 + 8 * number;
        let start = u32_at(bytes, field).ok_or(wrong.clone())? as usize;
        let length = u32_at(bytes, field + 4).ok_or(wrong.clone())? as usize;
        let end = start
            .checked_add(length)
            .filter(|end| *end <= body)
            .ok_or(wrong.clone())?;
        if start != at || !length.is_multiple_of(*size) {
            return Err(wrong);
        }
        sections[number] = (start, end);
        at = end;
    }
    if at != body {
        return Err(TableError::Section {
            section: SECTIONS[CHUNKS].0,
        });
    }
    Ok(sections)
}

/// An error about one record, unless it is right.
fn ensure(right: bool, section: usize, position: usize, problem: &'static str) -> Result<(), TableError> {
    if right {
        return Ok(());
    }
    Err(TableError::Record {
        section: SECTIONS[section].0,
        position,
        problem,
    })
}

fn strings(table: &Table) -> Result<(), TableError> {
    let mut before = 0;
    for position in 0..table.records(STRING_ENDS) {
        let end = u32_at(table.record(STRING_ENDS, position), 0).unwrap_or_default() as usize;
        ensure(end >= before, STRING_ENDS, position, "it ends before it starts")?;
        let text = table.section(STRINGS).get(before..end);
        ensure(
            text.is_some_and(|text| text.to_str().is_ok()),
            STRING_ENDS,
            position,
            "it is no text",
        )?;
        before = end;
    }
    ensure(
        before == table.records(STRINGS),
        STRINGS,
        before,
        "it belongs to nothing",
    )
}

fn labels(table: &Table) -> Result<(), TableError> {
    for position in 0..table.records(LABELS) {
        let record = table.record(LABELS, position);
        let field = |at| u16_at(record, at).unwrap_or(u16::MAX);
        let (project, low, high) = (field(0), field(2), field(4));
        ensure(
            table.string(usize::from(project & !DAYS)).is_some(),
            LABELS,
            position,
            "it has no project",
        )?;
        let versions = usize::from(low) | usize::from(high) << 16;
        let right = if project & DAYS != 0 {
            low <= high
        } else {
            table.string(versions).is_some()
        };
        ensure(right, LABELS, position, "it has no versions")?;
    }
    Ok(())
}

fn names(table: &Table) -> Result<(), TableError> {
    let (mut bytes, mut keys) = (0, 0);
    for position in 0..table.records(NAMES) {
        let record = table.record(NAMES, position);
        let name_end = u32_at(record, 0).unwrap_or_default() as usize;
        let keys_end = u32_at(record, 4).unwrap_or_default() as usize;
        ensure(
            name_end >= bytes && name_end <= table.records(NAME_BYTES),
            NAMES,
            position,
            "its name does not fit",
        )?;
        ensure(
            keys_end > keys && keys_end <= table.records(KEYS),
            NAMES,
            position,
            "its contents do not fit",
        )?;
        (bytes, keys) = (name_end, keys_end);
        let sorted = position
            .checked_sub(1)
            .is_none_or(|before| table.name(before) < table.name(position));
        ensure(sorted, NAMES, position, "it is out of order")?;
        let serial = u16_at(record, 8).unwrap_or_default();
        let right = serial == NO_SERIAL || table.string(usize::from(serial)).is_some();
        ensure(right, NAMES, position, "its serial is missing")?;
        let right = record
            .get(10)
            .is_some_and(|code| Class::from_code(*code).is_some());
        ensure(
            right && record.get(11).is_some_and(|flag| *flag <= 1),
            NAMES,
            position,
            "its class is unknown",
        )?;
    }
    ensure(
        bytes == table.records(NAME_BYTES),
        NAME_BYTES,
        bytes,
        "it belongs to nothing",
    )?;
    ensure(keys == table.records(KEYS), KEYS, keys, "it belongs to no name")
}

fn keys(table: &Table) -> Result<(), TableError> {
    ensure(
        table.records(KEYS) == table.records(KEY_LABELS),
        KEY_LABELS,
        0,
        "there are not as many as keys",
    )?;
    let labels = table.records(LABELS);
    for position in 0..table.records(KEY_LABELS) {
        let label = usize::from(u16_at(table.record(KEY_LABELS, position), 0).unwrap_or(u16::MAX));
        ensure(label < labels, KEY_LABELS, position, "there is no such label")?;
    }
    for name in 0..table.records(NAMES) {
        let (first, end) = table
            .name_record(name)
            .map(|record| record.keys)
            .unwrap_or_default();
        for position in first + 1..end {
            ensure(
                table.key(position - 1) < table.key(position),
                KEYS,
                position,
                "it is out of order",
            )?;
        }
    }
    Ok(())
}

fn macros(table: &Table) -> Result<(), TableError> {
    for position in 0..table.records(MACROS) {
        let key = |position| table.record(MACROS, position).get(..8);
        let sorted = position
            .checked_sub(1)
            .is_none_or(|before| key(before) < key(position));
        ensure(sorted, MACROS, position, "it is out of order")?;
        let name = usize::from(u16_at(table.record(MACROS, position), 8).unwrap_or(u16::MAX));
        ensure(
            name < table.records(NAMES),
            MACROS,
            position,
            "there is no such file",
        )?;
    }
    Ok(())
}

fn parts(table: &Table) -> Result<(), TableError> {
    let mut before = 0;
    for position in 0..table.records(PARTS) {
        let record = table.record(PARTS, position);
        let start = u32_at(record, 0).unwrap_or_default();
        ensure(start >= before, PARTS, position, "it is out of order")?;
        before = start;
        let right = u24_at(record, 11).is_some_and(|key| key < table.records(KEYS));
        ensure(right, PARTS, position, "there are no such contents")?;
    }
    Ok(())
}

fn texts(table: &Table) -> Result<(), TableError> {
    let mut before = 0;
    for position in 0..table.records(CHUNK_ENDS) {
        let end = u32_at(table.record(CHUNK_ENDS, position), 0).unwrap_or_default() as usize;
        ensure(end >= before, CHUNK_ENDS, position, "it ends before it starts")?;
        before = end;
    }
    ensure(
        before == table.records(CHUNKS),
        CHUNKS,
        before,
        "it belongs to nothing",
    )?;
    for position in 0..table.records(TEXTS) {
        let field = |position, at| u16_at(table.record(TEXTS, position), at);
        let sorted = position
            .checked_sub(1)
            .is_none_or(|before| field(before, 0) < field(position, 0));
        ensure(sorted, TEXTS, position, "it is out of order")?;
        let within =
            |at, section| field(position, at).is_some_and(|id| usize::from(id) < table.records(section));
        ensure(
            within(0, NAMES) && within(2, CHUNK_ENDS),
            TEXTS,
            position,
            "it belongs to nothing",
        )?;
    }
    Ok(())
}

//! Tags of the preamble and of sub-packages.

use std::sync::Arc;

use bstr::{BStr, ByteSlice};

use super::engine::Partial;
use super::fault::FaultKind;
use super::place::Place;
use super::reader::{Counter, Reader};
use super::section::SectionKind;
use super::{MOST_SOURCES, Source, Tag, Value};

/// Largest number that is taken for one.
const LARGEST_NUMBER: u32 = 99_999_999;

/// A tag of a line: its name in lower case without the number, the number, and where its value begins.
struct Head<'a> {
    name: String,
    number: Option<u32>,
    rest: &'a [u8],
}

fn head(line: &[u8]) -> Option<Head<'_>> {
    let start = line.trim_start();
    let letters = start.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let (name, rest) = start.split_at_checked(letters)?;
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = rest.split_at_checked(digits)?;
    // `Requires(post):`, `Summary(de):`.
    let rest = match rest.strip_prefix(b"(") {
        Some(inner) => inner.get(inner.find_byte(b')')? + 1..)?,
        None => rest,
    };
    let rest = rest.trim_start().strip_prefix(b":")?;
    let number = match digits {
        b"" => None,
        digits => std::str::from_utf8(digits)
            .ok()?
            .parse()
            .ok()
            .filter(|number| *number <= LARGEST_NUMBER),
    };
    if name.is_empty() || !digits.is_empty() && number.is_none() {
        return None;
    }
    Some(Head {
        name: String::from_utf8_lossy(name).to_ascii_lowercase(),
        number,
        rest: rest.trim(),
    })
}

/// Takes a line as it was written for a tag; false if it is none, or not one that can be read before it is expanded.
pub(super) fn line(reader: &mut Reader, text: &[u8], number: usize) -> bool {
    if !reader.is_in(SectionKind::Preamble) && !reader.is_in(SectionKind::Package) {
        return false;
    }
    let Some(head) = head(text) else { return false };
    let value = reader.engine.value(head.rest, number);
    if value.readings.iter().any(|reading| reading.text.contains(&b'\n')) {
        return false;
    }
    let place = if reader.flow.sections.len() > 1 {
        reader.uncertain_place(text, number)
    } else {
        Arc::clone(&reader.engine.place)
    };
    take(reader, &head, value, place);
    true
}

/// Takes a line that a macro expanded to for a tag, if it is one.
pub(super) fn expanded(reader: &mut Reader, line: &[u8], from: &Partial, number: usize, is_uncertain: bool) {
    let Some(head) = head(line) else { return };
    let (value, place) = one(reader, head.rest, from, number, is_uncertain);
    take(reader, &head, value, place);
}

/// Takes a line of `%sourcelist` or `%patchlist`.
pub(super) fn listed(reader: &mut Reader, line: &[u8], from: &Partial, number: usize, is_uncertain: bool) {
    let text = line.trim();
    let name = match () {
        () if text.starts_with(b"#") => return,
        () if reader.is_in(SectionKind::SourceList) => "source",
        () if reader.is_in(SectionKind::PatchList) => "patch",
        () => return,
    };
    let head = Head {
        name: name.into(),
        number: None,
        rest: text,
    };
    let (value, place) = one(reader, text, from, number, is_uncertain);
    take(reader, &head, value, place);
}

fn one(
    reader: &Reader,
    text: &[u8],
    from: &Partial,
    number: usize,
    is_uncertain: bool,
) -> (Value, Arc<Place>) {
    let partial = Partial {
        text: text.to_vec(),
        ..from.clone()
    };
    let value = Value {
        raw: text.into(),
        line: number,
        readings: reader.engine.readings(vec![partial]),
    };
    let place = if is_uncertain || reader.flow.sections.len() > 1 {
        reader.uncertain_place(text, number)
    } else {
        Arc::clone(&reader.engine.place)
    };
    (value, place)
}

fn take(reader: &mut Reader, head: &Head<'_>, value: Value, place: Arc<Place>) {
    let is_in_subpackage = !reader.is_in(SectionKind::Preamble) && reader.is_in(SectionKind::Package);
    if matches!(head.name.as_str(), "source" | "patch") {
        return source(reader, head, value, place, is_in_subpackage);
    }
    if head.number.is_some() {
        return;
    }
    define(reader, &head.name, &value);
    let spec = &mut reader.spec;
    let list = match head.name.as_str() {
        "buildrequires" | "buildprereq" => &mut spec.build_requires,
        _ if is_in_subpackage => return,
        "name" => &mut spec.name,
        "version" => &mut spec.version,
        "release" => &mut spec.release,
        "epoch" => &mut spec.epoch,
        "url" => &mut spec.url,
        "buildsystem" => &mut spec.build_system,
        _ => return,
    };
    list.push(Tag { value, place });
}

/// rpm makes macros of some tags, those of sub-packages too.
fn define(reader: &mut Reader, tag: &str, value: &Value) {
    if !matches!(tag, "name" | "version" | "release" | "epoch" | "url" | "summary") {
        return;
    }
    let raw = value.raw.clone();
    for name in [tag.to_owned(), tag.to_ascii_uppercase()] {
        reader
            .engine
            .define_value(BStr::new(name.as_bytes()), &raw, value.line);
    }
}

fn source(reader: &mut Reader, head: &Head<'_>, value: Value, place: Arc<Place>, is_in_subpackage: bool) {
    let is_source = head.name == "source";
    let counter: &mut Counter = match is_source {
        true => &mut reader.flow.sources,
        false => &mut reader.flow.patches,
    };
    if let Some(number) = head.number {
        *counter = Counter {
            next: number,
            is_certain: true,
        };
    }
    let number = counter.next;
    let is_number_certain = counter.is_certain;
    counter.next = number.saturating_add(1);
    let source = Source {
        number,
        is_number_certain,
        value,
        place,
        is_in_subpackage,
    };
    let all = match is_source {
        true => &mut reader.spec.sources,
        false => &mut reader.spec.patches,
    };
    if all.len() < MOST_SOURCES {
        return all.push(source);
    }
    reader.engine.faults.push(
        FaultKind::ExpansionLimit,
        source.value.line,
        format!(
            "more than {MOST_SOURCES} of {}; from here on they were not read",
            head.name
        ),
        "no package has as many; look at what writes them",
    );
}

//! The fields of a catalogue's header entry.

use bstr::{BStr, ByteSlice};

use super::Texts;

/// The fields that msgmerge takes from the program's messages, or that an editor writes; no program acts on them.
pub const MERGED: [&str; 5] = [
    "POT-Creation-Date",
    "Report-Msgid-Bugs-To",
    "Project-Id-Version",
    "X-Generator",
    "Language",
];

/// The longest value of a field that may differ.
const LONGEST: usize = 200;

/// Whether a merged header says nothing that the source's does not, but for the fields that are merged.
pub fn compare(merged: &BStr, source: &BStr, texts: &Texts) -> Option<()> {
    let own: Vec<Field<'_>> = fields(source).collect();
    let mut seen: Vec<&[u8]> = Vec::new();
    for field in fields(merged) {
        let (name, value) = field;
        let named = |other: &str| name == other.as_bytes();
        if seen.contains(&name) || seen.len() > 100 {
            return None;
        }
        if !name.is_empty() {
            seen.push(name);
        }
        if MERGED.iter().any(|&merged| named(merged)) && is_plain(value) {
            continue;
        }
        // The charset changes with the texts, which are compared decoded.
        if named("Content-Type") && matches!(texts, Texts::Decoded(..)) && is_charset_only(value) {
            continue;
        }
        let value = texts.merged(value)?;
        let is_own =
            |other: &Field<'_>| other.0 == name && texts.source(other.1).is_some_and(|own| own == value);
        if !own.iter().take(100).any(is_own) {
            return None;
        }
    }
    // Without its plural rule a catalogue would show other forms.
    let has = |name: &str| own.iter().any(|field| field.0 == name.as_bytes());
    let kept = ["Plural-Forms", "Content-Type"]
        .iter()
        .all(|name| !has(name) || seen.contains(&name.as_bytes()));
    kept.then_some(())
}

/// The value of the field that names the charset.
pub fn content_type(header: &BStr) -> Option<&[u8]> {
    fields(header)
        .find(|field| field.0 == b"Content-Type")
        .map(|field| field.1)
}

/// Whether the value is what every catalogue has, with any charset.
fn is_charset_only(value: &[u8]) -> bool {
    let name = value.strip_prefix(b"text/plain; charset=");
    name.is_some_and(|name| {
        name.iter()
            .all(|&byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    })
}

/// A field's name and its value; the name is empty for a line that is none.
type Field<'a> = (&'a [u8], &'a [u8]);

fn fields(header: &BStr) -> impl Iterator<Item = Field<'_>> {
    header
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| match line.split_once_str(":") {
            Some((name, value)) => (name, value.trim()),
            None => (b"".as_slice(), line),
        })
}

/// Words that libintl searches the whole header for, whatever field they stand in: the first one counts.
const SEARCHED: [&str; 3] = ["plural=", "nplurals=", "charset="];

/// Whether a value is short, has no control characters, and nothing that a program would take for another field.
fn is_plain(value: &[u8]) -> bool {
    let lower = value.to_ascii_lowercase();
    let searched = SEARCHED.iter().any(|word| lower.contains_str(word));
    value.len() <= LONGEST && !value.iter().any(u8::is_ascii_control) && !searched
}

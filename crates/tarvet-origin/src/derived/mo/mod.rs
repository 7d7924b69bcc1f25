//! `.gmo` and `.mo` from the `.po` beside them.
//!
//! The binary catalogue is read strictly, every byte of it accounted for and its hash table made anew, and its messages
//! must be the ones msgfmt takes from the `.po`: all that are translated and
//! not fuzzy, nothing else. (`msgfmt -f` takes fuzzy ones too; nobody releases that, and a merged `.po` may hold any.)
//! That is as strong as writing the file again, and holds for every version and byte order of msgfmt. One that lacks
//! messages of the `.po`, because it was made before the last of them came, is derived as well: what it does not
//! translate is shown as the program has it.

mod hash;
mod read;
mod system;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use bstr::{BStr, BString, ByteSlice};

use super::catalog::{self, Catalog, Charset, Message};
use super::{Derived, Files, Question};

/// How much larger than a member its source may be: a catalogue may have many messages and few translations.
const MOST_TIMES: usize = 256;
/// How large the source of any member may be, in bytes.
const SMALL: usize = 16 << 10;
/// The largest binary catalogue that is read, in bytes.
const LARGEST: usize = 32 << 20;

/// Whether a path is one of a binary catalogue.
pub fn claims(path: &BStr) -> bool {
    path.ends_with(b".gmo") || path.ends_with(b".mo")
}

/// Whether a `.po` that it can come from is accounted for.
pub fn has_source(path: &BStr, files: &dyn Files) -> bool {
    claims(path)
        && sources(path)
            .iter()
            .any(|source| files.proven(source.as_ref()).is_some())
}

/// Proves a binary catalogue from the first `.po` that it can come from.
pub fn explain(member: &Question<'_>, files: &dyn Files) -> Option<Derived> {
    if !claims(member.path) || member.content.len() > LARGEST {
        return None;
    }
    // The first that is there is the only one that is read.
    let (source, proven) = sources(member.path)
        .into_iter()
        .find_map(|source| files.proven(source.as_ref()).map(|proven| (source, proven)))?;
    // Many small members must not have one large source read as often.
    if proven.len() > most_source(member.content.len()) {
        return None;
    }
    let pairs = read::read(member.content)?;
    let how = compare(&pairs, &catalog::parse(&proven)?)?;
    Some(Derived {
        from: vec![source],
        how,
        shown: Vec::new(),
    })
}

/// How many bytes of a source are read for a member of a size.
fn most_source(size: usize) -> usize {
    size.saturating_mul(MOST_TIMES).saturating_add(SMALL)
}

/// The `.po` files that a binary catalogue is made of by custom.
fn sources(path: &BStr) -> Vec<BString> {
    let Some(dot) = path.rfind_byte(b'.') else {
        return Vec::new();
    };
    let stem = path.get(..dot).unwrap_or_default();
    let with = |parts: &[&[u8]]| BString::from(parts.concat());
    let mut sources = vec![with(&[stem, b".po"])];
    // ROOT/LANGUAGE/LC_MESSAGES/NAME.mo, where ROOT is `locale` or `po` or has a `po` beside it.
    let mut parts = path.rsplitn(4, |&byte| byte == b'/').skip(1);
    if let (Some(b"LC_MESSAGES"), Some(language)) = (parts.next(), parts.next()) {
        let root = parts.next().unwrap_or_default();
        let above = root
            .rfind_byte(b'/')
            .map_or(b"".as_slice(), |at| root.get(..=at).unwrap_or_default());
        sources.push(with(&[above, b"po/", language, b".po"]));
        sources.push(with(&[
            root,
            if root.is_empty() { b"" } else { b"/" },
            language,
            b".po",
        ]));
        sources.push(with(&[b"po/", language, b".po"]));
    }
    sources
}

/// What the binary catalogue must hold for one original.
struct Expected {
    translation: Vec<u8>,
    c_format: bool,
}

/// Compares all messages; returns how the file was made.
fn compare(pairs: &[read::Pair], catalog: &Catalog) -> Option<String> {
    let charset = catalog.header().and_then(catalog::charset_of);
    let says_utf8 = pairs
        .iter()
        .any(|pair| pair.original.is_empty() && names_utf8(&pair.translation));
    let convert = charset.filter(|&charset| charset != Charset::Utf8 && says_utf8);
    let expected = expected(catalog, convert)?;
    let instances = instances(pairs, &expected);
    let mut instantiated = 0;
    let mut seen = BTreeSet::new();
    for pair in pairs {
        // Fixed strings are unique, being sorted; one of the other table could repeat one of them.
        if !seen.insert(&pair.original) {
            return None;
        }
        if let Some(message) = expected.get(&pair.original) {
            if !message.is(pair) {
                return None;
            }
        } else if !pair.varies && instances.get(&pair.original) == Some(&pair.translation) {
            instantiated += 1;
        } else {
            return None;
        }
    }
    let (written, whole) = (pairs.len() - instantiated, expected.len());
    // A release may ship catalogues that it did not make again. They translate less, never otherwise; but the header
    // says how many forms a plural has, so it must be there.
    let has_header = seen.contains(&Vec::new()) || !expected.contains_key(b"".as_slice());
    ((written == whole || has_header) && (instantiated == 0 || instantiated == instances.len()))
        .then(|| how(written, whole, convert.is_some()))
}

/// What the system-dependent messages are on common systems, where no message of the `.po` is that already.
fn instances(pairs: &[read::Pair], expected: &BTreeMap<Vec<u8>, Expected>) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let mut map = BTreeMap::new();
    for (original, translation) in pairs.iter().flat_map(|pair| &pair.instances) {
        if !expected.contains_key(original) {
            map.entry(original.clone()).or_insert_with(|| translation.clone());
        }
    }
    map
}

fn how(written: usize, whole: usize, converted: bool) -> String {
    let mut how = if written == whole {
        format!("msgfmt: all {written} messages are those of the .po")
    } else {
        format!("msgfmt: its {written} messages are among the {whole} of the .po")
    };
    if converted {
        how.push_str(", converted to UTF-8");
    }
    how
}

impl Expected {
    fn is(&self, pair: &read::Pair) -> bool {
        let same = pair.translation == self.translation || self.is_header(pair);
        same && (self.c_format || !pair.varies)
    }

    /// Whether a pair is the header as newer versions of msgfmt write it: without a date, and `UTF-8` spelled so.
    fn is_header(&self, pair: &read::Pair) -> bool {
        let own = &self.translation;
        let spelled = if names_utf8(own) { naming_utf8(own) } else { None };
        pair.original.is_empty()
            && (pair.translation == without_pot_date(own)
                || spelled
                    .is_some_and(|own| pair.translation == own || pair.translation == without_pot_date(&own)))
    }
}

/// Every translated message of a catalogue by its original, in the catalogue's charset or in UTF-8.
fn expected(catalog: &Catalog, convert: Option<Charset>) -> Option<BTreeMap<Vec<u8>, Expected>> {
    let mut map = BTreeMap::new();
    for message in catalog
        .current()?
        .into_values()
        .filter(|message| message.is_translated() && (message.key.is_header() || !message.has("fuzzy")))
    {
        let (mut original, mut translation) = stored(message);
        if let Some(charset) = convert {
            original = charset.to_utf8(&original)?;
            translation = charset.to_utf8(&translation)?;
            if original.is_empty() {
                translation = naming_utf8(&translation)?;
            }
        }
        let c_format = message.has("c-format") || message.has("objc-format");
        map.insert(
            original,
            Expected {
                translation,
                c_format,
            },
        );
    }
    Some(map)
}

/// Original and translation as a binary catalogue stores them.
fn stored(message: &Message) -> (Vec<u8>, Vec<u8>) {
    let mut original = Vec::new();
    if let Some(context) = &message.key.context {
        original.extend_from_slice(context);
        original.push(4);
    }
    original.extend_from_slice(&message.key.id);
    if let Some(plural) = &message.plural {
        original.push(0);
        original.extend_from_slice(plural);
    }
    (original, bstr::join(b"\0", &message.texts))
}

/// Whether a header names UTF-8, or ASCII, for its charset.
fn names_utf8(header: &[u8]) -> bool {
    catalog::charset_of(header.as_bstr()) == Some(Charset::Utf8)
}

/// A header with UTF-8 for its charset.
fn naming_utf8(header: &[u8]) -> Option<Vec<u8>> {
    let at = header.find(b"charset=")? + "charset=".len();
    let (before, after) = header.split_at_checked(at)?;
    let end = after
        .iter()
        .position(u8::is_ascii_whitespace)
        .unwrap_or(after.len());
    Some([before, b"UTF-8", after.get(end..)?].concat())
}

/// A header without its POT-Creation-Date, which newer versions of msgfmt leave out.
fn without_pot_date(header: &[u8]) -> Vec<u8> {
    let lines = header
        .lines_with_terminator()
        .filter(|line| !line.starts_with(b"POT-Creation-Date:"));
    lines.flatten().copied().collect()
}

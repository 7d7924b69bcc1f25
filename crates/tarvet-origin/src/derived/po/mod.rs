//! A `.po` after msgmerge, from the `.po` before it.
//!
//! `make dist` brings every catalogue up to date with the program's messages. What may differ from the tree's:
//!
//! | part | must be |
//! |---|---|
//! | an active translation | the source's for the same context, original and plural, there active or obsolete |
//! | a fuzzy or an obsolete translation | made of texts that the source has somewhere; no program sees it |
//! | translators' comments | in the source's words |
//! | places and flags | of a strict form |
//! | originals that are not in use, comments of the program's sources, order | anything: a message template says them |
//! | header fields | the source's, but for those of [`header::MERGED`]; `Plural-Forms` always |
//!
//! So a program is never shown a text that the source did not give it for the same original.

mod header;
mod notes;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use bstr::{BStr, BString, ByteSlice};

use super::catalog::{self, Catalog, Charset, Key, Message};
use super::{Derived, Files, Question};

/// How much larger than a member its source may be.
const MOST_TIMES: usize = 64;
/// How much larger than its source a member may be, and that much at any rate, in bytes. Entries without a translation
/// are free, and what is derived here is read again for every binary catalogue.
const MOST_GROWTH: (usize, usize) = (16, 1 << 20);
/// How many directories up a source is looked for.
const MOST_UP: usize = 16;

/// Whether a path is one of a catalogue.
pub fn claims(path: &BStr) -> bool {
    path.ends_with(b".po")
}

/// Proves a catalogue from the tree's at its path, or from one of the same name in a `po` directory further up.
pub fn explain(member: &Question<'_>, files: &dyn Files) -> Option<Derived> {
    if !claims(member.path) {
        return None;
    }
    if let Some(tree) = member.tree {
        return from_source(member.path, member.content, tree, member.path.to_owned());
    }
    // A tracked catalogue comes from itself.
    if files.in_tree(member.path) {
        return None;
    }
    let found = sources(member.path)
        .into_iter()
        .find_map(|path| Some((files.proven(path.as_ref())?, path)))?;
    from_source(member.path, member.content, &found.0, found.1)
}

/// `A/po/NAME` for each directory A above the member's own.
fn sources(path: &BStr) -> Vec<BString> {
    let Some(slash) = path.rfind_byte(b'/') else {
        return Vec::new();
    };
    let (directory, name) = path.split_at(slash);
    let mut above = directory;
    let mut sources = Vec::new();
    while sources.len() < MOST_UP {
        above = above
            .rfind_byte(b'/')
            .and_then(|at| above.get(..at))
            .unwrap_or_default();
        let slash = if above.is_empty() { "" } else { "/" };
        let source: BString = [above, slash.as_bytes(), b"po", name].concat().into();
        if source != path {
            sources.push(source);
        }
        if above.is_empty() {
            break;
        }
    }
    sources
}

fn from_source(member: &BStr, content: &[u8], source: &[u8], path: BString) -> Option<Derived> {
    // Many small members must not have one large source read as often.
    if source.len() / MOST_TIMES > content.len() + 1024 {
        return None;
    }
    let (times, more) = MOST_GROWTH;
    if content.len() > source.len().saturating_mul(times).saturating_add(more) {
        return None;
    }
    let (merged, own) = (catalog::parse(content)?, catalog::parse(source)?);
    let (how, texts) = compare(&merged, &own)?;
    notes::check(member, content, source, &texts)?;
    Some(Derived {
        from: vec![path],
        how,
        shown: Vec::new(),
    })
}

/// Compares two catalogues; returns what was found, and how their texts are comparable.
fn compare(merged: &Catalog, source: &Catalog) -> Option<(String, Texts)> {
    let pair = (merged.header(), source.header());
    let texts = Texts::of(
        pair.0.and_then(catalog::charset_of),
        pair.1.and_then(catalog::charset_of),
    );
    if texts == Texts::Unknown
        && pair.0.and_then(header::content_type) != pair.1.and_then(header::content_type)
    {
        return None;
    }
    match pair {
        (Some(merged), Some(source)) => header::compare(merged, source, &texts)?,
        (None, None) => {}
        _ => return None,
    }
    let given = Given::of(source, &texts)?;
    // A key that is given twice would be shown as either.
    merged.current()?;
    let (mut active, mut other) = (0, 0);
    for message in merged.messages.iter().filter(|message| !message.key.is_header()) {
        if message.is_active() {
            given.gives(message, &texts)?;
            active += 1;
        } else if message.is_translated() {
            given.has_texts(message, &texts)?;
            other += 1;
        } else if message.texts.iter().any(|text| !text.is_empty()) {
            return None;
        }
    }
    let how =
        format!("msgmerge: all {active} translations are the source's, and {other} that are not in use");
    Some((how, texts))
}

/// How the texts of the two catalogues are made comparable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Texts {
    /// The same charset, or one we do not know: byte for byte.
    Same,
    /// As `Same`, and the charset is not known.
    Unknown,
    /// Each in its charset: merged, source.
    Decoded(Charset, Charset),
}

impl Texts {
    fn of(merged: Option<Charset>, source: Option<Charset>) -> Self {
        match (merged, source) {
            (Some(merged), Some(source)) if merged == source => Texts::Same,
            (Some(merged), Some(source)) => Texts::Decoded(merged, source),
            _ => Texts::Unknown,
        }
    }

    fn merged<'a>(&self, text: &'a [u8]) -> Option<Cow<'a, [u8]>> {
        match self {
            Texts::Decoded(charset, _) => charset.to_utf8(text).map(Cow::Owned),
            _ => Some(Cow::Borrowed(text)),
        }
    }

    fn source<'a>(&self, text: &'a [u8]) -> Option<Cow<'a, [u8]>> {
        match self {
            Texts::Decoded(_, charset) => charset.to_utf8(text).map(Cow::Owned),
            _ => Some(Cow::Borrowed(text)),
        }
    }
}

/// A translation as it is compared: the plural and the texts.
type Translation = (Option<Vec<u8>>, Vec<Vec<u8>>);

/// What the source gives.
struct Given {
    /// Translations that are neither fuzzy nor empty. An original may be there as an obsolete entry as well.
    active: BTreeMap<Key, Vec<Translation>>,
    /// Every text of every entry, and the empty one.
    texts: BTreeSet<Vec<u8>>,
}

impl Given {
    fn of(source: &Catalog, texts: &Texts) -> Option<Self> {
        source.current()?;
        let mut given = Given {
            active: BTreeMap::new(),
            texts: BTreeSet::from([Vec::new()]),
        };
        for message in source.messages.iter().filter(|message| !message.key.is_header()) {
            let (key, translation) = comparable(message, |text| texts.source(text))?;
            given.texts.extend(translation.1.iter().cloned());
            if message.is_translated() && !message.has("fuzzy") {
                given.active.entry(key).or_default().push(translation);
            }
        }
        Some(given)
    }

    /// Whether an active translation is one of the source's for the same original.
    fn gives(&self, message: &Message, texts: &Texts) -> Option<()> {
        let (key, translation) = comparable(message, |text| texts.merged(text))?;
        // An obsolete entry that a later release revived has at most a few twins.
        self.active
            .get(&key)?
            .iter()
            .take(8)
            .any(|own| *own == translation)
            .then_some(())
    }

    /// Whether each text of a translation that is not in use is somewhere in the source.
    fn has_texts(&self, message: &Message, texts: &Texts) -> Option<()> {
        let (_, (_, own)) = comparable(message, |text| texts.merged(text))?;
        own.iter().all(|text| self.texts.contains(text)).then_some(())
    }
}

/// A message's key and translation, each text made comparable.
fn comparable<'a>(
    message: &'a Message,
    decode: impl Fn(&'a [u8]) -> Option<Cow<'a, [u8]>>,
) -> Option<(Key, Translation)> {
    let owned = |text: &'a BString| decode(text).map(Cow::into_owned);
    let context = message
        .key
        .context
        .as_ref()
        .map(|text| owned(text).map(BString::from));
    let context = match context {
        Some(context) => Some(context?),
        None => None,
    };
    let key = Key {
        context,
        id: owned(&message.key.id)?.into(),
    };
    let plural = match &message.plural {
        Some(plural) => Some(owned(plural)?),
        None => None,
    };
    let texts = message.texts.iter().map(owned).collect::<Option<Vec<_>>>()?;
    Some((key, (plural, texts)))
}

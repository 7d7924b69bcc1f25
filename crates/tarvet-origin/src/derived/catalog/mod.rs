//! Message catalogues in the PO format, read strictly.
//!
//! Source: GNU gettext manual, "The Format of PO Files"; behaviour checked against msgfmt.

mod charset;
mod lex;
mod parse;

use std::collections::BTreeMap;

use bstr::{BStr, BString};

pub use charset::{Charset, charset_of};
pub use parse::parse;

/// The largest catalogue that is read, in bytes.
pub const LARGEST: usize = 16 << 20;

/// What a translation is looked up by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The context, where the entry has a `msgctxt`.
    pub context: Option<BString>,
    /// The text to translate; empty for the header.
    pub id: BString,
}

impl Key {
    /// Whether this is the header entry's key.
    pub fn is_header(&self) -> bool {
        self.context.is_none() && self.id.is_empty()
    }
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// What it is looked up by.
    pub key: Key,
    /// `msgid_plural`.
    pub plural: Option<BString>,
    /// The translation, or one for each plural form.
    pub texts: Vec<BString>,
    /// Flags such as `fuzzy` and `c-format`, in the order of the file.
    pub flags: Vec<BString>,
    /// Whether the entry is commented out with `#~`.
    pub obsolete: bool,
}

impl Message {
    /// Whether the entry bears a flag.
    pub fn has(&self, flag: &str) -> bool {
        self.flags.iter().any(|own| own == flag)
    }

    /// Whether a translation is given: msgfmt asks for the first form only.
    pub fn is_translated(&self) -> bool {
        self.texts.first().is_some_and(|text| !text.is_empty())
    }

    /// Whether msgfmt writes it without being told to use fuzzy entries. The header is always written.
    pub fn is_active(&self) -> bool {
        !self.obsolete && self.is_translated() && (self.key.is_header() || !self.has("fuzzy"))
    }
}

/// A catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalog {
    /// All entries, in the order of the file.
    pub messages: Vec<Message>,
}

impl Catalog {
    /// The header's text, where the catalogue has one.
    pub fn header(&self) -> Option<&BStr> {
        let entry = self
            .messages
            .iter()
            .find(|message| message.key.is_header() && !message.obsolete)?;
        entry.texts.first().map(|text| text.as_ref())
    }

    /// The entries that are not obsolete, by key. None where a key is given twice, which msgfmt refuses too.
    pub fn current(&self) -> Option<BTreeMap<&Key, &Message>> {
        let mut map = BTreeMap::new();
        for message in self.messages.iter().filter(|message| !message.obsolete) {
            if map.insert(&message.key, message).is_some() {
                return None;
            }
        }
        Some(map)
    }
}

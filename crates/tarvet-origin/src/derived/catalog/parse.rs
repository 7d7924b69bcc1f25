//! From bytes to entries.

use bstr::{BString, ByteSlice};

use super::lex::{self, Keyword};
use super::{Catalog, Key, LARGEST, Message};

/// Reads a whole catalogue. None for anything that msgfmt would refuse or that we do not read exactly as it does.
pub fn parse(bytes: &[u8]) -> Option<Catalog> {
    if bytes.len() > LARGEST {
        return None;
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut reader = Reader::default();
    for line in bytes.lines() {
        reader.line(lex::trim(line))?;
    }
    reader.end_entry()?;
    Some(Catalog {
        messages: reader.messages,
    })
}

/// The state between two lines.
#[derive(Default)]
struct Reader {
    messages: Vec<Message>,
    /// The fields of the entry that is being read.
    context: Option<Vec<u8>>,
    id: Option<Vec<u8>>,
    plural: Option<Vec<u8>>,
    text: Option<Vec<u8>>,
    forms: Vec<Vec<u8>>,
    flags: Vec<BString>,
    obsolete: bool,
    /// The field that a line of nothing but strings continues.
    current: Option<Keyword>,
}

impl Reader {
    fn line(&mut self, line: &[u8]) -> Option<()> {
        let Some(comment) = line.strip_prefix(b"#") else {
            return if line.is_empty() {
                Some(())
            } else {
                self.field(line, false)
            };
        };
        match comment.first() {
            // A previous msgid of an obsolete entry is a comment.
            Some(b'~') if comment.get(1) == Some(&b'|') => self.comment(),
            Some(b'~') => {
                let field = lex::trim(comment.get(1..)?);
                if field.is_empty() {
                    Some(())
                } else {
                    self.field(field, true)
                }
            }
            Some(b',' | b'=') => {
                self.comment()?;
                let words = comment
                    .get(1..)?
                    .split(|byte| matches!(byte, b',' | b' ' | b'\t' | b'\r'));
                self.flags
                    .extend(words.filter(|word| !word.is_empty()).map(BString::from));
                Some(())
            }
            _ => self.comment(),
        }
    }

    /// A comment belongs to the entry after it: it ends an entry that is complete.
    fn comment(&mut self) -> Option<()> {
        if self.id.is_some() || self.context.is_some() {
            self.end_entry()
        } else {
            Some(())
        }
    }

    fn field(&mut self, line: &[u8], obsolete: bool) -> Option<()> {
        if line.first() == Some(&b'"') {
            return if obsolete == self.obsolete {
                self.more(line)
            } else {
                None
            };
        }
        let (keyword, rest) = lex::keyword(line)?;
        let begins = match keyword {
            Keyword::Context => true,
            Keyword::Id => self.id.is_some() || self.context.is_none(),
            _ => false,
        };
        if begins {
            self.end_entry()?;
            self.obsolete = obsolete;
        }
        if self.obsolete != obsolete {
            return None;
        }
        self.begin_field(keyword)?;
        self.current = Some(keyword);
        self.more(rest)
    }

    /// Makes room for a field, which must come in its order and once.
    fn begin_field(&mut self, keyword: Keyword) -> Option<()> {
        let has_text = self.text.is_some() || !self.forms.is_empty();
        match keyword {
            Keyword::Context if self.context.is_none() => self.context = Some(Vec::new()),
            Keyword::Id if self.id.is_none() => self.id = Some(Vec::new()),
            Keyword::Plural if self.id.is_some() && self.plural.is_none() && !has_text => {
                self.plural = Some(Vec::new());
            }
            Keyword::Text if self.id.is_some() && self.plural.is_none() && !has_text => {
                self.text = Some(Vec::new());
            }
            Keyword::Form(number) if self.plural.is_some() && number == self.forms.len() => {
                self.forms.push(Vec::new());
            }
            _ => return None,
        }
        Some(())
    }

    fn more(&mut self, line: &[u8]) -> Option<()> {
        let field = match self.current? {
            Keyword::Context => self.context.as_mut(),
            Keyword::Id => self.id.as_mut(),
            Keyword::Plural => self.plural.as_mut(),
            Keyword::Text => self.text.as_mut(),
            Keyword::Form(_) => self.forms.last_mut(),
        };
        lex::strings(line, field?).then_some(())
    }

    /// Files the entry that was read, if any; None where it is not complete.
    fn end_entry(&mut self) -> Option<()> {
        self.current = None;
        let context = self.context.take();
        let Some(id) = self.id.take() else {
            return if context.is_none() { Some(()) } else { None };
        };
        let mut texts: Vec<BString> = self.forms.drain(..).map(BString::from).collect();
        texts.extend(self.text.take().map(BString::from));
        if texts.is_empty() {
            return None;
        }
        self.messages.push(Message {
            key: Key {
                context: context.map(BString::from),
                id: id.into(),
            },
            plural: self.plural.take().map(BString::from),
            texts,
            flags: std::mem::take(&mut self.flags),
            obsolete: std::mem::take(&mut self.obsolete),
        });
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn all_shapes_of_an_entry_are_read() {
        let catalog = parse(
            b"# t\nmsgid \"\"\nmsgstr \"\"\n\"A: b\\n\"\n\n#: x.c:1\n#, fuzzy, c-format\n#| msgid \"old\"\nmsgctxt \"c\"\nmsgid \"a\"\nmsgid_plural \"as\"\nmsgstr[0] \"x\"\nmsgstr[1] \"y\"\n\n#~| msgid \"q\"\n#~ msgid \"gone\"\n#~ msgstr \"\"\n#~ \"weg\"\n",
        )
        .unwrap();
        assert_eq!(catalog.messages.len(), 3);
        assert_eq!(catalog.header().unwrap(), "A: b\n");
        let plural = &catalog.messages[1];
        assert!(plural.has("fuzzy") && plural.has("c-format") && !plural.is_active());
        assert_eq!(plural.key.context, Some("c".into()));
        assert_eq!(plural.texts, ["x", "y"]);
        let gone = &catalog.messages[2];
        assert!(gone.obsolete && gone.texts == ["weg"] && !gone.is_active());
    }

    #[test]
    fn what_msgfmt_refuses_is_refused() {
        for bad in [
            "msgid \"a\"\n",
            "msgstr \"a\"\n",
            "msgid \"a\"\nmsgstr \"b\" c\n",
            "msgid \"a\"\nmsgstr[0] \"b\"\n",
            "msgid \"a\"\nmsgid_plural \"b\"\nmsgstr[1] \"b\"\n",
            "msgctxt \"a\"\n",
            "\"a\"\n",
            "domain \"x\"\nmsgid \"a\"\nmsgstr \"b\"\n",
            "msgid \"a\"\n#~ msgstr \"b\"\n",
            "msgid \"a\"\nmsgstr \"b\"\nmsgstr \"c\"\n",
            "msgid \"a\"\n# c\nmsgstr \"b\"\n",
            "echo pwned\n",
        ] {
            assert_eq!(parse(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn a_flag_is_a_whole_word_and_belongs_to_one_entry() {
        let text = b"#, fuzzyish\nmsgid \"a\"\nmsgstr \"b\"\n#, fuzzy\n\nmsgid \"c\"\nmsgstr \"d\"\nmsgid \"e\"\nmsgstr \"f\"\n";
        let active: Vec<bool> = parse(text)
            .unwrap()
            .messages
            .iter()
            .map(Message::is_active)
            .collect();
        assert_eq!(active, [true, false, true]);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = parse(&bytes);
        }

        #[test]
        fn pieces_of_the_format_never_panic(parts in proptest::collection::vec(
            proptest::sample::select(vec!["msgid", "msgstr", "[0]", "[", "\"", "\\", "\\x", "\n", "#~", "#,", " ", "a", "msgctxt", "_plural"]), 0..60)) {
            let _ = parse(parts.concat().as_bytes());
        }
    }
}

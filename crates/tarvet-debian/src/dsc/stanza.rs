//! One paragraph of fields (deb-src-control(5), "deb822"), read so that no two readers can differ.
//!
//! The crate deb822-lossless is made for editing: it recovers from errors and keeps going. Here every recovery would
//! be a guess, so the paragraph is read by forty lines of our own; the tests hold them against that crate.

use super::{FaultKind, Faults, shown};
use std::collections::HashMap;

/// A field.
pub(crate) struct Field<'a> {
    /// Its line in the file, from 1.
    pub line: usize,
    /// What follows the colon, without blanks at either end.
    pub first: &'a [u8],
    /// Continuation lines without blanks at either end, and where they are.
    pub rest: Vec<(usize, &'a [u8])>,
}

impl Field<'_> {
    /// All lines that are not empty, joined by blanks; replacement characters for what is not UTF-8.
    pub(crate) fn folded(&self) -> String {
        let lines = std::iter::once(self.first).chain(self.rest.iter().map(|(_, line)| *line));
        let lines: Vec<_> = lines
            .filter(|line| !line.is_empty())
            .map(String::from_utf8_lossy)
            .collect();
        lines.join(" ")
    }
}

/// A paragraph, its fields under their names in lower case.
pub(crate) struct Stanza<'a>(HashMap<String, Field<'a>>);

impl<'a> Stanza<'a> {
    /// Reads `text`, whose first line is `first_line` of the file. None where it is no single paragraph; then `faults`
    /// has the reason, of kind `malformed` or that of a duplicate.
    pub(crate) fn read(
        text: &'a [u8],
        first_line: usize,
        malformed: FaultKind,
        faults: &mut Faults<'_>,
    ) -> Option<Self> {
        let before = faults.found.len();
        let mut reader = Reader {
            malformed,
            faults,
            fields: HashMap::new(),
            current: None,
            ended: false,
        };
        for (i, line) in text.split(|byte| *byte == b'\n').enumerate() {
            reader.line(first_line + i, line.strip_suffix(b"\r").unwrap_or(line));
        }
        let fields = reader.fields;
        if faults.found.len() > before {
            return None;
        }
        if fields.is_empty() {
            faults.push(malformed, None, "no field in it", AGAIN);
            return None;
        }
        Some(Stanza(fields))
    }

    /// The field of that name, in lower case.
    pub(crate) fn get(&self, name: &str) -> Option<&Field<'a>> {
        self.0.get(name)
    }

    /// The value of a field that must be there and have one line.
    pub(crate) fn required(
        &self,
        name: &str,
        malformed: FaultKind,
        faults: &mut Faults<'_>,
    ) -> Option<&'a str> {
        let Some(field) = self.get(&name.to_ascii_lowercase()) else {
            faults.push(malformed, None, format!("the field {name} is missing"), AGAIN);
            return None;
        };
        let value = std::str::from_utf8(field.first)
            .ok()
            .filter(|value| !value.is_empty());
        if value.is_none() || !field.rest.is_empty() {
            let message = format!(
                "the field {name} ought to have one line of text, found {}",
                shown(field.folded())
            );
            faults.push(malformed, field.line, message, AGAIN);
            return None;
        }
        value
    }
}

pub(crate) const AGAIN: &str = "make the file again with dpkg-source or dpkg-genchanges and sign it again";

struct Reader<'a, 'f, 'g> {
    malformed: FaultKind,
    faults: &'f mut Faults<'g>,
    fields: HashMap<String, Field<'a>>,
    /// The field that a continuation line belongs to.
    current: Option<String>,
    /// A blank line came after the first field.
    ended: bool,
}

impl<'a> Reader<'a, '_, '_> {
    fn line(&mut self, number: usize, line: &'a [u8]) {
        if line.is_empty() {
            self.ended = !self.fields.is_empty();
            return;
        }
        let line = line.trim_ascii_end();
        if line.is_empty() {
            return self.refuse(
                number,
                "a line of blanks, which ends the paragraph for some readers only",
                line,
            );
        }
        if self.ended {
            return self.refuse(number, "a second paragraph; one was expected", line);
        }
        if let Some(b' ' | b'\t') = line.first() {
            let field = self.current.as_ref().and_then(|name| self.fields.get_mut(name));
            return match field {
                Some(field) => field.rest.push((number, line.trim_ascii())),
                None => self.refuse(number, "a continuation line without a field", line),
            };
        }
        let colon = line.iter().position(|byte| *byte == b':');
        let name = colon
            .and_then(|colon| line.get(..colon))
            .filter(|name| is_name(name));
        let (Some(name), Some(colon)) = (name, colon) else {
            return self.refuse(number, "neither a field (Name: value) nor its continuation", line);
        };
        let name = String::from_utf8_lossy(name).to_ascii_lowercase();
        if let Some(first) = self.fields.get(&name) {
            let message = format!(
                "the field {} is there already, on line {}",
                shown(&name),
                first.line
            );
            return self
                .faults
                .push(FaultKind::DscFieldDuplicate, number, message, AGAIN);
        }
        let first = line.get(colon + 1..).unwrap_or_default().trim_ascii();
        let field = Field {
            line: number,
            first,
            rest: Vec::new(),
        };
        self.fields.insert(name.clone(), field);
        self.current = Some(name);
    }

    fn refuse(&mut self, line: usize, why: &str, text: &[u8]) {
        let message = format!("{why}: {}", shown(text));
        self.faults.push(self.malformed, line, message, AGAIN);
    }
}

/// deb-control(5): printable ASCII without blank and colon, not beginning with # or -.
fn is_name(name: &[u8]) -> bool {
    !matches!(name.first(), None | Some(b'#' | b'-')) && name.iter().all(u8::is_ascii_graphic)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<Vec<(String, String)>, Vec<FaultKind>> {
        let mut faults = Faults::of("x");
        let stanza = Stanza::read(text.as_bytes(), 1, FaultKind::DscMalformed, &mut faults);
        let Some(Stanza(fields)) = stanza else {
            return Err(faults.found.into_iter().map(|fault| fault.kind).collect());
        };
        let mut fields: Vec<_> = fields
            .into_iter()
            .map(|(name, field)| (name, field.folded()))
            .collect();
        fields.sort();
        Ok(fields)
    }

    #[test]
    fn a_paragraph() {
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        let fields = read("\nA: b \nFiles:\n c d\n\te\nX-y:z\r\n\n\n").unwrap();
        assert_eq!(fields, [pair("a", "b"), pair("files", "c d e"), pair("x-y", "z")]);
    }

    #[test]
    fn what_is_none() {
        for text in [
            "",
            "\n",
            " a\n",
            "A\n",
            "A : b\n",
            ": b\n",
            "-A: b\n",
            "# comment\nA: b\n",
            "A: b\n# comment\n",
            "A: b\n\nB: c\n",
            "A: b\n \nB: c\n",
            "A: b\n \n",
            "Ä: b\n",
        ] {
            assert_eq!(read(text), Err(vec![FaultKind::DscMalformed]), "{text:?}");
        }
        for text in ["A: b\nA: b\n", "Files: b\nfILES: c\n", "A:\nB: c\nA: d\n"] {
            assert_eq!(read(text), Err(vec![FaultKind::DscFieldDuplicate]), "{text:?}");
        }
    }

    proptest! {
        /// What is accepted here, deb822-lossless reads without error and in the same way.
        #[test]
        fn the_tolerant_parser_agrees(text in "(([A-C][a-z]{0,2}:[ -~]{0,6}|[ \t][ -~]{0,6}|[ -~]{0,4})\n){0,6}") {
            let Ok(ours) = read(&text) else { return Ok(()) };
            let parsed = deb822_lossless::Deb822::parse(&text);
            prop_assert!(parsed.errors().is_empty(), "{:?}", parsed.errors());
            let all = parsed.tree();
            let mut theirs = Vec::new();
            for (name, value) in all.paragraphs().flat_map(|paragraph| paragraph.items().collect::<Vec<_>>()) {
                let lines: Vec<_> = value.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
                theirs.push((name.to_ascii_lowercase(), lines.join(" ")));
            }
            theirs.sort();
            prop_assert_eq!(ours, theirs);
        }

        #[test]
        fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut faults = Faults::of("x");
            let read = Stanza::read(&bytes, 1, FaultKind::DscMalformed, &mut faults).is_some();
            prop_assert_eq!(read, faults.found.is_empty());
        }
    }
}

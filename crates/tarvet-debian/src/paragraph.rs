//! Paragraphs of fields (deb822), as dpkg reads them.
//!
//! For the small files of `debian/` that a maintainer writes. Our own reader, because it must say on which line a field
//! stands, tell duplicates, take bytes that are not UTF-8 (old copyright files), and stop where dpkg stops: what dpkg's
//! own tools refuse must not excuse anything here. Source: `Dpkg::Control::HashCore::parse` (dpkg 1.21).

use std::collections::HashSet;

use bstr::ByteSlice;

use crate::fault::{Fault, shown, tell};

/// One field.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Field {
    /// As written.
    pub name: String,
    /// Without the white space around it; further lines after `\n`, without their first blank. Bytes that are no UTF-8
    /// are U+FFFD.
    pub value: String,
    /// Line of the name.
    pub line: usize,
}

/// The fields up to an empty line.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Paragraph {
    pub fields: Vec<Field>,
    /// Whether dpkg would refuse it. The faults say why.
    pub broken: bool,
}

impl Paragraph {
    /// The field of this name in any case.
    pub fn get(&self, name: &str) -> Option<&Field> {
        self.fields
            .iter()
            .find(|field| field.name.eq_ignore_ascii_case(name))
    }

    /// Line of the first field.
    pub fn line(&self) -> usize {
        self.fields.first().map_or(0, |field| field.line)
    }
}

/// Reads at most `most` paragraphs.
pub(crate) fn paragraphs(text: &[u8], most: usize, faults: &mut Vec<Fault>) -> Vec<Paragraph> {
    let mut reader = Reader::default();
    for (index, line) in text.lines().enumerate() {
        reader.line(index + 1, &line.to_str_lossy(), faults);
        if reader.done.len() >= most {
            return reader.done;
        }
    }
    reader.close();
    reader.done
}

#[derive(Default)]
struct Reader {
    done: Vec<Paragraph>,
    open: Paragraph,
    names: HashSet<String>,
    /// A line of the open paragraph was seen, be it wrong.
    started: bool,
    /// Lines that continue go nowhere after a field that was refused.
    refused: bool,
}

impl Reader {
    fn line(&mut self, number: usize, line: &str, faults: &mut Vec<Fault>) {
        let line = line.trim_end();
        if line.is_empty() {
            return self.close();
        }
        if line.starts_with('#') {
            return;
        }
        self.started = true;
        if line.starts_with(char::is_whitespace) {
            return self.continuation(number, line, faults);
        }
        match line.split_once(':') {
            Some((name, value)) if is_name(name.trim_end()) => {
                self.field(number, name.trim_end(), value, faults)
            }
            _ => {
                self.open.broken = true;
                self.refused = true;
                tell(
                    faults,
                    number,
                    format!("expected a field \"Name: value\", found \"{}\"", shown(line)),
                );
            }
        }
    }

    fn field(&mut self, number: usize, name: &str, value: &str, faults: &mut Vec<Fault>) {
        if !self.names.insert(name.to_ascii_lowercase()) {
            self.open.broken = true;
            self.refused = true;
            return tell(
                faults,
                number,
                format!("the field {} is there twice; keep one", shown(name)),
            );
        }
        self.refused = false;
        self.open.fields.push(Field {
            name: name.to_owned(),
            value: value.trim_start().to_owned(),
            line: number,
        });
    }

    fn continuation(&mut self, number: usize, line: &str, faults: &mut Vec<Fault>) {
        if self.refused {
            return;
        }
        let Some(field) = self.open.fields.last_mut() else {
            self.open.broken = true;
            return tell(faults, number, "a continued line, but no field before it");
        };
        let mut rest = line.chars();
        rest.next();
        let rest = rest.as_str();
        field.value.push('\n');
        // A dot stands for an empty line.
        if rest.chars().any(|c| c != '.') {
            field.value.push_str(rest);
        } else {
            field.value.push_str(rest.get(1..).unwrap_or_default());
        }
    }

    fn close(&mut self) {
        if self.started {
            self.done.push(std::mem::take(&mut self.open));
        }
        self.names.clear();
        self.started = false;
        self.refused = false;
    }
}

/// Printable ASCII without a colon, beginning neither a comment nor an option (Debian Policy 5.1).
fn is_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(['-', '#'])
        && name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<Paragraph>, Vec<usize>) {
        let mut faults = Vec::new();
        let read = paragraphs(text.as_bytes(), usize::MAX, &mut faults);
        (read, faults.into_iter().map(|fault| fault.line).collect())
    }

    #[test]
    fn fields_and_their_lines() {
        let (read, faults) = read("\n# c\nA:  x \nB :\n one\n# c\n  two\n .\n\n \nC: z");
        assert_eq!(faults, [0usize; 0]);
        assert_eq!(read.len(), 2);
        assert_eq!(read[0].get("a").unwrap().value, "x");
        let b = read[0].get("b").unwrap();
        assert_eq!((b.value.as_str(), b.line), ("\none\n two\n", 4));
        assert_eq!((read[0].line(), read[1].line()), (3, 11));
        assert!(!read[0].broken && !read[1].broken);
    }

    #[test]
    fn what_dpkg_refuses_is_broken() {
        for (text, line) in [
            ("A: x\na: y\n more\n", 2),
            (" x\nA: y\n", 1),
            ("A: x\nno colon\n", 2),
            ("-A: x\n", 1),
            ("A: x\n: y\n", 2),
        ] {
            let (read, faults) = read(text);
            assert_eq!(faults, [line], "{text}");
            assert!(read[0].broken, "{text}");
        }
        let (read, _) = read("A: x\nA: y\n more\n");
        assert_eq!(read[0].get("A").unwrap().value, "x");
    }

    #[test]
    fn no_more_than_wanted() {
        let mut faults = Vec::new();
        assert_eq!(paragraphs(b"A: x\n\nB: y\n\nnonsense", 1, &mut faults).len(), 1);
        assert_eq!(faults, []);
    }

    proptest::proptest! {
        #[test]
        fn nothing_panics(text in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
            paragraphs(&text, usize::MAX, &mut Vec::new());
        }

        #[test]
        fn lines_are_real(text in "([A-C]:| |#|x|\n){0,40}") {
            let mut faults = Vec::new();
            let count = text.lines().count();
            for paragraph in paragraphs(text.as_bytes(), usize::MAX, &mut faults) {
                for field in paragraph.fields {
                    proptest::prop_assert!(field.line >= 1 && field.line <= count);
                }
            }
            proptest::prop_assert!(faults.iter().all(|fault| fault.line <= count));
        }
    }
}

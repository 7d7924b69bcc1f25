//! Files that Python's configparser reads.
//!
//! Our own reader: the crate configparser takes a continued line that begins with a bracket (gbp's lists do) for a section,
//! keeps the last of two equal options where Python refuses the file, and knows no lines.
//! Source: `configparser.RawConfigParser._read` (Python 3.11), with its defaults.

use std::collections::{HashMap, HashSet};

use crate::fault::{Fault, shown, tell};

/// Sections and their options; options in lower case.
#[derive(Debug, Default)]
pub(super) struct Ini {
    options: HashMap<(String, String), Value>,
}

/// A value; its lines are joined with `\n`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Value {
    pub text: String,
    /// Line of the option's name.
    pub line: usize,
}

impl Ini {
    pub(super) fn parse(text: &str, faults: &mut Vec<Fault>) -> Self {
        let mut reader = Reader {
            ini: Self::default(),
            section: None,
            sections: HashSet::new(),
            option: None,
            indent: 0,
            faults,
        };
        for (index, line) in text.lines().enumerate() {
            reader.line(index + 1, line);
        }
        for value in reader.ini.options.values_mut() {
            value.text.truncate(value.text.trim_end().len());
        }
        reader.ini
    }

    /// Section, option and value of everything.
    #[cfg(test)]
    pub(super) fn sorted(&self) -> Vec<(&str, &str, &str)> {
        let mut all: Vec<_> = self
            .options
            .iter()
            .map(|((section, name), value)| (section.as_str(), name.as_str(), value.text.as_str()))
            .collect();
        all.sort_unstable();
        all
    }

    pub(super) fn get(&self, section: &str, option: &str) -> Option<&Value> {
        self.options.get(&(section.to_owned(), option.to_owned()))
    }
}

struct Reader<'f> {
    ini: Ini,
    section: Option<String>,
    sections: HashSet<String>,
    /// Option that a deeper line continues.
    option: Option<(String, String)>,
    indent: usize,
    faults: &'f mut Vec<Fault>,
}

impl Reader<'_> {
    fn line(&mut self, number: usize, line: &str) {
        let text = line.trim();
        if text.starts_with(['#', ';']) {
            return;
        }
        if text.is_empty() {
            return self.append("");
        }
        let indent = line.len() - line.trim_start().len();
        if self.option.is_some() && indent > self.indent {
            return self.append(text);
        }
        self.indent = indent;
        let header = text
            .strip_prefix('[')
            .and_then(|rest| rest.rsplit_once(']'))
            .map(|(name, _)| name)
            .filter(|name| !name.is_empty());
        match (header, self.section.clone()) {
            (Some(name), _) => self.open(number, name),
            (None, None) => tell(
                self.faults,
                number,
                format!(
                    "expected a section such as [DEFAULT], found \"{}\"; gbp refuses the file",
                    shown(text)
                ),
            ),
            (None, Some(section)) => self.set(number, section, text),
        }
    }

    fn open(&mut self, number: usize, name: &str) {
        // The defaults may come in several parts.
        if !self.sections.insert(name.to_owned()) && name != "DEFAULT" {
            tell(
                self.faults,
                number,
                format!(
                    "the section [{}] is there twice; gbp refuses the file; join them",
                    shown(name)
                ),
            );
        }
        self.section = Some(name.to_owned());
        self.option = None;
    }

    fn set(&mut self, number: usize, section: String, text: &str) {
        let parts = text
            .split_once(['=', ':'])
            .map(|(name, value)| (name.trim().to_lowercase(), value.trim()))
            .filter(|(name, _)| !name.is_empty());
        let Some((name, value)) = parts else {
            return tell(
                self.faults,
                number,
                format!(
                    "expected \"option = value\", found \"{}\"; gbp refuses the file",
                    shown(text)
                ),
            );
        };
        let key = (section, name);
        if self.ini.options.contains_key(&key) {
            tell(
                self.faults,
                number,
                format!(
                    "the option {} is there twice; gbp refuses the file; keep one",
                    shown(&key.1)
                ),
            );
            self.option = None;
            return;
        }
        let value = Value {
            text: value.to_owned(),
            line: number,
        };
        self.ini.options.insert(key.clone(), value);
        self.option = Some(key);
    }

    fn append(&mut self, text: &str) {
        if let Some(value) = self.option.as_ref().and_then(|key| self.ini.options.get_mut(key)) {
            value.text.push('\n');
            value.text.push_str(text);
        }
    }
}

/// A Python list of plain strings: `['a', "b",]`, over several lines if need be. None for anything else.
pub(super) fn strings(text: &str) -> Option<Vec<String>> {
    let mut rest = text.trim().strip_prefix('[')?.trim_start();
    let mut list = Vec::new();
    loop {
        if let Some(after) = rest.strip_prefix(']') {
            return after.trim().is_empty().then_some(list);
        }
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (string, after) = rest.get(1..)?.split_once(quote)?;
        // Escapes have a dozen forms that nobody needs here.
        if string.contains(['\\', '\n']) {
            return None;
        }
        list.push(string.to_owned());
        rest = after.trim_start();
        match rest.strip_prefix(',') {
            Some(after) => rest = after.trim_start(),
            None if rest.starts_with(']') => {}
            None => return None,
        }
    }
}

//! `debian/source/lintian-overrides`: findings that the maintainer has looked at.
//!
//! The grammar is lintian's, and each line means here what it means there
//! (`Lintian::Processable::Overrides`, `Lintian::Group`, 2.116.3). Only tags that begin with `tarvet-` concern us; of the
//! others nothing is said. An override silences a finding and proves nothing.

mod line;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use bstr::ByteSlice;

use crate::fault::{Fault, tell};
use crate::glob::{Token, matches};
use line::{Lines, Parsed};

/// Where the file may be, the preferred place first. lintian reads the first that exists.
pub const PLACES: [&str; 2] = [
    "debian/source/lintian-overrides",
    "debian/source.lintian-overrides",
];

/// What our tags begin with.
pub const PREFIX: &str = "tarvet-";

/// More overrides of our tags than this do not count: each is compared with each finding.
const MOST: usize = 10_000;

/// One line that overrides a tag of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// The whole tag, with `tarvet-`.
    pub tag: String,
    /// Glob for the context; empty: every context.
    pub pattern: String,
    /// The comment above, on one line; empty if there is none.
    pub justification: String,
    /// Line in the file, from 1.
    pub line: usize,
    tokens: Vec<Token>,
}

impl Override {
    /// Would every finding of the tag be overridden, whatever it is about?
    pub fn is_unlimited(&self) -> bool {
        self.tokens.iter().all(|token| *token == Token::Any)
    }
}

/// An override that overrode nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unused<'a> {
    /// The line.
    pub line: &'a Override,
    /// There were findings of the tag, in other contexts (lintian: `mismatched-override`), or none (`unused-override`).
    pub mismatched: bool,
}

/// The overrides of one source package.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    list: Vec<Override>,
    /// By tag: places in the list, shorter patterns first.
    by_tag: HashMap<String, Vec<usize>>,
    /// Lines about our tags that lintian would not take either.
    pub faults: Vec<Fault>,
}

impl Overrides {
    /// Reads the file of a source package of this name. Lines for other packages and architectures do not count.
    pub fn parse(text: &[u8], package: &str) -> Self {
        let mut read = Self::default();
        let Ok(text) = text.to_str() else {
            if text.find(PREFIX).is_some() {
                tell(
                    &mut read.faults,
                    0,
                    "not UTF-8, so lintian ignores the whole file; convert it",
                );
            }
            return read;
        };
        for parsed in Lines::new(text, package) {
            match parsed {
                Parsed::Malformed { line, message } => tell(&mut read.faults, line, message),
                Parsed::Override(line) if read.list.len() < MOST => read.list.push(line),
                Parsed::Override(line) => {
                    tell(
                        &mut read.faults,
                        line.line,
                        format!("more than {MOST} overrides; from here they have no effect"),
                    );
                    break;
                }
            }
        }
        read.index();
        read
    }

    /// As in lintian, the last of several lines with the same tag and pattern replaces the others.
    fn index(&mut self) {
        let mut last: HashMap<(&str, &str), usize> = HashMap::new();
        for (place, line) in self.list.iter().enumerate() {
            last.insert((&line.tag, &line.pattern), place);
        }
        let mut places: Vec<usize> = last.into_values().collect();
        places.sort_unstable();
        for place in places {
            if let Some(line) = self.list.get(place) {
                self.by_tag.entry(line.tag.clone()).or_default().push(place);
            }
        }
        let length = |place: &usize| {
            self.list
                .get(*place)
                .map_or(0, |line| line.pattern.chars().count())
        };
        for places in self.by_tag.values_mut() {
            places.sort_by_key(length);
        }
    }

    /// The line that overrides this finding. Shorter patterns come first, so that a line without a pattern wins.
    ///
    /// (lintian means the same, and compares the lengths as text, "10" before "9". That decides which of several lines
    /// gets the credit, never whether there is one.)
    pub fn find(&self, tag: &str, context: &str) -> Option<&Override> {
        self.by_tag
            .get(tag)?
            .iter()
            .filter_map(|place| self.list.get(*place))
            .find(|line| line.pattern.is_empty() || matches(&line.tokens, context.as_bytes()))
    }

    /// Lines that override none of these findings (tag and context), in the order of the file.
    pub fn unused<'a>(&self, findings: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<Unused<'_>> {
        let mut seen = HashMap::<&str, Vec<usize>>::new();
        for (tag, context) in findings {
            let used = seen.entry(tag).or_default();
            if let Some(line) = self.find(tag, context)
                && used.last() != Some(&line.line)
            {
                used.push(line.line);
            }
        }
        for used in seen.values_mut() {
            used.sort_unstable();
        }
        let mut unused: Vec<Unused<'_>> = self
            .by_tag
            .values()
            .flatten()
            .filter_map(|place| self.list.get(*place))
            .filter_map(|line| {
                let used = seen.get(line.tag.as_str());
                let hit = used.is_some_and(|used| used.binary_search(&line.line).is_ok());
                (!hit).then_some(Unused {
                    line,
                    mismatched: used.is_some(),
                })
            })
            .collect();
        unused.sort_by_key(|unused| unused.line.line);
        unused
    }

    /// All lines about our tags, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &Override> {
        self.list.iter()
    }
}

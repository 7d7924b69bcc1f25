//! `debian/copyright`: what a maintainer took out of upstream's tarball.
//!
//! Only the fields that say so are read: `Files-Excluded`, `Files-Included`, and the same with `-COMPONENT`. They count
//! under the condition that mk-origtargz sets: the first paragraph has a `Format` of the machine-readable copyright
//! format. Where mk-origtargz would exclude nothing, nothing is excused here.
//! Source: `Devscripts::MkOrigtargz` (devscripts 2.23.4).

mod patterns;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

pub use patterns::Patterns;

use crate::fault::{Fault, shown, tell};
use crate::paragraph::{self, Paragraph};

/// What `debian/copyright` says is not in the tarballs.
#[derive(Clone, Debug, Default)]
pub struct Exclusions {
    main: Patterns,
    components: BTreeMap<String, Patterns>,
    /// What is wrong with the fields, and why they have no effect. The rest of the file is not looked at.
    pub faults: Vec<Fault>,
}

const EXCLUDED: &str = "files-excluded";
const INCLUDED: &str = "files-included";

impl Exclusions {
    /// Reads `debian/copyright`. A file without the fields has no faults, whatever else it holds.
    pub fn parse(text: &[u8]) -> Self {
        let mut read = Self::default();
        let mut faults = Vec::new();
        let paragraphs = paragraph::paragraphs(text, 1, &mut faults);
        let Some(head) = paragraphs.first() else {
            return read;
        };
        let Some(first) = head.fields.iter().find(|field| names_files(&field.name)) else {
            return read;
        };
        read.faults = faults;
        if head.broken {
            tell(
                &mut read.faults,
                first.line,
                format!(
                    "{} has no effect: dpkg cannot read the first paragraph; mend it",
                    first.name
                ),
            );
        } else if !head.get("Format").is_some_and(|field| is_format(&field.value)) {
            tell(
                &mut read.faults,
                first.line,
                format!(
                    "{} has no effect: expected \"Format: https://www.debian.org/doc/packaging-manuals/\
                     copyright-format/1.0/\" in the first paragraph, found {}; add it",
                    first.name,
                    head.get("Format").map_or_else(
                        || "no Format".to_owned(),
                        |field| format!("\"{}\"", shown(&field.value))
                    )
                ),
            );
        } else {
            read.fields(head);
        }
        read
    }

    /// The patterns for the main tarball (`None`) or a component's.
    pub fn of(&self, component: Option<&str>) -> &Patterns {
        const NONE: &Patterns = &Patterns::none();
        match component {
            None => &self.main,
            Some(name) => self.components.get(&name.to_ascii_lowercase()).unwrap_or(NONE),
        }
    }

    /// Components that the file has patterns for, in lower case.
    pub fn components(&self) -> impl Iterator<Item = &str> {
        self.components.keys().map(String::as_str)
    }

    fn fields(&mut self, head: &Paragraph) {
        let mut components = BTreeSet::new();
        for field in &head.fields {
            let name = field.name.to_ascii_lowercase();
            let Some(rest) = name.strip_prefix(EXCLUDED).or(name.strip_prefix(INCLUDED)) else {
                continue;
            };
            match rest.strip_prefix('-') {
                Some(component) if !component.is_empty() => drop(components.insert(component.to_owned())),
                _ if rest.is_empty() => {}
                _ => tell(
                    &mut self.faults,
                    field.line,
                    format!("unknown field {}; it has no effect", shown(&field.name)),
                ),
            }
        }
        let of = |field: String| head.get(&field).map(|field| (field.value.as_str(), field.line));
        self.main = Patterns::parse(of(EXCLUDED.into()), of(INCLUDED.into()), &mut self.faults);
        for name in components {
            let patterns = Patterns::parse(
                of(format!("{EXCLUDED}-{name}")),
                of(format!("{INCLUDED}-{name}")),
                &mut self.faults,
            );
            self.components.insert(name, patterns);
        }
    }
}

fn names_files(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with(EXCLUDED) || name.starts_with(INCLUDED)
}

/// `https?://www.debian.org/doc/packaging-manuals/copyright-format/1.0/`; the version may be another.
fn is_format(value: &str) -> bool {
    value
        .strip_prefix("https://")
        .or(value.strip_prefix("http://"))
        .and_then(|rest| rest.strip_prefix("www.debian.org/doc/packaging-manuals/copyright-format/"))
        .map(|version| version.strip_suffix('/').unwrap_or(version))
        .is_some_and(|version| {
            !version.is_empty() && version.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        })
}

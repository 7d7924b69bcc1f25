//! Making a table: contents are added one by one, in any number of versions, and written out sorted.
//!
//! The same additions give the same bytes, whatever order they come in, but for one thing: of several projects that
//! published the same contents under the same name, the answer names the one that was added first.

mod write;

use std::collections::BTreeMap;
use std::sync::Arc;

use thiserror::Error;

use super::format::{EDGE, Key, LARGEST_PART, PART, key_of, mix};
use super::macros::defined_macros;
use super::names::{Class, is_anybodys, may_be_known};
use super::normalise::source_key;
use super::parts::as_copied;
use super::serial::{Serial, serial};

/// Other contents under a name that gnulib dropped before 2012 are not suspicious: `prereq.m4` is anybody's by now.
const RETIRED: u16 = 15_340;

/// gnulib's texts that were superseded before 2021 are known but not kept for showing a difference.
const KEPT_SINCE: u16 = 18_628;
/// Nor are larger ones, in bytes.
const LARGEST_TEXT: usize = 600 << 10;

/// When contents were published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Version {
    /// With a release, `1.16.5`.
    Release(String),
    /// From one day to another in a project that has no releases; days since 1970.
    Days {
        /// The first day.
        first: u16,
        /// The last day.
        last: u16,
    },
    /// By no project: the releases of `upstreams` unrelated upstreams share them.
    Corroborated {
        /// What the project's version probably is; may be empty.
        version: String,
        /// How many upstreams.
        upstreams: u16,
    },
}

/// Why a table could not be written.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BuildError {
    /// More of something than the format can count.
    #[error("a table cannot hold {found} {what}, {limit} at most")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many there may be.
        limit: usize,
    },
}

/// Collects contents for a table.
#[derive(Debug, Clone, Default)]
pub struct Builder {
    names: BTreeMap<Vec<u8>, Name>,
    macros: BTreeMap<Vec<u8>, (Seniority, Vec<u8>)>,
    parts: BTreeMap<PartEdge, (Vec<u8>, Key)>,
}

/// What is collected of one file name.
#[derive(Debug, Clone)]
struct Name {
    class: Class,
    standard: bool,
    serial: Option<Serial>,
    contents: BTreeMap<Key, Origins>,
    /// Texts to show a difference to.
    texts: BTreeMap<Key, Arc<[u8]>>,
}

/// Start, end, length and key of a part, as they are sorted.
type PartEdge = (u32, u32, usize, Key);

/// Which of two answers is better: a release's before a day's before a corroborated one, then the later.
type Seniority = (u8, u16);

/// Who published some contents; the first project of each kind.
#[derive(Debug, Clone, Default)]
struct Origins {
    release: Option<(String, String, String)>,
    days: Option<(String, u16, u16)>,
    corroborated: Option<(String, String, u16)>,
}

impl Builder {
    /// Without any contents.
    pub fn new() -> Builder {
        Builder::default()
    }

    /// Adds what `project` published as `version` of the file `name` (no directories). Says whether it was taken:
    /// names that tools generate anew everywhere are not, nor are empty contents.
    pub fn add(
        &mut self,
        project: &str,
        version: &Version,
        class: Class,
        name: &[u8],
        content: &[u8],
    ) -> bool {
        if !may_be_known(name) || content.is_empty() {
            return false;
        }
        let key = if class == Class::Source {
            source_key(name, content)
        } else {
            key_of(content)
        };
        let entry = self.put(project, version, class, name, key);
        entry.standard |= match version {
            Version::Release(_) => true,
            Version::Days { last, .. } => *last >= RETIRED,
            Version::Corroborated { .. } => false,
        };
        entry.standard &= !is_anybodys(name);
        // TeX's macros are large, and no build runs them.
        let shown = class.makes_impostors() && !name.ends_with(b".tex");
        if shown && content.len() <= LARGEST_TEXT && !is_old(version) {
            entry.texts.entry(key).or_insert_with(|| content.into());
        }
        if class == Class::Macro {
            entry.serial = entry.serial.take().max(serial(content));
            self.add_macros(version, name, content);
            // gnulib has no system-wide directory of macros that aclocal would copy from.
            if !matches!(version, Version::Days { .. }) {
                self.add_part(project, version, name, content);
            }
        }
        true
    }

    /// Adds text that aclocal.m4 holds in the releases of several upstreams, though no known macro file has it.
    pub fn add_aclocal_part(&mut self, project: &str, version: &Version, text: &[u8]) {
        let key = key_of(text);
        self.put(project, version, Class::Macro, &[PART], key);
        self.put_part(&[PART], text, key);
    }

    /// Whether contents of that name are in already.
    pub fn has(&self, name: &[u8], content: &[u8]) -> bool {
        self.names.get(name).is_some_and(|entry| {
            entry.contents.contains_key(&key_of(content))
                || entry.contents.contains_key(&source_key(name, content))
        })
    }

    /// The class of a name that is in already.
    pub fn class(&self, name: &[u8]) -> Option<Class> {
        self.names.get(name).map(|entry| entry.class)
    }

    /// A project that published something under that name: one with releases, if there is one.
    pub fn project(&self, name: &[u8]) -> Option<String> {
        let origins = || {
            self.names
                .get(name)
                .into_iter()
                .flat_map(|entry| entry.contents.values())
        };
        let release = origins().find_map(|origins| Some(origins.release.as_ref()?.0.clone()));
        release.or_else(|| origins().find_map(|origins| Some(origins.days.as_ref()?.0.clone())))
    }

    /// Forgets the texts of all names that `wanted` does not want: their contents stay known, but no difference to
    /// them can be shown.
    pub fn keep_texts(&mut self, wanted: impl Fn(&[u8]) -> bool) {
        let unwanted = self.names.iter_mut().filter(|(name, _)| !wanted(name));
        unwanted.for_each(|(_, entry)| entry.texts.clear());
    }

    /// The bytes of the table.
    ///
    /// # Errors
    ///
    /// When there is more than the format can count.
    pub fn finish(self) -> Result<Vec<u8>, BuildError> {
        write::table(self)
    }

    fn put(&mut self, project: &str, version: &Version, class: Class, name: &[u8], key: Key) -> &mut Name {
        let entry = self.names.entry(name.to_vec()).or_insert_with(|| Name {
            class,
            standard: false,
            serial: None,
            contents: BTreeMap::new(),
            texts: BTreeMap::new(),
        });
        entry.class = entry.class.min(class);
        entry.contents.entry(key).or_default().add(project, version);
        entry
    }

    fn add_macros(&mut self, version: &Version, name: &[u8], content: &[u8]) {
        let seniority = match version {
            Version::Release(_) => (1, 0),
            Version::Days { last, .. } => (0, *last),
            Version::Corroborated { .. } => return,
        };
        for defined in defined_macros(content) {
            let best = self.macros.get(defined.as_ref() as &[u8]);
            if best.is_none_or(|(old, of)| (seniority, name) > (*old, of.as_slice())) {
                self.macros.insert(defined.to_vec(), (seniority, name.to_vec()));
            }
        }
    }

    fn add_part(&mut self, project: &str, version: &Version, name: &[u8], content: &[u8]) {
        let copied = as_copied(content);
        let key = key_of(&copied);
        if copied.len() == content.len() {
            self.put_part(name, content, key);
        } else {
            let name = [&[PART], name].concat();
            self.put(project, version, Class::Macro, &name, key);
            self.put_part(&name, &copied, key);
        }
    }

    fn put_part(&mut self, name: &[u8], text: &[u8], key: Key) {
        let (Some(start), Some(tail)) = (text.get(..EDGE), text.len().checked_sub(EDGE)) else {
            return;
        };
        // What follows a part must not go on in its last line.
        if text.len() <= LARGEST_PART && text.ends_with(b"\n") {
            let end = mix(text.get(tail..).unwrap_or_default());
            self.parts
                .entry((mix(start), end, text.len(), key))
                .or_insert_with(|| (name.to_vec(), key));
        }
    }
}

fn is_old(version: &Version) -> bool {
    matches!(version, Version::Days { last, .. } if *last < KEPT_SINCE)
}

impl Origins {
    /// For sorting a file's versions: by day where it is known, then by release.
    fn age(&self) -> (u16, Vec<(u64, &str)>) {
        let day = self.days.as_ref().map_or(u16::MAX, |(_, first, _)| *first);
        let release = self
            .release
            .as_ref()
            .map(|(_, first, _)| order(first))
            .unwrap_or_default();
        (day, release)
    }

    fn add(&mut self, project: &str, version: &Version) {
        match version {
            Version::Release(version) => match &mut self.release {
                None => self.release = Some((project.to_owned(), version.clone(), version.clone())),
                Some((of, first, last)) if of == project => {
                    if order(version) < order(first) {
                        first.clone_from(version);
                    }
                    if order(version) > order(last) {
                        last.clone_from(version);
                    }
                }
                Some(_) => {}
            },
            Version::Days { first, last } => match &mut self.days {
                None => self.days = Some((project.to_owned(), *first, *last)),
                Some((_, from, to)) => (*from, *to) = ((*from).min(*first), (*to).max(*last)),
            },
            Version::Corroborated { version, upstreams } => {
                let best = self
                    .corroborated
                    .as_ref()
                    .map_or(0, |(_, _, upstreams)| *upstreams);
                if *upstreams > best {
                    self.corroborated = Some((project.to_owned(), version.clone(), *upstreams));
                }
            }
        }
    }
}

/// Numbers of a version, for comparing: `0.19.8` before `0.20`.
fn order(version: &str) -> Vec<(u64, &str)> {
    let word = |part: &'_ str| part.parse::<u64>().unwrap_or(0);
    version
        .split(['.', '-', '+', '~'])
        .map(|part| (word(part), part))
        .collect()
}

#[cfg(test)]
pub(super) mod tests;

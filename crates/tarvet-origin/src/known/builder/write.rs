//! Sorted records out of what a [`Builder`] collected.

#[path = "texts.rs"]
mod texts;

use std::collections::HashMap;
use std::hash::Hash;

use sha2::{Digest, Sha256};

use super::super::format::{CHECKSUM, DAYS, FORMAT, HEADER, Key, MAGIC, NO_SERIAL, SECTIONS, macro_key};
use super::super::names::Class;
use super::{BuildError, Builder, Name, Origins};

/// Things in the order in which they came, each once.
struct Pool<T> {
    items: Vec<T>,
    ids: HashMap<T, usize>,
}

impl<T: Clone + Eq + Hash> Pool<T> {
    fn new() -> Self {
        Pool {
            items: Vec::new(),
            ids: HashMap::new(),
        }
    }

    fn id(&mut self, item: T) -> usize {
        if let Some(id) = self.ids.get(&item) {
            return *id;
        }
        self.items.push(item.clone());
        self.ids.insert(item, self.items.len() - 1);
        self.items.len() - 1
    }
}

/// The sections as they grow.
struct Writer {
    sections: [Vec<u8>; SECTIONS.len()],
    strings: Pool<String>,
    labels: Pool<[u8; 8]>,
    /// Where the key of a name went.
    keys: HashMap<(u32, Key), u32>,
}

pub(super) fn table(builder: Builder) -> Result<Vec<u8>, BuildError> {
    let mut writer = Writer {
        sections: Default::default(),
        strings: Pool::new(),
        labels: Pool::new(),
        keys: HashMap::new(),
    };
    let mut ids: HashMap<&[u8], usize> = HashMap::new();
    for (position, (name, entry)) in builder.names.iter().enumerate() {
        ids.insert(name, position);
        writer.name(number(position, "file names")?, name, entry)?;
    }
    let mut macros: Vec<([u8; 8], usize)> = builder
        .macros
        .iter()
        .filter_map(|(defined, (_, name))| Some((macro_key(defined), *ids.get(name.as_slice())?)))
        .collect();
    macros.sort_unstable();
    macros.dedup_by_key(|(key, _)| *key);
    for (key, name) in macros {
        writer.sections[super::super::format::MACROS].extend_from_slice(&key);
        writer.sections[super::super::format::MACROS]
            .extend_from_slice(&small(name, "file names")?.to_le_bytes());
    }
    for ((start, end, len, _), (name, key)) in &builder.parts {
        let name = ids.get(name.as_slice()).copied().unwrap_or_default();
        let key = writer
            .keys
            .get(&(number(name, "file names")?, *key))
            .copied()
            .unwrap_or_default();
        writer.part(*start, *end, number(*len, "bytes in a part")?, key)?;
    }
    texts::add(&mut writer.sections, &builder)?;
    writer.finish()
}

impl Writer {
    fn name(&mut self, id: u32, name: &[u8], entry: &Name) -> Result<(), BuildError> {
        use super::super::format::{KEY, KEY_LABELS, KEYS, NAME_BYTES, NAMES};
        for (key, origins) in &entry.contents {
            let position = number(self.sections[KEYS].len() / KEY, "contents")?;
            self.keys.insert((id, *key), position);
            let label = self.label(origins)?;
            self.sections[KEYS].extend_from_slice(key);
            self.sections[KEY_LABELS].extend_from_slice(&label.to_le_bytes());
        }
        self.sections[NAME_BYTES].extend_from_slice(name);
        let serial = match &entry.serial {
            Some(serial) => small(self.strings.id(serial.to_string()), "serials")?,
            None => NO_SERIAL,
        };
        let ends = [self.sections[NAME_BYTES].len(), self.sections[KEYS].len() / KEY];
        for end in ends {
            let end = number(end, "bytes")?;
            self.sections[NAMES].extend_from_slice(&end.to_le_bytes());
        }
        self.sections[NAMES].extend_from_slice(&serial.to_le_bytes());
        let class = Class::ALL
            .iter()
            .position(|class| *class == entry.class)
            .unwrap_or_default();
        self.sections[NAMES].extend([u8::try_from(class).unwrap_or_default(), u8::from(entry.standard)]);
        Ok(())
    }

    /// The number of a label for the best origin: a release before a day before a corroborated one.
    fn label(&mut self, origins: &Origins) -> Result<u16, BuildError> {
        let (project, low, high, upstreams) = if let Some((project, first, last)) = &origins.release {
            let versions = if first == last {
                first.clone()
            } else {
                format!("{first}..{last}")
            };
            self.versions(project, versions, 0)?
        } else if let Some((project, first, last)) = &origins.days {
            (self.project(project)? | DAYS, *first, *last, 0)
        } else if let Some((project, version, upstreams)) = &origins.corroborated {
            self.versions(project, version.clone(), *upstreams)?
        } else {
            self.versions("", String::new(), 0)?
        };
        let mut label = [0; 8];
        for (field, value) in label.chunks_exact_mut(2).zip([project, low, high, upstreams]) {
            field.copy_from_slice(&value.to_le_bytes());
        }
        small(self.labels.id(label), "labels")
    }

    fn versions(
        &mut self,
        project: &str,
        versions: String,
        upstreams: u16,
    ) -> Result<(u16, u16, u16, u16), BuildError> {
        let project = self.project(project)?;
        let id = number(self.strings.id(versions), "strings")?;
        let [a, b, c, d] = id.to_le_bytes();
        Ok((
            project,
            u16::from_le_bytes([a, b]),
            u16::from_le_bytes([c, d]),
            upstreams,
        ))
    }

    fn project(&mut self, project: &str) -> Result<u16, BuildError> {
        let id = self.strings.id(project.to_owned());
        if id >= usize::from(DAYS) {
            return Err(BuildError::TooMany {
                what: "strings",
                found: id,
                limit: usize::from(DAYS),
            });
        }
        small(id, "strings")
    }

    fn part(&mut self, start: u32, end: u32, len: u32, key: u32) -> Result<(), BuildError> {
        let section = &mut self.sections[super::super::format::PARTS];
        section.extend_from_slice(&start.to_le_bytes());
        section.extend_from_slice(&end.to_le_bytes());
        for value in [len, key] {
            let [a, b, c, high] = value.to_le_bytes();
            if high != 0 {
                return Err(BuildError::TooMany {
                    what: "contents",
                    found: value as usize,
                    limit: 1 << 24,
                });
            }
            section.extend_from_slice(&[a, b, c]);
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Vec<u8>, BuildError> {
        use super::super::format::{LABELS, STRING_ENDS, STRINGS};
        for text in &self.strings.items {
            self.sections[STRINGS].extend_from_slice(text.as_bytes());
            let end = number(self.sections[STRINGS].len(), "bytes of strings")?;
            self.sections[STRING_ENDS].extend_from_slice(&end.to_le_bytes());
        }
        for label in &self.labels.items {
            self.sections[LABELS].extend_from_slice(label);
        }
        let mut table = MAGIC.to_vec();
        table.extend_from_slice(&FORMAT.to_le_bytes());
        let mut at = HEADER;
        for section in &self.sections {
            table.extend_from_slice(&number(at, "bytes")?.to_le_bytes());
            table.extend_from_slice(&number(section.len(), "bytes")?.to_le_bytes());
            at += section.len();
        }
        for section in &self.sections {
            table.extend_from_slice(section);
        }
        let digest = Sha256::digest(&table);
        table.reserve(CHECKSUM);
        table.extend_from_slice(&digest);
        Ok(table)
    }
}

fn number(value: usize, what: &'static str) -> Result<u32, BuildError> {
    u32::try_from(value).map_err(|_| BuildError::TooMany {
        what,
        found: value,
        limit: u32::MAX as usize,
    })
}

fn small(value: usize, what: &'static str) -> Result<u16, BuildError> {
    let too_many = BuildError::TooMany {
        what,
        found: value,
        limit: usize::from(u16::MAX),
    };
    u16::try_from(value)
        .ok()
        .filter(|small| *small != u16::MAX)
        .ok_or(too_many)
}

//! Where the record is not the last word, and why.

use std::collections::BTreeSet;
use std::fs;
use std::sync::Mutex;

use serde::Deserialize;

use super::facts::Fact;
use super::record::Record;
use crate::workspace;

const FILE: &str = "crates/xtask/corpus-exceptions.toml";

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    exception: Vec<Exception>,
}

/// A fact that is expected to be another than the record says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Exception {
    release: String,
    field: String,
    instead: String,
    reason: String,
}

/// All exceptions, and which of them were asked for and which of those mattered.
pub struct Exceptions {
    list: Vec<Exception>,
    idle: Mutex<BTreeSet<usize>>,
}

impl Exceptions {
    /// Reads the file beside this chore; every entry must name a release of the corpus and a reason.
    pub fn read(records: &[Record]) -> Result<Self, String> {
        let path = workspace::root().join(FILE);
        let text = fs::read_to_string(&path).map_err(|error| format!("{FILE}: {error}"))?;
        let exceptions = Self::parse(&text)?;
        for exception in &exceptions.list {
            if !records.iter().any(|record| record.id == exception.release) {
                return Err(format!("{FILE}: the corpus has no release {}", exception.release));
            }
        }
        Ok(exceptions)
    }

    fn parse(text: &str) -> Result<Self, String> {
        let File { exception: list } = toml::from_str(text).map_err(|error| format!("{FILE}: {error}"))?;
        if let Some(bare) = list.iter().find(|exception| exception.reason.trim().is_empty()) {
            return Err(format!("{FILE}: {} {} lacks a reason", bare.release, bare.field));
        }
        Ok(Exceptions {
            list,
            idle: Mutex::default(),
        })
    }

    /// What is wrong with a fact, if anything. An exception replaces what is expected; one that changes nothing
    /// is remembered as idle.
    pub fn departure(&self, release: &str, fact: &Fact) -> Option<String> {
        let mut entries = self.list.iter().enumerate();
        let entry = entries.find(|(_, one)| one.release == release && one.field == fact.field);
        let Some((index, exception)) = entry else {
            return (fact.found != fact.expected).then(|| fact.to_string());
        };
        if fact.found == exception.instead && fact.expected != exception.instead {
            return None;
        }
        if let Ok(mut idle) = self.idle.lock() {
            idle.insert(index);
        }
        (fact.found != fact.expected).then(|| format!("{fact}, and the exception says {}", exception.instead))
    }

    /// Why the impostors of a release are none, if somebody looked at them.
    pub fn impostors(&self, release: &str) -> Option<&str> {
        let mut own = self.list.iter().filter(|one| one.release == release);
        own.find(|one| one.field == "impostors")
            .map(|one| one.reason.trim())
    }

    /// The exceptions of a release, for its line.
    pub fn remarks(&self, release: &str) -> Vec<String> {
        let own = self.list.iter().filter(|one| one.release == release);
        own.map(|one| format!("{} is {} by exception", one.field, one.instead))
            .collect()
    }

    /// The exceptions that matched nothing though their fact was looked at.
    pub fn idle(&self) -> Vec<String> {
        let idle = self.idle.lock().map(|idle| idle.clone()).unwrap_or_default();
        idle.iter()
            .filter_map(|index| self.list.get(*index))
            .map(|one| format!("{FILE}: {} {} matches nothing", one.release, one.field))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Exceptions, Fact};

    const ONE: &str = "[[exception]]\nrelease = 'r'\nfield = 'missing'\ninstead = '2'\nreason = 'because'\n";

    fn missing(expected: &str, found: &str) -> Fact {
        Fact {
            field: "missing",
            expected: expected.to_owned(),
            found: found.to_owned(),
        }
    }

    #[test]
    fn an_exception_replaces_what_is_expected() {
        let exceptions = Exceptions::parse(ONE).expect("well formed");
        assert_eq!(exceptions.departure("r", &missing("1", "2")), None);
        assert!(exceptions.departure("other", &missing("1", "2")).is_some());
        assert_eq!(exceptions.departure("other", &missing("1", "1")), None);
        assert!(exceptions.idle().is_empty());
    }

    #[test]
    fn an_exception_that_matches_nothing_is_told() {
        for (fact, departs) in [
            (missing("1", "1"), false),
            (missing("1", "3"), true),
            (missing("2", "2"), false),
        ] {
            let exceptions = Exceptions::parse(ONE).expect("well formed");
            assert_eq!(exceptions.departure("r", &fact).is_some(), departs);
            assert_eq!(exceptions.idle().len(), 1);
        }
    }

    #[test]
    fn exceptions_need_reasons_and_known_keys() {
        assert!(Exceptions::parse(&ONE.replace("because", " ")).is_err());
        assert!(Exceptions::parse(&ONE.replace("reason", "raeson")).is_err());
    }
}

//! `tarvet debian` on the source package of a release, held against `tarvet check` on its tarball.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::facts::Fact;
use super::record::Record;

/// A source package of which every file is in the cache.
pub struct Package {
    pub dsc: PathBuf,
    /// The files that its `.dsc` lists.
    pub files: BTreeSet<String>,
}

impl Package {
    /// The package of a release; an error says what of it is missing.
    pub fn at_hand(record: &Record, cache: &Path) -> Result<Self, String> {
        let name = format!("{}.dsc", record.debian_stem());
        let dsc = cache.join(&name);
        let text = fs::read_to_string(&dsc).map_err(|_| format!("the archive has no {name} any more"))?;
        let files = listed(&text);
        match files.iter().find(|file| !cache.join(file).is_file()) {
            Some(file) => Err(format!("the archive has no {file} any more")),
            None => Ok(Package { dsc, files }),
        }
    }
}

/// The names in the lists of files: what follows a digest and a size.
fn listed(dsc: &str) -> BTreeSet<String> {
    let name = |line: &str| {
        let mut words = line.strip_prefix(' ')?.split(' ');
        let digest = words.next().filter(|word| word.len() == 64)?;
        let size = words.next()?;
        let plain = digest.bytes().all(|byte| byte.is_ascii_hexdigit()) && size.parse::<u64>().is_ok();
        words
            .next()
            .filter(|name| plain && !name.contains('/'))
            .map(ToOwned::to_owned)
    };
    dsc.lines().filter_map(name).collect()
}

/// The report on the release's own tarball, in the report on its package.
pub fn main_tarball<'r>(record: &Record, package: &'r Value) -> Option<&'r Value> {
    let mut tarballs = package["tarballs"].as_array()?.iter();
    tarballs.find(|one| {
        let path = one["subject"]["tarball"]["path"].as_str();
        path.is_some_and(|path| Path::new(path).ends_with(&record.orig))
    })
}

/// What both say of the tarball. The packaging may tell more about a file, never otherwise.
pub fn facts(check: &Value, main: &Value, same_signature: bool) -> Vec<Fact> {
    let mut facts = vec![claim("debian: release-signed", "release-signed", check, main)];
    if same_signature {
        facts.push(claim("debian: tarball-signed", "tarball-signed", check, main));
    }
    // What was left out on purpose is missing to those who do not know.
    if main["summary"]["origins"]["excluded"].is_null() {
        facts.push(claim(
            "debian: contents-complete",
            "contents-complete",
            check,
            main,
        ));
    }
    let (expected, found) = (origins(check), origins(main));
    let differing = |of: &BTreeMap<String, u64>, other: &BTreeMap<String, u64>| {
        let differing = of
            .iter()
            .filter(|(origin, count)| other.get(*origin) != Some(count));
        differing
            .map(|(origin, count)| format!("{origin} {count}"))
            .collect::<Vec<_>>()
            .join(", ")
    };
    facts.push(Fact {
        field: "debian: origins",
        expected: differing(&expected, &found),
        found: differing(&found, &expected),
    });
    facts
}

fn claim(field: &'static str, name: &str, check: &Value, main: &Value) -> Fact {
    let proven = |report: &Value| {
        let mut claims = report["claims"].as_array().into_iter().flatten();
        claims
            .find(|one| one["claim"] == name)
            .map_or("none".to_owned(), |one| one["proven"].to_string())
    };
    Fact {
        field,
        expected: proven(check),
        found: proven(main),
    }
}

/// How many there are of each origin, with what only the packaging tells counted as what it is without.
fn origins(report: &Value) -> BTreeMap<String, u64> {
    let mut origins = BTreeMap::new();
    for (origin, count) in report["summary"]["origins"].as_object().into_iter().flatten() {
        let bare = match origin.as_str() {
            "discarded" => "alleged",
            "excluded" => "missing",
            other => other,
        };
        *origins.entry(bare.to_owned()).or_default() += count.as_u64().unwrap_or(0);
    }
    origins
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{facts, listed};

    fn report(origins: Value, proven: bool) -> Value {
        let claims = ["release-signed", "tarball-signed", "contents-complete"];
        let claims = claims.map(|claim| json!({"claim": claim, "proven": proven}));
        json!({"summary": {"origins": origins}, "claims": claims})
    }

    fn departures(check: &Value, main: &Value) -> Vec<&'static str> {
        let facts = facts(check, main, true).into_iter();
        facts
            .filter(|fact| fact.expected != fact.found)
            .map(|fact| fact.field)
            .collect()
    }

    #[test]
    fn the_packaging_tells_more_and_never_otherwise() {
        let check = report(json!({"tree": 5, "alleged": 3, "missing": 2}), true);
        let more = report(
            json!({"tree": 5, "alleged": 1, "discarded": 2, "missing": 1, "excluded": 1}),
            true,
        );
        assert_eq!(departures(&check, &more), [""; 0]);
        let otherwise = report(json!({"tree": 6, "alleged": 2, "missing": 2}), true);
        assert_eq!(departures(&check, &otherwise), ["debian: origins"]);
        let unproven = report(json!({"tree": 5, "alleged": 3, "missing": 2}), false);
        assert_eq!(
            departures(&check, &unproven),
            [
                "debian: release-signed",
                "debian: tarball-signed",
                "debian: contents-complete"
            ]
        );
    }

    #[test]
    fn files_of_a_dsc() {
        let digest = "0".repeat(64);
        let dsc = format!(
            "Files:\n 0123 45 a.tar.xz\nChecksums-Sha256:\n {digest} 45 a.tar.xz\n {digest} 45 ../b\n"
        );
        assert_eq!(listed(&dsc).into_iter().collect::<Vec<_>>(), ["a.tar.xz"]);
    }
}

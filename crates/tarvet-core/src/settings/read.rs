//! From TOML to settings, key by key, so that a message can name the key that was meant.

use std::collections::{BTreeMap, BTreeSet};

use toml::{Table, Value};

use super::{Settings, SettingsError, UpstreamSettings};
use crate::packaging::Acceptance;
use crate::policy::{Claim, Level, Signers};

type Result<T> = std::result::Result<T, SettingsError>;

const TOP: [&str; 6] = ["upstream", "component", "require", "signers", "accept", "levels"];
const UPSTREAM: [&str; 5] = ["repository", "tag", "subdir", "proof", "submodules"];
const COMPONENT: [&str; 6] = ["repository", "tag", "subdir", "proof", "submodules", "accept"];
const SIGNERS: [&str; 4] = ["tag", "tarball", "tag-threshold", "tarball-threshold"];
const ACCEPT: [&str; 3] = ["path", "sha256", "reason"];
/// Characters that the fewest say "fine" in.
const SHORTEST_REASON: usize = 10;

pub(super) fn settings(text: &str, level: &dyn Fn(&str) -> Option<Level>) -> Result<Settings> {
    let table: Table = text.parse().map_err(|error: toml::de::Error| {
        let line = error.span().map_or(1, |span| line_of(text, span.start));
        fail(format!("line {line}: {}", error.message().trim()))
    })?;
    only(&table, "", &TOP)?;
    let mut settings = Settings::default();
    if let Some(upstream) = table.get("upstream") {
        settings.upstream = from(as_table(upstream, "upstream")?, "upstream", &UPSTREAM)?;
    }
    settings.upstream.accepted = acceptances(table.get("accept"), "accept")?;
    for (name, component) in entries(table.get("component"), "component")? {
        let place = format!("component.{name}");
        let component = as_table(component, &place)?;
        let mut read = from(component, &place, &COMPONENT)?;
        read.accepted = acceptances(component.get("accept"), &format!("{place}.accept"))?;
        settings.components.insert(name.clone(), read);
    }
    for name in strings(table.get("require"), "require")? {
        let claim = Claim::from_name(&name).ok_or_else(|| {
            let names = Claim::ALL.map(Claim::as_str);
            fail(format!(
                "require: there is no claim `{name}`{}",
                meant(&name, &names)
            ))
        })?;
        settings.require.insert(claim);
    }
    if let Some(signers) = table.get("signers") {
        settings.signers = read_signers(as_table(signers, "signers")?)?;
    }
    settings.levels = levels(table.get("levels"), level)?;
    Ok(settings)
}

fn from(table: &Table, place: &str, known: &[&str]) -> Result<UpstreamSettings> {
    only(table, place, known)?;
    let text = |key: &str| string(table, place, key);
    let mut submodules = BTreeMap::new();
    for (path, proof) in entries(table.get("submodules"), &format!("{place}.submodules"))? {
        let proof = proof
            .as_str()
            .ok_or_else(|| wrong(place, "submodules", "file names"))?;
        submodules.insert(path.clone(), proof.to_owned());
    }
    Ok(UpstreamSettings {
        repository: text("repository")?,
        tag: text("tag")?,
        subdir: text("subdir")?,
        proof: text("proof")?,
        submodules,
        accepted: Vec::new(),
    })
}

fn acceptances(value: Option<&Value>, place: &str) -> Result<Vec<Acceptance>> {
    let Some(value) = value else { return Ok(Vec::new()) };
    let list = value
        .as_array()
        .ok_or_else(|| fail(format!("{place}: expected [[{place}]] tables")))?;
    let mut accepted: Vec<Acceptance> = Vec::new();
    for item in list {
        let table = as_table(item, place)?;
        only(table, place, &ACCEPT)?;
        let needed = |key: &str| {
            string(table, place, key)?.ok_or_else(|| fail(format!("{place}: an entry has no `{key}`")))
        };
        let (path, sha256, reason) = (needed("path")?, needed("sha256")?, needed("reason")?);
        let digest = digest(&sha256)
            .ok_or_else(|| fail(format!("{place}: {path}: `sha256` is not 64 hexadecimal digits")))?;
        if reason.trim().chars().count() < SHORTEST_REASON {
            return Err(fail(format!(
                "{place}: {path}: say in `reason` why these bytes are all right"
            )));
        }
        if accepted.iter().any(|other| other.path == path) {
            return Err(fail(format!("{place}: {path} is accepted twice")));
        }
        accepted.push(Acceptance {
            path: path.into(),
            sha256: digest,
            reason,
        });
    }
    Ok(accepted)
}

fn read_signers(table: &Table) -> Result<Signers> {
    only(table, "signers", &SIGNERS)?;
    let threshold = |key: &str| match table.get(key) {
        None => Ok(0),
        Some(value) => value
            .as_integer()
            .and_then(|number| usize::try_from(number).ok())
            .filter(|number| (1..=64).contains(number))
            .ok_or_else(|| wrong("signers", key, "a number from 1 to 64")),
    };
    Ok(Signers {
        tag: fingerprints(table, "tag")?,
        tarball: fingerprints(table, "tarball")?,
        tag_threshold: threshold("tag-threshold")?,
        tarball_threshold: threshold("tarball-threshold")?,
    })
}

/// Full fingerprints only: short ids can be forged.
fn fingerprints(table: &Table, key: &str) -> Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    for text in strings(table.get(key), &format!("signers.{key}"))? {
        let packed: String = text.chars().filter(|char| !char.is_whitespace()).collect();
        let is_openpgp =
            matches!(packed.len(), 40 | 64) && packed.bytes().all(|byte| byte.is_ascii_hexdigit());
        let is_other = packed.starts_with("SHA256:") && packed.len() == 50 || packed.len() == 56;
        if !is_openpgp && !is_other {
            return Err(fail(format!(
                "signers.{key}: `{text}` is not a whole fingerprint"
            )));
        }
        found.insert(if is_openpgp {
            packed.to_ascii_uppercase()
        } else {
            packed
        });
    }
    Ok(found)
}

fn levels(value: Option<&Value>, default: &dyn Fn(&str) -> Option<Level>) -> Result<BTreeMap<String, Level>> {
    let mut levels = BTreeMap::new();
    for (code, value) in entries(value, "levels")? {
        let all = [Level::Off, Level::Info, Level::Warning, Level::Error];
        let wanted = value
            .as_str()
            .and_then(|name| all.into_iter().find(|level| level.as_str() == name));
        let wanted = wanted.ok_or_else(|| wrong("levels", code, "off, info, warning or error"))?;
        match default(code) {
            None => {
                return Err(fail(format!(
                    "levels: there is no check `{code}`; `tarvet checks` lists them"
                )));
            }
            Some(Level::Error) if wanted < Level::Error => {
                let why = "an error cannot be lowered here; accept the file by its SHA-256, or override the finding";
                return Err(fail(format!("levels: {code}: {why}")));
            }
            Some(_) => levels.insert(code.clone(), wanted),
        };
    }
    Ok(levels)
}

fn only(table: &Table, place: &str, known: &[&str]) -> Result<()> {
    match table.keys().find(|key| !known.contains(&key.as_str())) {
        None => Ok(()),
        Some(key) => {
            let place = if place.is_empty() {
                String::new()
            } else {
                format!("{place}: ")
            };
            Err(fail(format!("{place}unknown key `{key}`{}", meant(key, known))))
        }
    }
}

fn entries<'a>(value: Option<&'a Value>, place: &str) -> Result<Vec<(&'a String, &'a Value)>> {
    match value {
        None => Ok(Vec::new()),
        Some(value) => Ok(as_table(value, place)?.iter().collect()),
    }
}

fn as_table<'a>(value: &'a Value, place: &str) -> Result<&'a Table> {
    value
        .as_table()
        .ok_or_else(|| fail(format!("{place}: expected a table")))
}

fn string(table: &Table, place: &str, key: &str) -> Result<Option<String>> {
    match table.get(key) {
        None => Ok(None),
        Some(Value::String(text)) if !text.is_empty() => Ok(Some(text.clone())),
        Some(_) => Err(wrong(place, key, "a text")),
    }
}

fn strings(value: Option<&Value>, place: &str) -> Result<Vec<String>> {
    let Some(value) = value else { return Ok(Vec::new()) };
    let list = value
        .as_array()
        .ok_or_else(|| fail(format!("{place}: expected a list of texts")))?;
    list.iter()
        .map(|item| {
            item.as_str()
                .map(str::to_owned)
                .ok_or_else(|| fail(format!("{place}: expected texts")))
        })
        .collect()
}

fn digest(text: &str) -> Option<[u8; 32]> {
    let mut digest = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (index, byte) in digest.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(index * 2..index * 2 + 2)?, 16).ok()?;
    }
    Some(digest)
}

/// The known key that shares most letters with what was written.
fn meant(written: &str, known: &[&str]) -> String {
    let shared = |key: &&&str| {
        let mut rest: Vec<char> = key.chars().collect();
        let mut count = 0;
        for char in written.chars() {
            if let Some(at) = rest.iter().position(|other| *other == char) {
                rest.swap_remove(at);
                count += 2;
            }
        }
        count * 100 / (key.len() + written.len()).max(1)
    };
    match known.iter().max_by_key(shared) {
        Some(best) if shared(&best) >= 60 => format!("; did you mean `{best}`?"),
        _ => format!("; expected one of {}", known.join(", ")),
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

fn wrong(place: &str, key: &str, expected: &str) -> SettingsError {
    fail(format!("{place}: `{key}`: expected {expected}"))
}

fn fail(message: String) -> SettingsError {
    SettingsError { message }
}

//! Why a maintainer would agree that a release is not verified, in one line.
//!
//! Most of it follows from the report; `corpus-debian.toml` says what does not.

use std::collections::BTreeMap;
use std::fs;

use serde::Deserialize;
use serde_json::Value;

use super::record::Record;
use crate::workspace;

const FILE: &str = "crates/xtask/corpus-debian.toml";
/// Paths and tools that are named before the rest is counted.
const NAMED: usize = 3;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    note: Vec<Note>,
}

/// What is to be added about a release.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Note {
    release: String,
    /// Why a maintainer would agree, or why not.
    text: String,
}

/// The notes.
pub struct Reasons {
    notes: Vec<Note>,
}

impl Reasons {
    /// Reads the file beside this chore; every note must name a release of the corpus.
    pub fn read(records: &[Record]) -> Result<Self, String> {
        let path = workspace::root().join(FILE);
        let text = fs::read_to_string(&path).map_err(|error| format!("{FILE}: {error}"))?;
        let File { note: notes } = toml::from_str(&text).map_err(|error| format!("{FILE}: {error}"))?;
        match notes
            .iter()
            .find(|note| !records.iter().any(|record| record.id == note.release))
        {
            Some(stray) => Err(format!("{FILE}: the corpus has no release {}", stray.release)),
            None => Ok(Reasons { notes }),
        }
    }

    /// The line for a release. `looked_at` says what somebody found who looked at its impostors.
    pub fn of(&self, record: &Record, package: &Value, looked_at: Option<&str>) -> String {
        let mut parts = computed(package, record.debian_keyring.is_some());
        let impostors = by_code(package, "error").contains_key("file-impostor");
        parts.extend(
            looked_at
                .filter(|_| impostors)
                .map(|text| text.replace('\n', " ")),
        );
        let notes = self.notes.iter().filter(|note| note.release == record.id);
        parts.extend(notes.map(|note| note.text.trim().to_owned()));
        parts.join("; ")
    }
}

/// What follows from the report: first what is wrong, then what is not proven.
fn computed(package: &Value, has_keyring: bool) -> Vec<String> {
    if package["verdict"] == "verified" {
        return Vec::new();
    }
    let mut parts: Vec<String> = by_code(package, "error")
        .iter()
        .map(|(code, findings)| wrong(code, findings))
        .collect();
    let warnings = by_code(package, "warning");
    for claim in unproven(package) {
        match claim {
            "release-signed" => parts.push(unsigned(&warnings, has_keyring)),
            "tarball-signed" if by_code(package, "error").contains_key("signature-bad") => {}
            "tarball-signed" => parts.push(match warnings.contains_key("signature-promised") {
                true => "debian/watch promises a signature over the tarball that the package does not ship"
                    .to_owned(),
                false => "the signature over the tarball proves nothing with the packaged keyring".to_owned(),
            }),
            _ => {}
        }
    }
    parts.extend(kept(package));
    parts
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// The findings of a level, the package's and its tarballs', by code.
pub fn by_code<'r>(package: &'r Value, level: &str) -> BTreeMap<&'r str, Vec<&'r Value>> {
    let of_tarballs = list(&package["tarballs"]).flat_map(|one| list(&one["findings"]));
    let mut codes: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for finding in list(&package["findings"]).chain(of_tarballs) {
        if finding["level"] == level {
            codes
                .entry(finding["code"].as_str().unwrap_or("none"))
                .or_default()
                .push(finding);
        }
    }
    codes
}

/// Claims that are demanded and lack proof.
fn unproven(package: &Value) -> Vec<&str> {
    let claims = list(&package["claims"]).filter(|one| one["required"] == true && one["proven"] == false);
    claims.filter_map(|one| one["claim"].as_str()).collect()
}

fn wrong(code: &str, findings: &[&Value]) -> String {
    let paths = paths(findings);
    match code {
        "file-impostor" => format!("{paths}: a standard file's name, and no published version of it"),
        "file-modified" => format!("{paths}: not what the signed tree has"),
        "file-not-upstream" => {
            format!("{paths}: not in the signed tree, not published, without a maker's mark")
        }
        "signature-bad" => "a signature that the package ships is bad".to_owned(),
        code => match findings.first().and_then(|finding| finding["message"].as_str()) {
            Some(message) if findings.len() == 1 => format!("{code}: {message}"),
            _ => format!("{code}: {paths}"),
        },
    }
}

/// The first paths, and how many more there are.
fn paths(findings: &[&Value]) -> String {
    let names: Vec<String> = findings
        .iter()
        .filter_map(|finding| Some(format!("`{}`", finding["path"].as_str()?)))
        .collect();
    some(&names)
}

fn some(names: &[String]) -> String {
    let shown = names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// Why nobody vouches for the release, by the gravest of what was found.
fn unsigned(warnings: &BTreeMap<&str, Vec<&Value>>, has_keyring: bool) -> String {
    let found = |code: &str| warnings.contains_key(code);
    if found("release-unsigned") {
        "upstream signed neither tag nor commit"
    } else if found("signer-not-in-keyring") && has_keyring {
        "whoever signed the tag is not in the packaged keyring"
    } else if found("signer-not-in-keyring") {
        "the tag is signed, and the package ships no keyring"
    } else if found("signature-weak") {
        "the tag's signature rests on SHA-1 or a short key"
    } else if found("certificate-expired-at-signing") {
        "by the packaged keyring the certificate had expired when the tag was signed"
    } else {
        "the tag's signature proves nothing"
    }
    .to_owned()
}

/// Generated files that the build uses as they are, by who made them; and what else is not accounted for.
fn kept(package: &Value) -> Option<String> {
    let mut tools: BTreeMap<&str, usize> = BTreeMap::new();
    let mut submodules = 0;
    for difference in list(&package["tarballs"]).flat_map(|one| list(&one["differences"])) {
        match difference["origin"].as_str() {
            Some("alleged") => {
                *tools
                    .entry(difference["tool"].as_str().unwrap_or("others"))
                    .or_default() += 1
            }
            Some("submodule-unproven") => submodules += 1,
            _ => {}
        }
    }
    let total: usize = tools.values().sum();
    let mut by_count: Vec<(&str, usize)> = tools.into_iter().collect();
    by_count.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let named: Vec<String> = by_count
        .iter()
        .map(|(tool, count)| format!("{tool} {count}"))
        .collect();
    let mut parts = Vec::new();
    if total > 0 {
        parts.push(format!(
            "{total} generated {} used as upstream made {} ({})",
            if total == 1 {
                "file is, or may be,"
            } else {
                "files are, or may be,"
            },
            if total == 1 { "it" } else { "them" },
            some(&named)
        ));
    }
    if submodules > 0 {
        parts.push(format!(
            "{submodules} files of submodules for which no proof was given"
        ));
    }
    (!parts.is_empty()).then(|| parts.join("; "))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::computed;

    #[test]
    fn what_is_wrong_comes_before_what_is_not_proven() {
        let package = json!({
            "verdict": "rejected",
            "findings": [{"level": "warning", "code": "signer-not-in-keyring", "message": "m"}],
            "claims": [{"claim": "release-signed", "required": true, "proven": false}],
            "tarballs": [{
                "findings": [{"level": "error", "code": "file-modified", "path": "a", "message": "m"}],
                "differences": [{"origin": "alleged", "tool": "po4a"}, {"origin": "alleged", "tool": "po4a"}],
            }],
        });
        let parts = computed(&package, true);
        assert_eq!(parts[0], "`a`: not what the signed tree has");
        assert_eq!(parts[1], "whoever signed the tag is not in the packaged keyring");
        assert_eq!(
            parts[2],
            "2 generated files are, or may be, used as upstream made them (po4a 2)"
        );
        assert_eq!(computed(&json!({"verdict": "verified"}), true), [""; 0]);
    }
}

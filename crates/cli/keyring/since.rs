//! `--since REPORT`: an earlier report in JSON Lines, and what is different now.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use serde::Serialize;
use serde_json::Value;
use tarvet_core::escape::escape;
use tarvet_core::keyring::audit::report::{FileReport, FindingReport};

use crate::error::CliError;

/// Longest line of a report, in bytes.
const LONGEST_LINE: u64 = 64 << 20;

/// Code and message of a finding: what makes two findings the same.
type Key = (String, String);

/// What the earlier report says of one file.
#[derive(Debug, Default)]
struct Before {
    sha256: Option<String>,
    findings: BTreeSet<Key>,
}

/// An earlier report.
#[derive(Debug, Default)]
pub struct Earlier {
    files: BTreeMap<String, Before>,
    copies: BTreeSet<(String, Key)>,
}

/// What is different about one file.
#[derive(Debug, Serialize)]
pub struct Change {
    pub path: String,
    /// `new`, `changed` or `gone`.
    pub change: &'static str,
    /// Whether the file's contents are others.
    pub contents_changed: bool,
    /// Findings that were not there before.
    pub appeared: Vec<FindingReport>,
    /// Findings that are no more there.
    pub gone: Vec<Gone>,
}

/// A finding of the earlier report.
#[derive(Debug, Serialize)]
pub struct Gone {
    pub code: String,
    pub message: String,
}

impl Change {
    /// Whether an error appeared.
    pub fn has_errors(&self) -> bool {
        self.appeared.iter().any(|finding| finding.level == "error")
    }
}

impl Earlier {
    /// Reads a report that `--format jsonl` wrote.
    pub fn open(path: &Path) -> Result<Self, CliError> {
        let unreadable = |error| CliError::file(path, "read the earlier report", &error);
        let wrong = |number: usize, what: &str| {
            CliError::new(format!("{}: line {number}: {what}", path.display()))
                .hint("make a report with: tarvet keyring audit --format jsonl PATH > REPORT")
        };
        let mut reader = BufReader::new(File::open(path).map_err(unreadable)?);
        let mut earlier = Self::default();
        let mut line = Vec::new();
        let mut seen_run = false;
        for number in 1.. {
            line.clear();
            let read = reader
                .by_ref()
                .take(LONGEST_LINE)
                .read_until(b'\n', &mut line)
                .map_err(unreadable)?;
            if read == 0 {
                break;
            }
            let value: Value =
                serde_json::from_slice(&line).map_err(|_| wrong(number, "not a JSON object"))?;
            match value["record"].as_str() {
                Some("run") if value["schema_version"] == 1 => seen_run = true,
                Some("run") => return Err(wrong(number, "a report of another version of the format")),
                Some("file") => earlier.file(&value),
                Some("copies") => earlier.copies(&value),
                Some("roles" | "summary") => {}
                Some("change") => return Err(wrong(number, "a report of changes; expected a whole report")),
                _ => return Err(wrong(number, "not a line of an audit's report")),
            }
        }
        if seen_run {
            Ok(earlier)
        } else {
            Err(wrong(1, "not an audit's report"))
        }
    }

    fn file(&mut self, value: &Value) {
        let before = Before {
            sha256: value["sha256"].as_str().map(str::to_owned),
            findings: value["findings"]
                .as_array()
                .into_iter()
                .flatten()
                .map(key)
                .collect(),
        };
        self.files.insert(string(&value["path"]), before);
    }

    fn copies(&mut self, value: &Value) {
        let findings = value["findings"].as_array().into_iter().flatten();
        self.copies
            .extend(findings.map(|finding| (string(&finding["path"]), key(finding))));
    }

    /// What is different about a file now.
    pub fn compare(&mut self, file: &FileReport) -> Option<Change> {
        let before = self.files.remove(&file.path);
        let is_new = before.is_none();
        let before = before.unwrap_or_default();
        let now: BTreeSet<Key> = file.findings.iter().map(key_of).collect();
        let change = Change {
            path: file.path.clone(),
            change: if is_new { "new" } else { "changed" },
            contents_changed: before.sha256 != file.sha256,
            appeared: file
                .findings
                .iter()
                .filter(|finding| !before.findings.contains(&key_of(finding)))
                .cloned()
                .collect(),
            gone: gone(before.findings.difference(&now).cloned()),
        };
        let differs =
            is_new || change.contents_changed || !change.appeared.is_empty() || !change.gone.is_empty();
        differs.then_some(change)
    }

    /// The findings about copies that are new, and the files that are no more there.
    pub fn finish(self, copies: Vec<FindingReport>) -> (Vec<FindingReport>, Vec<Change>) {
        let fresh = |finding: &FindingReport| {
            let path = finding.path.clone().unwrap_or_default();
            !self.copies.contains(&(path, key_of(finding)))
        };
        let copies = copies.into_iter().filter(fresh).collect();
        let files = self.files.into_iter().map(|(path, before)| Change {
            path,
            change: "gone",
            contents_changed: true,
            appeared: Vec::new(),
            gone: gone(before.findings),
        });
        (copies, files.collect())
    }
}

fn gone(findings: impl IntoIterator<Item = Key>) -> Vec<Gone> {
    findings
        .into_iter()
        .map(|(code, message)| Gone { code, message })
        .collect()
}

fn key(finding: &Value) -> Key {
    (string(&finding["code"]), string(&finding["message"]))
}

fn key_of(finding: &FindingReport) -> Key {
    (finding.code.to_owned(), finding.message.clone())
}

/// Text of a report is escaped already. One that somebody else wrote may hold anything, so what is not is escaped now.
fn string(value: &Value) -> String {
    let text = value.as_str().unwrap_or_default();
    if text.chars().any(tarvet_core::escape::is_deceptive) {
        escape(text)
    } else {
        text.to_owned()
    }
}

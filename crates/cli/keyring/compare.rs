//! `tarvet keyring compare`.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;
use tarvet_core::escape::escape;
use tarvet_core::keyring::audit::report::{FindingReport, SCHEMA_VERSION};
use tarvet_core::keyring::audit::{Copies, Copy};

use super::audit::Judged;
use super::{held, moment};
use crate::args::{Format, KeyringCompareArgs};
use crate::error::CliError;
use crate::style::STRONG;

/// Exit status if the files do not trust the same certificates, or a copy is older than another.
const DIFFERENT: u8 = 1;

/// The answer. All text from files is escaped.
#[derive(Serialize)]
struct Comparison {
    schema_version: u32,
    /// The moment of the judgement (RFC 3339).
    now: String,
    labels: Vec<String>,
    certificates: Vec<Row>,
    /// Findings about each file.
    findings: BTreeMap<String, Vec<FindingReport>>,
}

/// One certificate or key.
#[derive(Serialize)]
struct Row {
    fingerprint: String,
    name: String,
    /// By label; who does not trust it is left out.
    held: BTreeMap<String, Held>,
}

/// One copy of it.
#[derive(Serialize)]
struct Held {
    standing: &'static str,
    expires: Option<String>,
    newest_own_signature: Option<String>,
    own_signatures: Option<usize>,
    /// Another of these files has a newer copy.
    stale: bool,
}

/// Compares the files and returns the exit status.
pub fn run(args: &KeyringCompareArgs) -> Result<u8, CliError> {
    let now = moment(args.now);
    let mut rows: BTreeMap<String, Row> = BTreeMap::new();
    let mut copies = Copies::default();
    let mut answer = Comparison {
        schema_version: SCHEMA_VERSION,
        now: now.to_string(),
        labels: Vec::new(),
        certificates: Vec::new(),
        findings: BTreeMap::new(),
    };
    for argument in &args.files {
        let (label, path) = named(argument);
        let label = escape(label);
        if answer.labels.contains(&label) {
            return Err(CliError::new(format!("{label}: two files of one name"))
                .hint("give each a name of its own: debian=FILE fedora=FILE"));
        }
        let mut findings = Vec::new();
        for Judged {
            mut audit, report, ..
        } in held::files(path, now)?
        {
            audit.label.clone_from(&label);
            copies.add(&audit);
            for key in &report.keys {
                let standing = if key.signs_now { "can-sign" } else { "cannot-sign" };
                let held = Held {
                    standing,
                    expires: None,
                    newest_own_signature: None,
                    own_signatures: None,
                    stale: false,
                };
                row(&mut rows, &key.fingerprint, &key.identity)
                    .held
                    .insert(label.clone(), held);
            }
            for certificate in &report.certificates {
                let name = certificate.user_ids.first().map_or("no user id", String::as_str);
                let held = Held {
                    standing: certificate.standing,
                    expires: certificate.expires.clone(),
                    newest_own_signature: certificate.newest_own_signature.clone(),
                    own_signatures: Some(certificate.own_signatures),
                    stale: false,
                };
                row(&mut rows, &certificate.fingerprint, name)
                    .held
                    .insert(label.clone(), held);
            }
            findings.extend(report.findings);
        }
        answer.findings.insert(label.clone(), findings);
        answer.labels.push(label);
    }
    let stale: Vec<&Copy> = copies.stale().map(|(copy, _)| copy).collect();
    for copy in stale {
        let held = rows
            .get_mut(&copy.fingerprint)
            .and_then(|row| row.held.get_mut(&copy.label));
        if let Some(held) = held {
            held.stale = true;
        }
    }
    answer.certificates = rows.into_values().collect();
    let mut out = anstream::AutoStream::auto(io::stdout().lock());
    match args.format {
        Format::Text => text(&answer, &mut out)?,
        Format::Json => {
            serde_json::to_writer_pretty(&mut out, &answer).map_err(io::Error::from)?;
            writeln!(out)?;
        }
    }
    let count = answer.labels.len();
    let same = |row: &Row| row.held.len() == count && row.held.values().all(|held| !held.stale);
    let agreed = !answer.certificates.is_empty() && answer.certificates.iter().all(same);
    Ok(if agreed { 0 } else { DIFFERENT })
}

/// `LABEL=FILE`, or a file that is its own name. A name has no slash, so that paths may have an equals sign.
fn named(argument: &str) -> (&str, &Path) {
    match argument.split_once('=') {
        Some((label, file)) if !label.is_empty() && !label.contains('/') && !file.is_empty() => {
            (label, Path::new(file))
        }
        _ => (argument, Path::new(argument)),
    }
}

fn row<'a>(rows: &'a mut BTreeMap<String, Row>, fingerprint: &str, name: &str) -> &'a mut Row {
    rows.entry(fingerprint.to_owned()).or_insert_with(|| Row {
        fingerprint: fingerprint.to_owned(),
        name: name.to_owned(),
        held: BTreeMap::new(),
    })
}

fn text(answer: &Comparison, out: &mut dyn Write) -> io::Result<()> {
    let width = answer
        .labels
        .iter()
        .map(|label| label.chars().count())
        .max()
        .unwrap_or(0);
    for row in &answer.certificates {
        writeln!(out, "{STRONG}{}{STRONG:#}  {}", row.fingerprint, row.name)?;
        for label in &answer.labels {
            let words = match row.held.get(label) {
                None => "does not have it".to_owned(),
                Some(held) => {
                    let ends = held
                        .expires
                        .as_deref()
                        .map(|end| format!(", expires {}", super::text::day(Some(end))));
                    let stale = if held.stale {
                        "; OLDER than another copy"
                    } else {
                        ""
                    };
                    format!("{}{}{stale}", held.standing, ends.unwrap_or_default())
                }
            };
            writeln!(out, "  {label:width$}  {words}")?;
        }
    }
    let everywhere = answer
        .certificates
        .iter()
        .filter(|row| row.held.len() == answer.labels.len())
        .count();
    writeln!(
        out,
        "certificates and keys: {}, in every file: {everywhere}",
        answer.certificates.len()
    )?;
    for (label, findings) in &answer.findings {
        for finding in findings.iter().filter(|finding| finding.level == "error") {
            writeln!(
                out,
                "{label}: {} {}: {}",
                finding.level, finding.code, finding.message
            )?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_before_the_equals_sign() {
        assert_eq!(named("debian=a.asc"), ("debian", Path::new("a.asc")));
        assert_eq!(named("dir/a=b.asc"), ("dir/a=b.asc", Path::new("dir/a=b.asc")));
        assert_eq!(named("a.asc"), ("a.asc", Path::new("a.asc")));
    }
}

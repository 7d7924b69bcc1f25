//! `tarvet keyring diff`: is this change of keys endorsed?

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};

use serde::Serialize;
use tarvet_core::Level;
use tarvet_core::checks::{self, Finding};
use tarvet_core::escape::escape;
use tarvet_core::keyring::SignaturePolicy;
use tarvet_core::keyring::rollover::{self, ChangeKind, KeyChange, Rollover};
use tarvet_core::signers::introductions;

use super::moment;
use crate::args::{Format, KeyringDiffArgs};
use crate::error::CliError;
use crate::style::{self, BAD, FAINT, GOOD, STRONG, WARN};
use crate::{inputs, signers};

/// Exit status if a finding is an error.
const UNENDORSED: u8 = 1;
/// Grows with every change that a reader could trip over.
const SCHEMA_VERSION: u32 = 1;

/// Compares the keyrings.
#[allow(clippy::disallowed_methods, reason = "the command asks the clock")]
pub fn run(args: &KeyringDiffArgs) -> Result<u8, CliError> {
    let old = inputs::keyring(std::slice::from_ref(&args.old))?;
    let new = inputs::keyring(std::slice::from_ref(&args.new))?;
    let policy = SignaturePolicy {
        now: moment(args.now),
        accept_sha1_bindings: args.accept_sha1_bindings,
        accept_expired_certificate: false,
    };
    let git = match &args.git {
        Some(place) => Some(introductions(&signers::open(place)?, &old, &new, &policy)?),
        None => None,
    };
    let rollover = rollover::compare(&old, &new, git.as_ref(), &policy);
    let findings = checks::run(rollover::checks::ALL, &rollover, &BTreeMap::new());
    match &args.output {
        Some(path) => {
            let unwritable = |error| CliError::file(path, "write the report", &error);
            let mut file = BufWriter::new(File::create(path).map_err(unwritable)?);
            let mut styled = Vec::new();
            render(&rollover, &findings, args.format, args.all, &mut styled).map_err(unwritable)?;
            file.write_all(&anstream::adapter::strip_bytes(&styled).into_vec())
                .and_then(|()| file.flush())
                .map_err(unwritable)?;
        }
        None => {
            let mut out = BufWriter::new(anstream::AutoStream::auto(io::stdout().lock()));
            render(&rollover, &findings, args.format, args.all, &mut out)?;
            out.flush()?;
        }
    }
    let wrong = findings.iter().any(|finding| finding.level == Level::Error);
    Ok(if wrong { UNENDORSED } else { 0 })
}

fn render(
    rollover: &Rollover,
    findings: &[Finding],
    format: Format,
    all: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        Format::Text => text(rollover, findings, all, out),
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, &Report::of(rollover, findings))?;
            writeln!(out)
        }
    }
}

fn text(rollover: &Rollover, findings: &[Finding], all: bool, out: &mut dyn Write) -> io::Result<()> {
    let mut unchanged = 0;
    for change in &rollover.changes {
        if change.kind == ChangeKind::Unchanged && !all {
            unchanged += 1;
            continue;
        }
        one(change, out)?;
    }
    if unchanged > 0 {
        writeln!(out, "{FAINT}{unchanged} unchanged (--all lists them){FAINT:#}")?;
    }
    if !findings.is_empty() {
        writeln!(out)?;
    }
    for finding in findings {
        let colour = style::level(finding.level.as_str());
        writeln!(
            out,
            "{colour}{}{colour:#} {STRONG}{}{STRONG:#}\n  {}\n  {FAINT}-> {}{FAINT:#}",
            finding.level.as_str(),
            finding.code,
            escape(&finding.message),
            finding.help
        )?;
    }
    for sentence in &rollover.unseen {
        writeln!(out, "{FAINT}{}{FAINT:#}", escape(sentence))?;
    }
    Ok(())
}

fn one(change: &KeyChange, out: &mut dyn Write) -> io::Result<()> {
    let colour = match (change.kind, change.endorsements.is_empty()) {
        (ChangeKind::Added, true) => BAD,
        (ChangeKind::Added, false) => GOOD,
        (ChangeKind::Removed | ChangeKind::Replaced, _) => WARN,
        _ => FAINT,
    };
    writeln!(
        out,
        "{colour}{:9}{colour:#} {STRONG}{}{STRONG:#} {}",
        change.kind.as_str(),
        escape(&change.fingerprint),
        change.identities.first().map(escape).unwrap_or_default()
    )?;
    for line in &change.what {
        writeln!(out, "          {}", escape(line))?;
    }
    if let Some(other) = &change.counterpart {
        writeln!(out, "          bears the same name as {}", escape(other))?;
    }
    for endorsement in &change.endorsements {
        let lapsed = endorsement
            .lapsed
            .as_ref()
            .map(|why| format!(" ({})", escape(why)));
        writeln!(
            out,
            "          endorsed: {}{}",
            escape(&endorsement.proof),
            lapsed.unwrap_or_default()
        )?;
    }
    if change.kind == ChangeKind::Added && change.endorsements.is_empty() {
        writeln!(out, "          nobody of the old keyring vouches for it")?;
    }
    for refused in &change.refused {
        writeln!(
            out,
            "          {FAINT}does not count: {}{FAINT:#}",
            escape(refused)
        )?;
    }
    Ok(())
}

#[derive(Serialize)]
struct Report {
    schema_version: u32,
    judged_at: String,
    changes: Vec<ChangeLine>,
    findings: Vec<FindingLine>,
    unseen: Vec<String>,
    notes: Vec<String>,
}

#[derive(Serialize)]
struct ChangeLine {
    kind: &'static str,
    scheme: &'static str,
    fingerprint: String,
    identities: Vec<String>,
    what: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    counterpart: Option<String>,
    endorsements: Vec<EndorsementLine>,
    refused: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    has_signed: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signed_newest: Option<String>,
}

#[derive(Serialize)]
struct EndorsementLine {
    by: String,
    proof: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    lapsed: Option<String>,
}

#[derive(Serialize)]
struct FindingLine {
    code: &'static str,
    level: &'static str,
    message: String,
    help: String,
}

impl Report {
    fn of(rollover: &Rollover, findings: &[Finding]) -> Self {
        let all = |list: &[String]| list.iter().map(escape).collect();
        let change = |change: &KeyChange| ChangeLine {
            kind: change.kind.as_str(),
            scheme: change.scheme.as_str(),
            fingerprint: escape(&change.fingerprint),
            identities: all(&change.identities),
            what: all(&change.what),
            counterpart: change.counterpart.as_deref().map(escape),
            endorsements: change
                .endorsements
                .iter()
                .map(|endorsement| EndorsementLine {
                    by: escape(&endorsement.by),
                    proof: escape(&endorsement.proof),
                    lapsed: endorsement.lapsed.as_deref().map(escape),
                })
                .collect(),
            refused: all(&change.refused),
            has_signed: change.has_signed,
            signed_newest: change.signed_newest.as_ref().map(escape),
        };
        let finding = |finding: &Finding| FindingLine {
            code: finding.code,
            level: finding.level.as_str(),
            message: escape(&finding.message),
            help: finding.help.clone(),
        };
        let note = |note: &tarvet_core::keyring::KeyringNote| {
            format!("{}: {}", escape(&note.label), escape(&note.text))
        };
        Report {
            schema_version: SCHEMA_VERSION,
            judged_at: rollover.now.to_string(),
            changes: rollover.changes.iter().map(change).collect(),
            findings: findings.iter().map(finding).collect(),
            unseen: all(&rollover.unseen),
            notes: rollover.notes.iter().map(note).collect(),
        }
    }
}

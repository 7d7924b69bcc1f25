//! The audit for people: the summary first, then what should be looked at.

use std::io::{self, Write};

use jiff::Timestamp;
use tarvet_core::keyring::audit::report::{CertificateReport, FileReport, FindingReport, PlainReport};

use super::audit::{Report, Totals};
use super::since::Change;
use crate::style::{self, FAINT, GOOD, STRONG, WARN};

/// Findings of one code that are shown for one file, unless everything was asked for.
const FOLD: usize = 5;

/// Writes the report. `all`: also files and findings that nobody has to look at.
pub fn report(report: &Report, all: bool, out: &mut dyn Write) -> io::Result<()> {
    let many = report.summary.files != 1 || report.changes.is_some();
    if many {
        summary(&report.summary, &report.now, out)?;
    }
    for change in report.changes.iter().flatten() {
        self::change(change, all, out)?;
    }
    if report.changes.as_ref().is_some_and(Vec::is_empty) && report.copies.is_empty() {
        writeln!(out, "\nnothing changed since the earlier report")?;
    }
    let mut quiet = 0;
    for file in &report.files {
        if many && !all && !file.findings.iter().any(worth_a_look) {
            quiet += 1;
            continue;
        }
        self::file(file, many, all, out)?;
    }
    if !report.copies.is_empty() {
        writeln!(out, "\n{STRONG}copies{STRONG:#}")?;
        for finding in &report.copies {
            self::finding(finding, out)?;
        }
    }
    if let Some(roles) = &report.roles {
        super::roles::text(roles, all, out)?;
    }
    if quiet > 0 {
        writeln!(
            out,
            "\n{quiet} files with nothing to look at are not listed; --all lists them"
        )?;
    }
    Ok(())
}

fn worth_a_look(finding: &FindingReport) -> bool {
    finding.level != "info"
}

fn summary(totals: &Totals, now: &str, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "{STRONG}{}{STRONG:#} with {} and {}, as of {}: {}, {}",
        count(totals.files, "file"),
        count(totals.certificates, "certificate"),
        count(totals.keys, "other key"),
        now.get(..10).unwrap_or(now),
        count(totals.errors, "error"),
        count(totals.warnings, "warning")
    )?;
    for (standing, count) in &totals.standings {
        writeln!(out, "  {count:6} certificates: {standing}")?;
    }
    for (code, count) in &totals.findings {
        writeln!(out, "  {count:6} {code}")?;
    }
    Ok(())
}

fn file(file: &FileReport, many: bool, all: bool, out: &mut dyn Write) -> io::Result<()> {
    if many {
        writeln!(out)?;
    }
    writeln!(
        out,
        "{STRONG}{}{STRONG:#}: {}{}",
        file.path,
        file.format,
        holds(file)
    )?;
    if !many || all {
        for certificate in &file.certificates {
            self::certificate(certificate, out)?;
        }
        for key in &file.keys {
            plain(key, out)?;
        }
    }
    let mut shown: (&str, usize) = ("", 0);
    for finding in file
        .findings
        .iter()
        .filter(|finding| all || !many || worth_a_look(finding))
    {
        if shown.0 != finding.code {
            shown = (finding.code, 0);
        }
        shown.1 += 1;
        if all || shown.1 <= FOLD {
            self::finding(finding, out)?;
        } else if shown.1 == FOLD + 1 {
            writeln!(out, "  {FAINT}more {}: --all lists them{FAINT:#}", finding.code)?;
        }
    }
    Ok(())
}

/// What a file holds, after its format; nothing where that says all.
fn holds(file: &FileReport) -> String {
    let kinds = [
        (file.certificates.len(), "certificate"),
        (file.keys.len(), "other key"),
    ];
    let found = kinds.iter().filter(|(number, _)| *number > 0);
    found
        .map(|(number, what)| format!(", {}", count(*number, what)))
        .collect()
}

/// A number of things in words.
pub fn count(number: usize, what: &str) -> String {
    match number {
        1 => format!("1 {what}"),
        _ => format!("{number} {what}s"),
    }
}

fn certificate(report: &CertificateReport, out: &mut dyn Write) -> io::Result<()> {
    let colour = if report.standing == "can-sign" { GOOD } else { WARN };
    writeln!(
        out,
        "\n  {}  {colour}{}{colour:#}",
        report.fingerprint, report.standing
    )?;
    for user_id in &report.user_ids {
        writeln!(out, "    {user_id}")?;
    }
    if report.user_id_count > report.user_ids.len() {
        writeln!(
            out,
            "    and {} more user ids",
            report.user_id_count - report.user_ids.len()
        )?;
    }
    if let Some(why) = &report.why {
        writeln!(out, "    {why}")?;
    }
    if let Some(revocation) = &report.revocation {
        let kind = if revocation.hard {
            "for all time"
        } else {
            "from then on"
        };
        writeln!(
            out,
            "    revoked {}, {kind}: {}",
            day(revocation.time.as_deref()),
            revocation.reason
        )?;
    }
    for key in &report.keys {
        let role = if key.primary { "primary" } else { "subkey " };
        let mut words = vec![format!("{} of {}", key.algorithm, day(Some(&key.created)))];
        words.extend(
            key.expires
                .as_deref()
                .map(|end| format!("expires {}", day(Some(end)))),
        );
        if key.for_signing {
            words.push(
                if key.signs_now {
                    "signs now"
                } else {
                    "does not sign now"
                }
                .to_owned(),
            );
        }
        let marks = [
            (key.weak, "weak"),
            (key.sha1_binding, "bound by SHA-1"),
            (key.lacks_back_signature, "no back-signature"),
            (key.revocation.is_some(), "revoked"),
        ];
        words.extend(
            marks
                .iter()
                .filter(|(on, _)| *on)
                .map(|(_, mark)| (*mark).to_owned()),
        );
        writeln!(
            out,
            "    {FAINT}{role} {}{FAINT:#} {}",
            key.fingerprint,
            words.join(", ")
        )?;
    }
    writeln!(
        out,
        "    {} own signatures ({}), newest of {}; {} by others",
        report.own_signatures,
        report.self_signature_digests.join(", "),
        day(report.newest_own_signature.as_deref()),
        report.certifications
    )
}

fn plain(key: &PlainReport, out: &mut dyn Write) -> io::Result<()> {
    let state = if key.signs_now { "can sign" } else { "cannot sign" };
    writeln!(out, "\n  {} {}  {state}", key.scheme, key.fingerprint)?;
    let mut words = vec![key.algorithm.clone()];
    words.extend(key.options.iter().cloned());
    writeln!(out, "    {} ({})", key.identity, words.join(", "))
}

/// One finding, and what to do.
pub fn finding(finding: &FindingReport, out: &mut dyn Write) -> io::Result<()> {
    let colour = style::level(finding.level);
    let place = finding
        .path
        .as_ref()
        .map(|path| format!("{path}: "))
        .unwrap_or_default();
    writeln!(
        out,
        "  {colour}{}{colour:#} {}: {place}{}",
        finding.level, finding.code, finding.message
    )?;
    writeln!(out, "    {FAINT}{}{FAINT:#}", finding.help)
}

fn change(change: &Change, all: bool, out: &mut dyn Write) -> io::Result<()> {
    let contents = if change.contents_changed {
        ""
    } else {
        ", with the same contents"
    };
    writeln!(
        out,
        "\n{STRONG}{}{STRONG:#}: {}{contents}",
        change.path, change.change
    )?;
    for finding in change
        .appeared
        .iter()
        .filter(|finding| all || worth_a_look(finding))
    {
        self::finding(finding, out)?;
    }
    for gone in &change.gone {
        writeln!(out, "  {FAINT}no more {}: {}{FAINT:#}", gone.code, gone.message)?;
    }
    Ok(())
}

/// The day of a moment written as in reports.
pub fn day(time: Option<&str>) -> String {
    let parsed = time.and_then(|time| time.parse::<Timestamp>().ok());
    parsed.map_or_else(
        || "an unknown date".to_owned(),
        |time| time.strftime("%Y-%m-%d").to_string(),
    )
}

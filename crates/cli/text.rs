//! The report for people: one screen, the chain link by link, the gravest first.

pub mod findings;
mod origins;
mod package;

use std::io::{self, Write};

use anstyle::Style;
pub use package::package;
use tarvet_core::Verdict;
use tarvet_core::report::{ClaimReport, FindingLine, Report, SignatureLine};

use crate::style::{BAD, FAINT, GOOD, STRONG, WARN};

/// Writes the whole report.
pub fn report(report: &Report, all: bool, out: &mut dyn Write) -> io::Result<()> {
    chain(report, out)?;
    origins::write(report, out)?;
    findings::write(&report.findings, &report.differences, all, out)?;
    claims(&report.claims, out)?;
    verdict_line(report.verdict, report.findings.iter(), out)
}

/// `tarball <- tree <- tag <- certificate`, a line for each link.
fn chain(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let tarball = &report.subject.tarball;
    let release = &report.subject.release;
    let short = |id: &Option<String>| {
        id.as_deref()
            .map_or("none", |id| id.get(..12).unwrap_or(id))
            .to_owned()
    };
    writeln!(out, "{STRONG}{}{STRONG:#}", tarball.path)?;
    link(
        out,
        "  ",
        &format!(
            "{} bytes, {}, sha256 {}",
            tarball.size, tarball.compression, tarball.sha256
        ),
    )?;
    let directory = (release.subdir.as_ref())
        .map(|subdir| format!("directory {subdir} of "))
        .unwrap_or_default();
    let tree = match &release.commit {
        Some(commit) => format!("{directory}tree {} of commit {commit}", short(&release.tree)),
        None => "no tree: there is no commit to compare with".to_owned(),
    };
    link(out, "<-", &tree)?;
    let tag = release.tag.as_deref().unwrap_or("none");
    let object = match &release.tag_object {
        Some(_) => format!("tag {tag} (object {})", short(&release.tag_object)),
        None => format!("tag {tag} (no tag object)"),
    };
    link(out, "<-", &format!("{object} in {}", report.subject.upstream))?;
    let (on_release, on_tarball): (Vec<_>, Vec<_>) = report
        .signatures
        .iter()
        .partition(|signature| matches!(signature.over, "tag" | "commit"));
    if on_release.is_empty() {
        link(out, "<-", "no signature on tag or commit")?;
    }
    for signature in on_release.iter().chain(&on_tarball) {
        signature_line(signature, out)?;
    }
    let count = report.subject.keyring.len();
    let files: std::collections::BTreeSet<_> = report
        .subject
        .keyring
        .iter()
        .flat_map(|entry| entry.sources.iter().map(String::as_str))
        .collect();
    let files: Vec<_> = files.into_iter().collect();
    link(
        out,
        "  ",
        &format!(
            "keyring: {count} {} from {}",
            plural(count, "identity", "identities"),
            files.join(", ")
        ),
    )
}

fn link(out: &mut dyn Write, arrow: &str, text: &str) -> io::Result<()> {
    writeln!(out, "  {arrow} {text}")
}

fn signature_line(signature: &SignatureLine, out: &mut dyn Write) -> io::Result<()> {
    let colour = match (signature.evidence, signature.state) {
        (true, _) => GOOD,
        (_, "bad" | "malformed" | "certificate-revoked") => BAD,
        _ => WARN,
    };
    let who = signature.fingerprint.as_ref().or(signature.issuer_hint.as_ref());
    let who = who.map_or("unknown signer", String::as_str);
    let user = signature
        .user_id
        .as_ref()
        .map(|user| format!(" {user}"))
        .unwrap_or_default();
    let date = signature
        .time
        .as_ref()
        .and_then(|time| time.get(..10))
        .map(|day| format!(", {day}"))
        .unwrap_or_default();
    writeln!(
        out,
        "  <- {} signature {colour}{}{colour:#}: {who}{user}{date} ({} {})",
        signature.over, signature.state, signature.scheme, signature.algorithm
    )?;
    if let Some(advice) = &signature.advice {
        writeln!(out, "     {FAINT}{advice}{FAINT:#}")?;
    }
    Ok(())
}

fn claims(claims: &[ClaimReport], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out)?;
    for claim in claims {
        let (colour, state): (Style, &str) = match (claim.proven, claim.required) {
            (true, _) => (GOOD, "proven"),
            (false, true) => (BAD, "unproven"),
            (false, false) => (FAINT, "unproven"),
        };
        let required = if claim.required { "" } else { " (not required)" };
        let mut why: Vec<&str> = claim.evidence.iter().map(String::as_str).collect();
        why.extend(claim.remark.as_deref());
        writeln!(
            out,
            "{colour}{state:8}{colour:#} {}{required}: {}",
            claim.claim,
            why.join("; ")
        )?;
    }
    Ok(())
}

fn verdict_line<'a>(
    verdict: Verdict,
    mut findings: impl Iterator<Item = &'a FindingLine>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (colour, meaning) = match verdict {
        Verdict::Verified => (GOOD, "every required claim is proven"),
        Verdict::Rejected => (BAD, "something is wrong; see the errors above"),
        Verdict::Undetermined => (
            WARN,
            "nothing wrong was found, but a required claim is not proven",
        ),
    };
    writeln!(out, "\n{colour}{}{colour:#}: {meaning}", verdict.as_str())?;
    let grave = |finding: &&FindingLine| finding.level != "info" && finding.overridden.is_none();
    if let Some(first) = findings.find(grave) {
        writeln!(out, "  {FAINT}tarvet explain {} says more{FAINT:#}", first.code)?;
    }
    Ok(())
}

fn plural<'a>(count: usize, one: &'a str, many: &'a str) -> &'a str {
    if count == 1 { one } else { many }
}

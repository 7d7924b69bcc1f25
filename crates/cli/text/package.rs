//! A whole package: its head, its own findings, a report for each tarball, the claims over all of them, the verdict.

use std::io::{self, Write};

use tarvet_core::report::PackageReport;

use super::{chain, claims, findings, origins, signature_line, verdict_line};
use crate::args::OutputArgs;
use crate::style::{FAINT, STRONG};

/// Writes the whole report.
pub fn package(report: &PackageReport, args: &OutputArgs, out: &mut dyn Write) -> io::Result<()> {
    head(report, out)?;
    findings::write(&report.findings, &[], args.all, out)?;
    for tarball in &report.tarballs {
        writeln!(out)?;
        chain(tarball, out)?;
        origins::write(tarball, out)?;
        findings::write(&tarball.findings, &tarball.differences, args.all, out)?;
        if report.tarballs.len() > 1 {
            claims(&tarball.claims, out)?;
        }
    }
    overridden(report, args, out)?;
    if report.tarballs.len() == 1 {
        claims(&report.claims, out)?;
    }
    verdict_line(report.verdict, report.all_findings(), out)
}

fn head(report: &PackageReport, out: &mut dyn Write) -> io::Result<()> {
    let package = &report.package;
    let unknown = "unknown".to_owned();
    writeln!(
        out,
        "{STRONG}{} {}{STRONG:#} ({}, {})",
        package.name.as_ref().unwrap_or(&unknown),
        package.version.as_ref().unwrap_or(&unknown),
        package.format.as_ref().unwrap_or(&unknown),
        package.path,
    )?;
    for file in &package.files {
        writeln!(out, "     {}: {}", file.role, file.name)?;
    }
    package
        .signatures
        .iter()
        .try_for_each(|signature| signature_line(signature, out))
}

/// What overrides silence: their number, or with `--show-overrides` each with its reason.
fn overridden(report: &PackageReport, args: &OutputArgs, out: &mut dyn Write) -> io::Result<()> {
    let silent: Vec<_> = report
        .all_findings()
        .filter_map(|finding| Some((finding, finding.overridden.as_ref()?)))
        .collect();
    match (silent.len(), args.show_overrides) {
        (0, _) => Ok(()),
        (count, false) => writeln!(
            out,
            "\n{FAINT}{count} overridden (--show-overrides lists them){FAINT:#}"
        ),
        (_, true) => {
            writeln!(out, "\noverridden")?;
            for (finding, reason) in silent {
                let path = finding
                    .path
                    .as_ref()
                    .map(|path| format!("{path}: "))
                    .unwrap_or_default();
                writeln!(
                    out,
                    "  {} {}: {path}{}",
                    finding.level, finding.code, finding.message
                )?;
                let reason = if reason.is_empty() {
                    "no reason is given"
                } else {
                    reason
                };
                writeln!(out, "      {FAINT}{reason}{FAINT:#}")?;
            }
            Ok(())
        }
    }
}

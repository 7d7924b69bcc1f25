//! The answer for people.

use std::collections::BTreeMap;
use std::io::{self, Write};

use tarvet_core::rebuilt::RebuiltReport;

use crate::style::{FAINT, GOOD, STRONG};
use crate::text::findings;

/// Writes the counts, and what was found.
pub fn report(report: &RebuiltReport, all: bool, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "{STRONG}{}{STRONG:#}: {} generated files, compared with {} files of packages",
        report.tarball,
        report.generated.len(),
        report.compared
    )?;
    let mut states: BTreeMap<&str, usize> = BTreeMap::new();
    for state in report.generated.iter().filter_map(|file| file.tree) {
        *states.entry(state).or_default() += 1;
    }
    if !states.is_empty() {
        let states: Vec<_> = states
            .iter()
            .map(|(state, count)| format!("{state} {count}"))
            .collect();
        writeln!(out, "  {FAINT}in the build tree: {}{FAINT:#}", states.join(", "))?;
    }
    if report.findings.is_empty() {
        return writeln!(
            out,
            "{GOOD}none{GOOD:#} of them is used as it was, as far as contents tell"
        );
    }
    findings::write(&report.findings, &[], all, out)
}

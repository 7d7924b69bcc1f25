//! How many members have which origin, and who published or made them.

use std::collections::BTreeMap;
use std::io::{self, Write};

use tarvet_core::report::Report;

use crate::style::{FAINT, STRONG};

/// Projects or tools named per origin.
const NAMED: usize = 8;

/// The line of counts, and below it one for each origin that has projects or tools to name.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let summary = &report.summary;
    let counts: Vec<String> = (summary.origins.iter())
        .map(|(origin, count)| format!("{origin} {count}"))
        .collect();
    let counts = match counts.is_empty() {
        true => "nothing".to_owned(),
        false => counts.join(", "),
    };
    writeln!(
        out,
        "\n{STRONG}origins{STRONG:#}  {} members, {} tree entries: {counts}",
        summary.members, summary.tree_entries
    )?;
    for origin in ["known", "alleged"] {
        let tools = tools(report, origin);
        if !tools.is_empty() {
            writeln!(out, "  {FAINT}{origin}: {}{FAINT:#}", list(&tools))?;
        }
    }
    accepted(report, out)
}

/// Every file that somebody accepted, and why: it is their word that stands for it.
fn accepted(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut lines = report.differences.iter().filter(|line| line.origin == "accepted");
    for line in lines.by_ref().take(NAMED) {
        writeln!(out, "  {}: {}", line.path, line.detail)?;
    }
    match lines.count() {
        0 => Ok(()),
        more => writeln!(
            out,
            "  and {more} more that were accepted; --format json has them"
        ),
    }
}

/// Projects or tools of that origin with their counts, the most frequent first.
fn tools<'a>(report: &'a Report, origin: &str) -> Vec<(&'a str, usize)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for difference in report.differences.iter().filter(|line| line.origin == origin) {
        *counts
            .entry(difference.tool.as_deref().unwrap_or("other"))
            .or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}

fn list(tools: &[(&str, usize)]) -> String {
    let named = tools
        .iter()
        .take(NAMED)
        .map(|(tool, count)| format!("{tool} {count}"));
    let mut named: Vec<String> = named.collect();
    let rest: usize = tools.iter().skip(NAMED).map(|(_, count)| count).sum();
    if rest > 0 {
        named.push(format!("others {rest}"));
    }
    named.join(", ")
}

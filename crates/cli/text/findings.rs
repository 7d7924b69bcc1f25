//! The findings, a group for each code, the gravest first. Long groups are folded: paths by their directory.

use std::collections::BTreeMap;
use std::io::{self, Write};

use tarvet_core::report::{DifferenceLine, FindingLine};

use crate::style::{self, FAINT, STRONG};

/// Findings listed per code unless everything was asked for.
const FOLD: usize = 5;
/// The same for errors: those are what the reader came for.
const FOLD_ERRORS: usize = 10;
/// Lines shown of one difference.
const LINES: usize = 12;

/// Lines worth a look, by path.
type Lines<'a> = BTreeMap<&'a str, &'a DifferenceLine>;

/// Writes every group.
pub fn write(
    findings: &[FindingLine],
    differences: &[DifferenceLine],
    all: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut groups: Vec<(&str, Vec<&FindingLine>)> = Vec::new();
    let mut index: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.overridden.is_none()) {
        let at = *index.entry(finding.code).or_insert_with(|| {
            groups.push((finding.code, Vec::new()));
            groups.len() - 1
        });
        if let Some((_, group)) = groups.get_mut(at) {
            group.push(finding);
        }
    }
    if !groups.is_empty() {
        writeln!(out)?;
    }
    let with_lines = differences
        .iter()
        .filter(|difference| !difference.lines.is_empty());
    let lines: Lines<'_> = with_lines
        .map(|difference| (difference.path.as_str(), difference))
        .collect();
    for (code, group) in &groups {
        finding_group(code, group, &lines, all, out)?;
    }
    Ok(())
}

fn finding_group(
    code: &str,
    group: &[&FindingLine],
    lines: &Lines<'_>,
    all: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let Some(first) = group.first() else { return Ok(()) };
    let colour = style::level(first.level);
    let count = match group.len() {
        1 => String::new(),
        many => format!(" ({many})"),
    };
    writeln!(
        out,
        "{colour}{}{colour:#} {STRONG}{code}{STRONG:#}{count}",
        first.level
    )?;
    let shown = match (all, first.level) {
        (true, _) => group.len(),
        (false, "error") => FOLD_ERRORS,
        (false, _) => FOLD,
    };
    let folded = group.len() > shown;
    if folded && first.level != "error" && group.iter().all(|finding| finding.path.is_some()) {
        directories(group, out)?;
    } else {
        for finding in group.iter().take(shown) {
            one(finding, lines, out)?;
        }
        if folded {
            let more: Vec<_> = group.iter().skip(shown).copied().collect();
            writeln!(
                out,
                "  {FAINT}… and {} more (--all lists them){FAINT:#}",
                more.len()
            )?;
            directories(&more, out)?;
        }
    }
    let mut helps: Vec<&str> = group
        .iter()
        .take(shown)
        .map(|finding| finding.help.as_str())
        .collect();
    helps.dedup();
    for help in helps.iter().take(3) {
        writeln!(out, "  {FAINT}-> {help}{FAINT:#}")?;
    }
    Ok(())
}

fn one(finding: &FindingLine, lines: &Lines<'_>, out: &mut dyn Write) -> io::Result<()> {
    let Some(path) = &finding.path else {
        return writeln!(out, "  {}", finding.message);
    };
    writeln!(out, "  {path}: {}", finding.message)?;
    // The difference's own finding tells its lines; others about the same path need not repeat them.
    let difference = lines
        .get(path.as_str())
        .filter(|difference| difference.detail == finding.message);
    let Some(difference) = difference else {
        return Ok(());
    };
    for line in worth_a_look(&difference.lines) {
        writeln!(out, "      {FAINT}{line}{FAINT:#}")?;
    }
    Ok(())
}

/// The first lines; of a long difference those that the file has and the published version has not.
fn worth_a_look(lines: &[String]) -> Vec<&String> {
    let is_added = |line: &&String| {
        line.trim_start_matches(|char: char| char == ' ' || char.is_ascii_digit())
            .starts_with('+')
    };
    let added: Vec<&String> = lines.iter().filter(is_added).take(LINES).collect();
    if lines.len() > LINES && !added.is_empty() {
        added
    } else {
        lines.iter().take(LINES).collect()
    }
}

/// How many of them are in which directory, the fullest first.
fn directories(group: &[&FindingLine], out: &mut dyn Write) -> io::Result<()> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for path in group.iter().filter_map(|finding| finding.path.as_deref()) {
        *counts
            .entry(path.rsplit_once('/').map_or(".", |(directory, _)| directory))
            .or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    for (directory, count) in counts.iter().take(FOLD) {
        writeln!(out, "  {count:>6}  in {directory}/")?;
    }
    let rest: usize = counts.iter().skip(FOLD).map(|(_, count)| count).sum();
    if rest > 0 {
        writeln!(
            out,
            "  {rest:>6}  in {} other directories {FAINT}(--all lists them){FAINT:#}",
            counts.len() - FOLD
        )?;
    }
    Ok(())
}

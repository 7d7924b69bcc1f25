//! The timeline for the terminal.

use std::collections::BTreeMap;
use std::io::{self, Write};

use anstyle::Style;
use tarvet_core::escape::escape;
use tarvet_core::signers::{History, RemarkKind, Row, RowKind, Run, TagEntry};

use super::chart::{Axis, day, letter, words};
use crate::style::{BAD, FAINT, GOOD, STRONG, WARN};

/// Rows, runs, hand-overs and remarks of a kind that are shown unless everything was asked for.
const FOLD_ROWS: usize = 20;
const FOLD: usize = 30;
const FOLD_REMARKS: usize = 5;

/// Writes the whole timeline.
pub fn write(history: &History, all: bool, width: usize, out: &mut dyn Write) -> io::Result<()> {
    if history.tags.is_empty() {
        return writeln!(out, "the repository has no tags");
    }
    chart(history, all, width, out)?;
    rows(history, all, out)?;
    runs(history, all, out)?;
    handovers(history, all, out)?;
    if all {
        tags(history, out)?;
    }
    remarks(history, all, out)?;
    writeln!(out, "\n{STRONG}what this cannot show{STRONG:#}")?;
    for sentence in &history.unseen {
        writeln!(out, "  {FAINT}{}{FAINT:#}", escape(sentence))?;
    }
    Ok(())
}

fn colour(row: &Row) -> Style {
    match row.kind {
        RowKind::Known => GOOD,
        RowKind::Bad => BAD,
        RowKind::Claimed => STRONG,
        RowKind::Unreadable | RowKind::X509 | RowKind::Forge => WARN,
        RowKind::Unsigned | RowKind::Lightweight => FAINT,
    }
}

fn shown<T>(list: &[T], all: bool, fold: usize) -> &[T] {
    let count = if all { list.len() } else { list.len().min(fold) };
    list.get(..count).unwrap_or_default()
}

fn folded(total: usize, shown: usize, out: &mut dyn Write) -> io::Result<()> {
    if total > shown {
        writeln!(
            out,
            "  {FAINT}… and {} more (--all lists them){FAINT:#}",
            total - shown
        )?;
    }
    Ok(())
}

/// One line for each row, one column for a span of time, in it the number of tags.
fn chart(history: &History, all: bool, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let Some(axis) = Axis::new(history, width - 6) else {
        return Ok(());
    };
    let mut scale = String::new();
    for (at, year) in axis.years(6) {
        while scale.len() < at {
            scale.push(' ');
        }
        scale.push_str(&year.to_string());
    }
    writeln!(
        out,
        "{STRONG}tags in order of date{STRONG:#} (a digit is their number, + is ten or more)"
    )?;
    writeln!(out, "     {FAINT}{scale}{FAINT:#}")?;
    let rows = shown(&history.rows, all, FOLD_ROWS);
    let mut counts = vec![BTreeMap::<usize, usize>::new(); rows.len()];
    for tag in &history.tags {
        let Some(time) = tag.time else { continue };
        for mark in &tag.marks {
            if let Some(counts) = counts.get_mut(mark.row) {
                *counts.entry(axis.column(time)).or_default() += 1;
            }
        }
    }
    for (at, (row, counts)) in rows.iter().zip(&counts).enumerate() {
        let mut line = String::new();
        for (column, count) in counts {
            while line.len() < *column {
                line.push(' ');
            }
            line.push_str(&if *count < 10 {
                count.to_string()
            } else {
                "+".into()
            });
        }
        let colour = colour(row);
        writeln!(
            out,
            "{colour}{:>3}{colour:#}  {colour}{line}{colour:#}",
            letter(history, at)
        )?;
    }
    folded(history.rows.len(), rows.len(), out)
}

fn name(tag: Option<&TagEntry>) -> String {
    tag.map(|tag| escape(&tag.name)).unwrap_or_default()
}

fn rows(history: &History, all: bool, out: &mut dyn Write) -> io::Result<()> {
    let signers = history.rows.iter().filter(|row| row.kind.is_signer()).count();
    writeln!(
        out,
        "\n{STRONG}{} tags, {signers} signers{STRONG:#}",
        history.tags.len()
    )?;
    let rows = shown(&history.rows, all, FOLD_ROWS);
    for (at, row) in rows.iter().enumerate() {
        let colour = colour(row);
        writeln!(
            out,
            "{colour}{:>3}{colour:#}  {}",
            letter(history, at),
            words(row)
        )?;
        let (first, last) = (history.tags.get(row.first), history.tags.get(row.last));
        let date = |tag: Option<&TagEntry>| day(tag.and_then(|tag| tag.time));
        writeln!(
            out,
            "     {FAINT}{} {}: first {} ({}), last {} ({}){FAINT:#}",
            row.count,
            if row.count == 1 { "tag" } else { "tags" },
            name(first),
            date(first),
            name(last),
            date(last)
        )?;
    }
    folded(history.rows.len(), rows.len(), out)
}

/// Who signed which versions: consecutive ones together.
fn runs(history: &History, all: bool, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n{STRONG}in order of version{STRONG:#}")?;
    // The newest are what most readers want.
    let hidden = if all {
        0
    } else {
        history.runs.len().saturating_sub(FOLD)
    };
    if hidden > 0 {
        writeln!(out, "  {FAINT}{hidden} older runs (--all lists them){FAINT:#}")?;
    }
    for Run { row, first, last } in history.runs.iter().skip(hidden) {
        let colour = history.rows.get(*row).map_or(FAINT, colour);
        let span = match (name(history.tags.get(*first)), name(history.tags.get(*last))) {
            (first, last) if first == last => first,
            (first, last) => format!("{first} to {last}"),
        };
        let who = history.rows.get(*row).map(|row| {
            let user = row.user_id.as_deref().map(escape);
            user.unwrap_or_else(|| words(row))
        });
        writeln!(
            out,
            "{colour}{:>3}{colour:#}  {span} ({})  {FAINT}{}{FAINT:#}",
            letter(history, *row),
            last - first + 1,
            who.unwrap_or_default()
        )?;
    }
    Ok(())
}

fn handovers(history: &History, all: bool, out: &mut dyn Write) -> io::Result<()> {
    if history.handovers.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{STRONG}hand-overs in order of date{STRONG:#}")?;
    let list = shown(&history.handovers, all, FOLD);
    for handover in list {
        let tag = history.tags.get(handover.tag);
        writeln!(
            out,
            "  {}  {}: {} {} after {}",
            day(tag.and_then(|tag| tag.time)),
            name(tag),
            letter(history, handover.to),
            match handover.change.as_str() {
                "new" => "is new,",
                _ => "returns",
            },
            letter(history, handover.from)
        )?;
    }
    folded(history.handovers.len(), list.len(), out)
}

/// Every tag on a line.
fn tags(history: &History, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n{STRONG}every tag in order of version{STRONG:#}")?;
    for tag in &history.tags {
        let marks: Vec<String> = tag
            .marks
            .iter()
            .map(|mark| {
                let state = mark.state.map_or("", |state| state.as_str());
                format!("{} {state}", letter(history, mark.row))
                    .trim_end()
                    .to_owned()
            })
            .collect();
        writeln!(
            out,
            "  {}  {}  {}  {}",
            day(tag.time),
            escape(&tag.name),
            tag.kind.as_str(),
            marks.join(", ")
        )?;
        for detail in tag.marks.iter().filter_map(|mark| mark.detail.as_deref()) {
            writeln!(out, "      {FAINT}{}{FAINT:#}", escape(detail))?;
        }
    }
    Ok(())
}

fn remarks(history: &History, all: bool, out: &mut dyn Write) -> io::Result<()> {
    let mut groups: BTreeMap<RemarkKind, Vec<(&TagEntry, &str)>> = BTreeMap::new();
    for tag in &history.tags {
        for remark in &tag.remarks {
            groups.entry(remark.kind).or_default().push((tag, &remark.text));
        }
    }
    for (kind, list) in &groups {
        writeln!(out, "\n{WARN}{}{WARN:#} ({})", kind.as_str(), list.len())?;
        let first = shown(list, all, FOLD_REMARKS);
        for (tag, text) in first {
            writeln!(out, "  {}: {}", escape(&tag.name), escape(text))?;
        }
        folded(list.len(), first.len(), out)?;
    }
    Ok(())
}

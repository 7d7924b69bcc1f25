//! The timeline as a picture: one file without scripts or references, readable in light and dark.

use std::collections::BTreeMap;
use std::fmt::Write;

use tarvet_core::escape::escape;
use tarvet_core::signers::{History, RowKind};

use super::chart::{Axis, day, letter, words};

/// Sizes in the units of the picture.
const WIDTH: usize = 1200;
const LEFT: usize = 60;
const PLOT: usize = WIDTH - LEFT - 40;
const ROW: usize = 34;
const LINE: usize = 18;
const TOP: usize = 72;
/// Rows and runs that are drawn; more would be a picture of nothing.
const MOST_ROWS: usize = 40;
const MOST_RUNS: usize = 60;
/// Colours of signers: distinguishable for most people, in light and dark.
const COLOURS: [&str; 8] = [
    "#4477aa", "#ee6677", "#228833", "#aa8800", "#0099bb", "#aa3377", "#777777", "#ee7733",
];

const STYLE: &str = "<style>\
    svg{background:#fff;font:13px system-ui,sans-serif}\
    text{fill:#222}.faint{fill:#666}.grid{stroke:#ddd}.title{font-size:16px;font-weight:bold}\
    @media (prefers-color-scheme:dark){svg{background:#1c1c1e}text{fill:#eee}.faint{fill:#aaa}.grid{stroke:#3a3a3c}}\
    </style>";

/// The picture. `place` is what the title calls the repository.
pub fn draw(history: &History, place: &str) -> String {
    let rows = history.rows.len().min(MOST_ROWS);
    let hidden = history.runs.len().saturating_sub(MOST_RUNS);
    let runs = history.runs.len() - hidden;
    let table = TOP + rows * ROW + 50;
    let height = table + 30 + runs.div_ceil(2) * LINE + 30;
    let mut out = String::new();
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\">\
         <title>Who signed the tags of {place}</title>{STYLE}\n\
         <rect width=\"100%\" height=\"100%\" fill=\"none\"/>\n",
        place = text(place)
    );
    let _ = writeln!(
        out,
        "<text class=\"title\" x=\"20\" y=\"28\">{}: {} tags</text>",
        text(&clip(place, 90)),
        history.tags.len()
    );
    plot(history, rows, &mut out);
    list(history, hidden, table, &mut out);
    out.push_str("</svg>\n");
    out
}

fn plot(history: &History, rows: usize, out: &mut String) {
    let axis = Axis::new(history, PLOT);
    let bottom = TOP + rows * ROW;
    for (at, year) in axis.iter().flat_map(|axis| axis.years(50)) {
        let x = LEFT + at;
        let _ = writeln!(
            out,
            "<line class=\"grid\" x1=\"{x}\" y1=\"{}\" x2=\"{x}\" y2=\"{bottom}\"/>\
             <text class=\"faint\" x=\"{x}\" y=\"{}\">{year}</text>",
            TOP - 14,
            TOP - 18
        );
    }
    // One mark for a column of a row, however many tags fall into it.
    let mut marks: BTreeMap<(usize, usize), (usize, String)> = BTreeMap::new();
    for tag in &history.tags {
        let (Some(time), Some(axis)) = (tag.time, &axis) else {
            continue;
        };
        for mark in tag.marks.iter().filter(|mark| mark.row < rows) {
            let entry = marks.entry((mark.row, axis.column(time) / 4)).or_default();
            entry.0 += 1;
            if entry.0 <= 12 {
                let state = mark.state.map_or("not signed", |state| state.as_str());
                let _ = writeln!(entry.1, "{} {} {state}", escape(&tag.name), day(tag.time));
            }
        }
    }
    for (at, row) in history.rows.iter().take(rows).enumerate() {
        let y = TOP + at * ROW + 8;
        let _ = writeln!(
            out,
            "<text x=\"20\" y=\"{}\" font-weight=\"bold\">{}</text>\
             <text class=\"faint\" x=\"{LEFT}\" y=\"{}\">{} ({})</text>",
            y + 5,
            text(&letter(history, at)),
            y + 20,
            text(&clip(&words(row), 150)),
            row.count
        );
    }
    for ((row, column), (count, title)) in marks {
        let radius = match count {
            1 => 4,
            2..=4 => 5,
            _ => 6,
        };
        let title = match count {
            13.. => format!("{title}and {} more", count - 12),
            _ => title,
        };
        let _ = writeln!(
            out,
            "<circle cx=\"{}\" cy=\"{}\" r=\"{radius}\" {}><title>{}</title></circle>",
            LEFT + column * 4 + 2,
            TOP + row * ROW + 8,
            paint(history, row),
            text(title.trim_end())
        );
    }
}

/// Filled where the keyring vouches, a ring where it does not.
fn paint(history: &History, row: usize) -> String {
    let colour = COLOURS.get(row % COLOURS.len()).copied().unwrap_or("#777777");
    match history.rows.get(row).map(|row| row.kind) {
        Some(RowKind::Known) => format!("fill=\"{colour}\""),
        Some(RowKind::Bad) => "fill=\"#d00000\"".into(),
        Some(RowKind::Claimed) => format!("fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\""),
        // Not signed, or nobody knows by whom.
        _ => "fill=\"none\" stroke=\"#888888\" stroke-width=\"2\"".into(),
    }
}

/// Who signed which versions, in two columns.
fn list(history: &History, hidden: usize, top: usize, out: &mut String) {
    let older = match hidden {
        0 => String::new(),
        _ => format!(" ({hidden} older runs are left out)"),
    };
    let _ = writeln!(
        out,
        "<text x=\"20\" y=\"{top}\" font-weight=\"bold\">in order of version{older}</text>"
    );
    let runs = history.runs.get(hidden..).unwrap_or_default();
    let half = runs.len().div_ceil(2).max(1);
    for (at, run) in runs.iter().enumerate() {
        let (x, y) = (20 + at / half * (WIDTH / 2 - 10), top + 24 + at % half * LINE);
        let name = |at: usize| {
            history
                .tags
                .get(at)
                .map(|tag| escape(&tag.name))
                .unwrap_or_default()
        };
        let span = match run.first == run.last {
            true => name(run.first),
            false => format!(
                "{} to {} ({})",
                name(run.first),
                name(run.last),
                run.last - run.first + 1
            ),
        };
        let who = history
            .rows
            .get(run.row)
            .map(|row| row.user_id.as_deref().map(escape).unwrap_or_else(|| words(row)));
        let _ = writeln!(
            out,
            "<circle cx=\"{}\" cy=\"{}\" r=\"5\" {}/><text x=\"{}\" y=\"{y}\">{}  {}</text>\
             <text class=\"faint\" x=\"{}\" y=\"{y}\">{}</text>",
            x + 5,
            y - 5,
            paint(history, run.row),
            x + 18,
            text(&letter(history, run.row)),
            text(&clip(&span, 36)),
            x + 290,
            text(&clip(&who.unwrap_or_default(), 34))
        );
    }
}

fn clip(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Text between tags or in quotes. Control characters are gone before, except the line breaks of titles.
fn text(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    for line in raw.split('\n') {
        if !out.is_empty() {
            out.push('\n');
        }
        for c in escape_once(line).chars() {
            match c {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '"' => out.push_str("&quot;"),
                '\'' => out.push_str("&#39;"),
                c => out.push(c),
            }
        }
    }
    out
}

/// What was escaped before has only plain characters; anything else is escaped now.
fn escape_once(line: &str) -> String {
    match tarvet_core::escape::has_deceptive(line.as_bytes()) {
        true => escape(line),
        false => line.to_owned(),
    }
}

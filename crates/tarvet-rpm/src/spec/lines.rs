//! Joins the lines of a spec as rpm does before it expands macros.

use super::fault::{FaultKind, Faults};
use super::scan::Balance;

/// A line, or several that a bracket or a backslash holds together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Logical<'a> {
    pub(super) number: usize,
    pub(super) text: &'a [u8],
}

/// All logical lines, in one pass over the text.
pub(super) fn logical<'a>(text: &'a [u8], faults: &mut Faults) -> Vec<Logical<'a>> {
    let mut lines: Vec<Logical<'a>> = Vec::new();
    let mut start = 0;
    let mut number = 1;
    let mut at = 0;
    let mut next_number = 1;
    let mut balance = Balance::default();
    let mut continues = false;
    for line in text.split_inclusive(|&byte| byte == b'\n') {
        let content = line.strip_suffix(b"\n").unwrap_or(line);
        if at == start {
            // Of other lines the backslash is the shell's: rpm sees a directive on the next line.
            let word = content.trim_ascii_start();
            continues = word.starts_with(b"%define") || word.starts_with(b"%global");
        }
        balance.line(content);
        next_number += 1;
        let end = at + content.len();
        at += line.len();
        if balance.is_open(continues) {
            continue;
        }
        let text = text.get(start..end).unwrap_or_default();
        lines.push(Logical { number, text });
        (start, number, balance) = (at, next_number, Balance::default());
    }
    let Some(rest) = text.get(start..).filter(|rest| !rest.is_empty()) else {
        return lines;
    };
    // rpm refuses the file. What follows is read line by line, so that nothing of it is hidden.
    faults.push(
        FaultKind::Unclosed,
        number,
        "a macro or a continued line that begins here does not end; rpm refuses such a spec",
        "close the bracket, or write %% where no macro is meant",
    );
    for (index, line) in rest.split(|&byte| byte == b'\n').enumerate() {
        lines.push(Logical {
            number: number + index,
            text: line,
        });
    }
    lines
}

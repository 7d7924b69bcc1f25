//! One hunk of a unified diff, as strictly as dpkg-source and GNU patch together read it.

use super::fault::Fault;
use super::lines::{Lines, chomp};

/// Line numbers beyond this are refused, as GNU patch refuses numbers it cannot hold.
const MAX_NUMBER: u64 = 1 << 31;

/// One hunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hunk<'a> {
    /// The number of its `@@` line in the patch, from 1.
    pub line: usize,
    /// The first line of the old file it is about, from 1; 0 if `old_lines` is 0 and it goes before the first.
    pub old_start: usize,
    /// How many lines of the old file it names.
    pub old_lines: usize,
    /// The first line of the new file.
    pub new_start: usize,
    /// How many lines of the new file it names.
    pub new_lines: usize,
    /// How many lines it adds.
    pub added: usize,
    /// How many lines it removes.
    pub removed: usize,
    /// An added line holds a NUL byte.
    pub adds_nul: bool,
    /// The last line of one of the sides has no line end: it is the end of the file.
    pub(super) at_end: bool,
    body: &'a [u8],
    /// Blank context lines that were cut off at the end of the patch.
    chopped: usize,
    /// A `\r` before the line end belongs to the patch and not to the contents.
    strip_cr: bool,
}

/// Which side of a hunk a line is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Both.
    Both,
    /// Removed.
    Old,
    /// Added.
    New,
}

/// A line of a hunk: contents without line end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HunkLine<'a> {
    /// Where it is.
    pub side: Side,
    /// The contents.
    pub text: &'a [u8],
    /// It ends with `\n`; only the last line of a file does not.
    pub ended: bool,
}

impl<'a> Hunk<'a> {
    /// Reads the hunk that starts at the next line. `None`, with nothing read, if that is no `@@` line.
    ///
    /// # Errors
    ///
    /// Whatever dpkg-source or GNU patch refuses.
    pub(super) fn read(lines: &mut Lines<'a>, strip_cr: bool) -> Result<Option<Self>, Fault> {
        let Some(header) = lines.peek().and_then(|line| ranges(chomp(line))) else {
            return Ok(None);
        };
        lines.take();
        let line = lines.number();
        let [old_start, old_lines, new_start, new_lines] = header;
        if header.iter().any(|number| *number > MAX_NUMBER) {
            return Err(Fault::malformed(
                line,
                "a hunk with a line number that no file has",
            ));
        }
        let mut hunk = Hunk {
            line,
            old_start: old_start as usize,
            old_lines: old_lines as usize,
            new_start: new_start as usize,
            new_lines: new_lines as usize,
            added: 0,
            removed: 0,
            adds_nul: false,
            at_end: false,
            body: b"",
            chopped: 0,
            strip_cr,
        };
        let start = lines.offset();
        hunk.read_body(lines)?;
        hunk.body = lines.slice(start, lines.offset());
        if hunk.added == 0 && hunk.removed == 0 {
            return Err(Fault::malformed(line, "a hunk that changes nothing"));
        }
        Ok(Some(hunk))
    }

    fn read_body(&mut self, lines: &mut Lines<'a>) -> Result<(), Fault> {
        let (mut old, mut new) = (self.old_lines, self.new_lines);
        // Set once a side has had its line without line end: nothing may follow on it.
        let (mut old_over, mut new_over) = (false, false);
        while old > 0 || new > 0 {
            let Some(line) = lines.take() else {
                if old == new && old < 3 && !old_over && !new_over {
                    self.chopped = old;
                    return Ok(());
                }
                let message =
                    format!("the patch ends within a hunk; {old} old and {new} new lines are missing");
                return Err(Fault::malformed(lines.number(), message));
            };
            let number = lines.number();
            let side = side(line, self.strip_cr).ok_or_else(|| {
                Fault::malformed(
                    number,
                    "a line of a hunk starts with ' ', '+' or '-', and this one does not",
                )
            })?;
            if !line.ends_with(b"\n") {
                let message = "the patch ends in the middle of a line of a hunk, without a line end";
                return Err(Fault::malformed(number, message));
            }
            let (takes_old, takes_new) = (side != Side::New, side != Side::Old);
            if (takes_old && (old == 0 || old_over)) || (takes_new && (new == 0 || new_over)) {
                return Err(Fault::malformed(
                    number,
                    "a hunk has more lines than its '@@' line says",
                ));
            }
            old -= usize::from(takes_old);
            new -= usize::from(takes_new);
            self.added += usize::from(side == Side::New);
            self.removed += usize::from(side == Side::Old);
            self.adds_nul |= side == Side::New && line.contains(&0);
            if lines.peek().is_some_and(|next| next.starts_with(b"\\")) {
                let marker = lines.take().unwrap_or_default();
                if !marker.starts_with(b"\\ ") {
                    return Err(Fault::malformed(
                        lines.number(),
                        "a line starts with '\\' and no blank follows",
                    ));
                }
                old_over |= takes_old;
                new_over |= takes_new;
            }
        }
        self.at_end = old_over || new_over;
        Ok(())
    }

    /// The lines of the hunk, in order.
    pub fn lines(&self) -> impl Iterator<Item = HunkLine<'a>> + use<'a> {
        let mut lines = Lines::new(self.body, 0);
        let strip_cr = self.strip_cr;
        let mut chopped = self.chopped;
        std::iter::from_fn(move || {
            let Some(line) = lines.take() else {
                chopped = chopped.checked_sub(1)?;
                return Some(HunkLine {
                    side: Side::Both,
                    text: b"",
                    ended: true,
                });
            };
            let ended = !lines.peek().is_some_and(|next| next.starts_with(b"\\"));
            if !ended {
                lines.take();
            }
            let text = line.strip_suffix(b"\n").unwrap_or(line);
            let text = if strip_cr {
                text.strip_suffix(b"\r").unwrap_or(text)
            } else {
                text
            };
            Some(HunkLine {
                side: side(line, strip_cr)?,
                text: text.get(1..).unwrap_or_default(),
                ended,
            })
        })
    }
}

/// The side of a line by its first byte. A line that is empty is context whose blank was cut off.
fn side(line: &[u8], strip_cr: bool) -> Option<Side> {
    match line.first()? {
        b' ' | b'\n' => Some(Side::Both),
        b'\r' if strip_cr && line == b"\r\n" => Some(Side::Both),
        b'-' => Some(Side::Old),
        b'+' => Some(Side::New),
        _ => None,
    }
}

/// `@@ -1,2 +3,4 @@` with anything behind a blank: the four numbers.
fn ranges(line: &[u8]) -> Option<[u64; 4]> {
    let (old_start, old_lines, rest) = range(line.strip_prefix(b"@@ -")?)?;
    let (new_start, new_lines, rest) = range(rest.strip_prefix(b" +")?)?;
    let rest = rest.strip_prefix(b" @@")?;
    (rest.is_empty() || rest.starts_with(b" ")).then_some([old_start, old_lines, new_start, new_lines])
}

fn range(text: &[u8]) -> Option<(u64, u64, &[u8])> {
    let (start, rest) = number(text)?;
    match rest.strip_prefix(b",") {
        Some(rest) => number(rest).map(|(lines, rest)| (start, lines, rest)),
        None => Some((start, 1, rest)),
    }
}

/// Digits; beyond what a number holds it stays at the top.
fn number(text: &[u8]) -> Option<(u64, &[u8])> {
    let length = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = text.split_at(length);
    if digits.is_empty() {
        return None;
    }
    let add = |sum: u64, digit: &u8| sum.saturating_mul(10).saturating_add(u64::from(digit - b'0'));
    Some((digits.iter().fold(0, add), rest))
}

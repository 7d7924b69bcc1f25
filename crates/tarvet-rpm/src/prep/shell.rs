//! Splits the text of a section into commands, as far as plain shell text goes.
//!
//! It is no shell: it never expands, and what it does not understand makes the commands around it conditional. A command
//! counts as certain only at the top level of the script, outside of lists, loops, functions and here documents.

use std::collections::VecDeque;

use bstr::{BString, ByteSlice};

use crate::spec::{Line, Reach};

/// A word of a command, without its quotes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Word {
    /// The text.
    pub text: BString,
    /// Whether a shell would expand something in it: variables, substitutions, wildcards, braces.
    pub is_dynamic: bool,
}

/// A command of the script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Name and arguments; assignments before them are in `assignments`.
    pub words: Vec<Word>,
    /// `NAME=value` before the name.
    pub assignments: Vec<Word>,
    /// Files that `>` writes.
    pub outputs: Vec<Word>,
    /// The line, from 1.
    pub line: usize,
    /// Whether it runs.
    pub reach: Reach,
    /// Whether its failure does not end the build.
    pub is_ignored: bool,
    /// Whether its input is the output of the command before.
    pub is_piped: bool,
}

/// A comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// What follows the `#`.
    pub text: BString,
    /// The line, from 1.
    pub line: usize,
}

/// A script, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Script {
    /// Its commands, in order.
    pub commands: Vec<Command>,
    /// Its comments.
    pub comments: Vec<Comment>,
    /// The line where something begins that does not end.
    pub unclosed: Option<usize>,
    /// Whether it defines functions, which can take the name of any command.
    pub has_functions: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Joint {
    /// `;`, `&`, newline.
    None,
    And,
    Or,
    Pipe,
}

#[derive(Debug, Default)]
struct Reading {
    script: Script,
    words: Vec<Word>,
    word: Option<Word>,
    outputs: Vec<Word>,
    is_output: bool,
    /// How the open command is joined to the one before.
    joint: Option<Joint>,
    depth: usize,
    /// After `exit`, nothing is certain.
    is_over: bool,
    /// After `set +e`.
    is_lax: bool,
    line: usize,
    reach: Option<Reach>,
}

/// Reads the lines of a section.
pub fn read<'a>(lines: impl Iterator<Item = &'a Line>) -> Script {
    let mut reading = Reading::default();
    let mut quote: Option<(u8, usize)> = None;
    let mut nested = 0_usize;
    let mut heredocs: VecDeque<(BString, usize)> = VecDeque::new();
    let mut continued = false;
    for line in lines {
        if let Some((end, _)) = heredocs.front()
            && quote.is_none()
            && !continued
        {
            if line.text.trim() == end.as_slice() {
                heredocs.pop_front();
            }
            continue;
        }
        if quote.is_none() && nested == 0 && reading.words.is_empty() && reading.word.is_none() {
            reading.line = line.number;
            reading.reach = None;
        }
        // A command of several lines counts as its least certain line does.
        reading.reach = Some(
            reading
                .reach
                .map_or(line.reach(), |reach| reach.max(line.reach())),
        );
        continued = false;
        let text: &[u8] = &line.text;
        let mut at = 0;
        while let Some(&byte) = text.get(at) {
            let next = text.get(at + 1).copied();
            at += 1;
            match (quote, byte) {
                (Some((b'\'', _)), b'\'') => quote = None,
                (Some((b'"', _)), b'"') => quote = None,
                (Some((b'\'', _)), byte) => reading.push(byte, false),
                (_, b'\\') => match next {
                    None => continued = true,
                    Some(next) => {
                        reading.push(next, false);
                        at += 1;
                    }
                },
                (_, b'%') if matches!(next, Some(b'{' | b'(' | b'[')) => {
                    // A macro that was not expanded is one piece, whatever stands in it.
                    let (open, close) = match next {
                        Some(b'{') => (b'{', b'}'),
                        Some(b'(') => (b'(', b')'),
                        _ => (b'[', b']'),
                    };
                    let is_code = open != b'{' || text.get(at..).is_some_and(|rest| rest.contains_str(":"));
                    let end = crate::spec::closing(text, at, open, close).unwrap_or(text.len());
                    for byte in text.get(at - 1..end).unwrap_or_default() {
                        reading.push(*byte, is_code);
                    }
                    at = end;
                }
                (None, b'<') if text.get(at..).is_some_and(|rest| rest.starts_with(b"<<")) => {
                    reading.end_word();
                    at += 2;
                }
                (_, b'$') if next == Some(b'(') => {
                    nested += 1;
                    reading.push(b'$', true);
                    reading.push(b'(', true);
                    at += 1;
                }
                (_, b'(') if nested > 0 => {
                    nested += 1;
                    reading.push(b'(', true);
                }
                (_, b')') if nested > 0 => {
                    nested -= 1;
                    reading.push(b')', true);
                }
                (_, b'$' | b'`') => reading.push(byte, true),
                (Some(_), byte) => reading.push(byte, false),
                (None, b'\'' | b'"') => {
                    quote = Some((byte, line.number));
                    reading.word.get_or_insert_default();
                }
                (None, byte) if nested > 0 => reading.push(byte, true),
                (None, b'#') if reading.word.is_none() => {
                    let text = text.get(at..).unwrap_or_default();
                    let line = line.number;
                    reading.script.comments.push(Comment {
                        text: text.into(),
                        line,
                    });
                    break;
                }
                (None, b'<') if next == Some(b'<') && text.get(at + 1) != Some(&b'<') => {
                    let rest = text.get(at + 1..).unwrap_or_default();
                    let rest = rest.strip_prefix(b"-").unwrap_or(rest).trim_start();
                    let end = rest.find_byteset(b" \t;|&><)").unwrap_or(rest.len());
                    let name: Vec<u8> = rest
                        .bytes()
                        .take(end)
                        .filter(|byte| !b"'\"\\".contains(byte))
                        .collect();
                    at = text.len() - rest.len() + end;
                    heredocs.push_back((name.into(), line.number));
                }
                (None, b' ' | b'\t') => reading.end_word(),
                (None, b';' | b'&' | b'|' | b'(' | b')') => {
                    if byte == b'(' && text.get(at..).unwrap_or_default().trim_start().starts_with(b")") {
                        reading.script.has_functions = true;
                    }
                    let doubled = next == Some(byte);
                    if byte == b'&' && matches!(next, Some(b'>')) {
                        continue;
                    }
                    at += usize::from(doubled);
                    let joint = match (byte, doubled) {
                        (b'&', true) => Joint::And,
                        (b'|', true) => Joint::Or,
                        (b'|', false) => Joint::Pipe,
                        _ => Joint::None,
                    };
                    reading.end_command(joint, byte == b'&' && !doubled);
                    match byte {
                        b'(' => reading.depth += 1,
                        b')' => reading.depth = reading.depth.saturating_sub(1),
                        _ => {}
                    }
                }
                (None, b'>') => {
                    // The number of the descriptor is no argument.
                    if reading
                        .word
                        .as_ref()
                        .is_some_and(|word| word.text.iter().all(u8::is_ascii_digit))
                    {
                        reading.word = None;
                    }
                    reading.end_word();
                    at += usize::from(matches!(next, Some(b'>' | b'|')));
                    if text.get(at) == Some(&b'&') {
                        at += 2;
                    } else {
                        reading.is_output = true;
                    }
                }
                (None, byte) => reading.push(byte, b"*?[]{}~".contains(&byte)),
            }
        }
        match (quote, nested, continued) {
            (None, 0, false) => {
                reading.end_word();
                // A line may end after an operator; the list goes on.
                let goes_on = reading.words.is_empty()
                    && matches!(reading.joint, Some(Joint::And | Joint::Or | Joint::Pipe));
                if !goes_on {
                    reading.end_command(Joint::None, false);
                }
            }
            (Some(_), _, _) => reading.push(b'\n', false),
            (None, 1.., _) => reading.push(b'\n', true),
            _ => {}
        }
    }
    let unclosed = quote
        .map(|(_, line)| line)
        .or(heredocs.front().map(|(_, line)| *line));
    if let Some(line) = unclosed.or((nested > 0).then_some(reading.line)) {
        reading.script.unclosed = Some(line);
    }
    reading.end_command(Joint::None, false);
    reading.script
}

impl Reading {
    fn push(&mut self, byte: u8, is_dynamic: bool) {
        let word = self.word.get_or_insert_default();
        word.text.push(byte);
        word.is_dynamic |= is_dynamic;
    }

    fn end_word(&mut self) {
        let Some(word) = self.word.take() else { return };
        if std::mem::take(&mut self.is_output) {
            self.outputs.push(word);
        } else {
            self.words.push(word);
        }
    }

    fn end_command(&mut self, next: Joint, is_background: bool) {
        self.end_word();
        let mut words = std::mem::take(&mut self.words);
        let outputs = std::mem::take(&mut self.outputs);
        let joint = self.joint.replace(next).unwrap_or(Joint::None);
        let mut is_negated = false;
        let mut skipped = 0;
        while let Some(first) = words
            .get(skipped)
            .filter(|word| !word.is_dynamic || word.text == "{" || word.text == "}")
        {
            match first.text.as_slice() {
                b"if" | b"while" | b"until" | b"for" | b"case" | b"select" | b"function" | b"{" => {
                    self.depth += 1;
                    self.script.has_functions |= first.text == "function";
                    if matches!(first.text.as_slice(), b"for" | b"case" | b"select" | b"function") {
                        return;
                    }
                }
                b"fi" | b"done" | b"esac" | b"}" => {
                    self.depth = self.depth.saturating_sub(1);
                    return;
                }
                b"then" | b"do" | b"else" | b"elif" | b"time" | b"builtin" | b"command" => {}
                b"!" => is_negated = true,
                _ => break,
            }
            skipped += 1;
        }
        words.drain(..skipped);
        if words.is_empty() && outputs.is_empty() {
            return;
        }
        let is_assignment = |word: &Word| {
            let name = word.text.split_once_str("=").map(|(name, _)| name);
            name.is_some_and(|name| {
                !name.is_empty()
                    && name
                        .iter()
                        .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
            })
        };
        let count = words.iter().take_while(|word| is_assignment(word)).count();
        let arguments = words.split_off(count);
        let has_condition = self.depth > 0 || self.is_over || matches!(joint, Joint::And | Joint::Or);
        let outer = self.reach.unwrap_or(Reach::Always);
        let name: Vec<&[u8]> = arguments.iter().map(|word| word.text.as_slice()).collect();
        // `command || :` ignores; `command || exit 1` does not, and is told when the next command comes.
        if joint == Joint::Or
            && name
                .first()
                .is_some_and(|name| matches!(*name, b"exit" | b"false" | b"return"))
            && name.get(1) != Some(&&b"0"[..])
            && let Some(before) = self.script.commands.last_mut()
        {
            before.is_ignored = self.is_lax;
        }
        match name.as_slice() {
            [b"set", b"+e", ..] => self.is_lax = true,
            [b"set", b"-e", ..] => self.is_lax = false,
            [b"exit" | b"exec" | b"return", ..] if !has_condition => self.is_over = true,
            _ => {}
        }
        self.script.commands.push(Command {
            words: arguments,
            assignments: words,
            outputs,
            line: self.line,
            reach: if has_condition {
                outer.max(Reach::Conditional)
            } else {
                outer
            },
            is_ignored: self.is_lax || is_negated || is_background || next != Joint::None,
            is_piped: joint == Joint::Pipe,
        });
    }
}

//! debian/rules as a makefile, line by line. Nothing is expanded or run.
//!
//! GNU make's manual, "Parsing Makefiles", is the source. What this reader does not understand it reports as strange,
//! so that nobody takes its silence for knowledge.

use std::cell::Cell;
use std::collections::BTreeMap;

use bstr::ByteSlice;

/// No honest word is longer when its variables are put in.
const LONGEST: usize = 1 << 12;

/// More bytes of variables, in all, than any honest file has: a few lines can name a long one over and over.
const MOST_SPENT: usize = 4 << 20;

/// No honest line is longer with its continuations; what stands in one is looked at more than once.
const LONGEST_LINE: usize = 1 << 14;

/// A makefile as it is written.
#[derive(Debug, Default)]
pub(super) struct Makefile {
    pub(super) assignments: Vec<Assignment>,
    /// Where in `assignments` a name is.
    by_name: BTreeMap<String, Vec<usize>>,
    /// Bytes that variables have been put in for.
    spent: Cell<usize>,
    pub(super) rules: Vec<Rule>,
    /// Files that are included, with their lines.
    pub(super) includes: Vec<(usize, String)>,
    /// What may change the meaning of everything else, with its line.
    pub(super) strange: Vec<(usize, String)>,
    /// Everything outside of recipes that make expands, or may expand.
    pub(super) texts: Vec<(usize, String)>,
    /// Names behind a bare `export`.
    pub(super) exported: Vec<(usize, String)>,
    /// `export` alone exports every variable.
    pub(super) exports_all: bool,
    /// Targets that have variables of their own.
    pub(super) mentioned: Vec<(usize, String)>,
}

/// `NAME = value`, in any of its forms.
#[derive(Debug)]
pub(super) struct Assignment {
    pub(super) line: usize,
    pub(super) name: String,
    pub(super) value: String,
    /// In an `ifeq` or the like, for one target only, or appended.
    pub(super) conditional: bool,
    /// `+=`, and nothing else that makes it conditional.
    pub(super) appended: bool,
    /// For targets that run only after configure.
    pub(super) late: bool,
    /// With `export` before it.
    pub(super) exported: bool,
    /// The condition that it stands under, if that is one.
    pub(super) guard: Option<String>,
}

/// `targets: prerequisites` and its recipe.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) line: usize,
    pub(super) targets: Vec<String>,
    pub(super) prerequisites: Vec<String>,
    pub(super) double_colon: bool,
    pub(super) conditional: bool,
    pub(super) recipe: Vec<Line>,
}

/// A line of a recipe, with its continuations.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) line: usize,
    pub(super) text: String,
    pub(super) conditional: bool,
}

/// Reads a makefile, in one pass.
pub(super) fn read(text: &[u8]) -> Makefile {
    let text = text.to_str_lossy();
    let mut reader = Reader::default();
    if text
        .bytes()
        .any(|byte| byte.is_ascii_control() && !matches!(byte, b'\t' | b'\n'))
    {
        reader.strange(1, "there is a control character somewhere in this file");
    }
    let mut lines = text.split('\n').enumerate();
    while let Some((number, first)) = lines.next() {
        let mut whole = first.to_owned();
        let recipe = first.starts_with('\t');
        while continues(&whole) {
            whole.pop();
            let Some((_, next)) = lines.next() else {
                break;
            };
            if recipe {
                // The shell takes the backslash away, and the line's end; but a comment ends there all the same.
                if has_comment(&whole) && !next.trim_start().starts_with('#') {
                    reader.strange(
                        number + 1,
                        "the shell runs what stands in the line after this comment",
                    );
                }
                whole.push_str(next.strip_prefix('\t').unwrap_or(next));
            } else {
                whole.push(' ');
                whole.push_str(next.trim_start());
            }
        }
        if whole.len() > LONGEST_LINE {
            reader.strange(number + 1, "this line is longer than 16 KiB, and not read");
            continue;
        }
        reader.line(number + 1, &whole, false);
    }
    if reader.depth > 0 || reader.defining > 0 {
        reader.strange(0, "a conditional or a definition has no end");
    }
    reader.made
}

/// Whether a `#` stands where the shell may take it for the beginning of a comment.
fn has_comment(text: &str) -> bool {
    let mut before = b' ';
    text.bytes().any(|byte| {
        let starts = byte == b'#'
            && matches!(
                before,
                b' ' | b'\t' | b';' | b'&' | b'|' | b'(' | b')' | b'@' | b'-' | b'+' | b'`'
            );
        before = byte;
        starts
    })
}

fn continues(line: &str) -> bool {
    line.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1
}

#[derive(Default)]
struct Reader {
    made: Makefile,
    /// Open conditionals.
    depth: usize,
    /// Open `define`s.
    defining: usize,
    /// The conditions of those.
    guards: Vec<String>,
    /// A line with a tab belongs to the last rule.
    in_rule: bool,
}

impl Reader {
    fn strange(&mut self, line: usize, what: &str) {
        self.made.strange.push((line, what.to_owned()));
    }

    /// A line in a `define`. make's own rule for where it ends is odd, so that only plain ends are taken.
    fn defined(&mut self, number: usize, line: &str) {
        let word = line
            .split([' ', '\t'])
            .find(|word| !word.is_empty())
            .unwrap_or_default();
        if line == "endef" {
            self.defining -= 1;
        } else if word.starts_with("endef") || word.starts_with("define") {
            self.strange(number, "where this definition ends is not certain");
        } else {
            self.made.texts.push((number, line.to_owned()));
        }
    }

    /// One line with its continuations; `exported`: it stands behind `export`.
    fn line(&mut self, number: usize, line: &str, exported: bool) {
        if self.defining > 0 {
            return self.defined(number, line);
        }
        let conditional = self.depth > 0;
        if let (Some(text), true) = (line.strip_prefix('\t'), self.in_rule) {
            if let Some(rule) = self.made.rules.last_mut() {
                rule.recipe.push(Line {
                    line: number,
                    text: text.to_owned(),
                    conditional,
                });
            }
            return;
        }
        let text = without_comment(line);
        let open = text.len() < line.len() && !is_closed(text);
        if !text.is_ascii() || text.contains("\\#") || open {
            self.strange(
                number,
                "this line holds what make and this reader may take differently",
            );
        }
        let line = text.trim();
        let (word, rest) = line.split_once([' ', '\t']).unwrap_or((line, ""));
        self.made.texts.push((number, line.to_owned()));
        let directive = matches!(
            word,
            "ifeq"
                | "ifneq"
                | "ifdef"
                | "ifndef"
                | "else"
                | "endif"
                | "define"
                | "include"
                | "-include"
                | "sinclude"
                | "export"
                | "override"
                | "unexport"
                | "private"
                | "undefine"
        );
        if directive && rest.trim_start().starts_with([':', '=', '+', '?', '!']) {
            self.strange(number, "this directive may be a target or a variable");
        }
        match word {
            "" => {}
            "ifeq" | "ifneq" | "ifdef" | "ifndef" => self.condition(line),
            "else" => {
                if let Some(guard) = self.guards.last_mut() {
                    guard.clear();
                }
            }
            "endif" => match self.depth.checked_sub(1) {
                Some(depth) => {
                    self.depth = depth;
                    self.guards.pop();
                }
                None => self.strange(number, "an endif ends nothing"),
            },
            _ if word.starts_with("ifeq(") || word.starts_with("ifneq(") => self.condition(line),
            "define" => {
                self.in_rule = false;
                self.defining = 1;
                let name = rest
                    .trim()
                    .split([' ', '\t', '=', ':'])
                    .next()
                    .unwrap_or_default();
                if text.starts_with([' ', '\t']) || exported {
                    self.strange(number, "a definition begins in an odd way");
                }
                self.assign(number, name, "$(multi-line)", Under::Condition, exported);
            }
            "include" | "-include" | "sinclude" => {
                self.in_rule = false;
                let files = rest.split_whitespace();
                self.made
                    .includes
                    .extend(files.map(|file| (number, file.to_owned())));
            }
            "export" | "override" | "unexport" | "private" | "undefine" => {
                self.modified(number, word, rest, exported);
            }
            "load" | "-load" => self.strange(number, "load extends make"),
            "vpath" => self.strange(number, "vpath says where else files may be"),
            _ => self.statement(number, line, conditional, exported),
        }
    }

    fn condition(&mut self, line: &str) {
        self.depth += 1;
        self.guards.push(line.to_owned());
    }

    /// `export`, `override` and the like.
    fn modified(&mut self, number: usize, word: &str, rest: &str, exported: bool) {
        self.in_rule = false;
        let rest = rest.trim();
        let first = rest.split([' ', '\t']).next().unwrap_or_default();
        if matches!(
            first,
            "define" | "undefine" | "include" | "ifeq" | "ifneq" | "endif" | "else"
        ) || word == "undefine"
        {
            self.strange(number, "a definition begins or ends in an odd way");
        } else if matches!(first_sign(rest), Some((_, Sign::Assign(_)))) {
            self.line(number, rest, exported || word == "export");
        } else if rest.contains([':', '=', '$']) || (rest.is_empty() && word != "export") {
            self.strange(number, "what is exported here is computed, or no name");
        } else if word == "export" {
            self.made.exports_all |= rest.is_empty();
            self.made
                .exported
                .extend(rest.split_whitespace().map(|name| (number, name.to_owned())));
        } else if rest.split_whitespace().any(super::names::is_loaded) {
            self.strange(number, "a variable is taken away from the programs of the build");
        }
    }

    fn statement(&mut self, number: usize, line: &str, conditional: bool, exported: bool) {
        if line.contains("$(eval") || line.contains("${eval") {
            self.strange(number, "$(eval …) makes rules that cannot be read here");
        }
        match first_sign(line) {
            Some((at, Sign::Assign(length))) => {
                self.in_rule = false;
                let (name, value) = (
                    line.get(..at).unwrap_or(""),
                    line.get(at + length..).unwrap_or(""),
                );
                let appended = line.get(at..).is_some_and(|rest| rest.starts_with('+'));
                let value = value.trim();
                // `NAME != command`
                let run = line.get(..at + length).is_some_and(|start| start.ends_with("!="));
                let value = if run {
                    format!("$(shell {value})")
                } else {
                    value.to_owned()
                };
                if run {
                    self.made.texts.push((number, value.clone()));
                }
                let under = match (conditional, appended) {
                    (true, _) => Under::Condition,
                    (false, true) => Under::Append,
                    (false, false) => Under::Nothing,
                };
                self.assign(number, name.trim(), &value, under, exported);
            }
            Some((at, Sign::Rule)) => self.rule(number, line, at, conditional),
            // What they print is no rule; what they expand is looked at with all texts.
            None if line.starts_with("$(info ") || line.starts_with("$(warning ") => self.in_rule = false,
            None => self.strange(number, "this line is neither a rule nor an assignment"),
        }
    }

    fn assign(&mut self, line: usize, name: &str, value: &str, under: Under, exported: bool) {
        if name == ".RECIPEPREFIX" {
            self.strange(line, ".RECIPEPREFIX changes what a recipe is");
        }
        let at = self.made.assignments.len();
        self.made.by_name.entry(name.to_owned()).or_default().push(at);
        self.made.assignments.push(Assignment {
            line,
            name: name.to_owned(),
            value: value.to_owned(),
            conditional: !matches!(under, Under::Nothing),
            appended: matches!(under, Under::Append),
            late: matches!(under, Under::LateTarget),
            exported,
            guard: match self.guards.as_slice() {
                [guard] => Some(guard.clone()),
                _ => None,
            },
        });
    }

    fn rule(&mut self, line: usize, text: &str, at: usize, conditional: bool) {
        let targets = text.get(..at).unwrap_or("").trim().trim_end_matches('&');
        let rest = text.get(at + 1..).unwrap_or("");
        let (rest, double_colon) = rest.strip_prefix(':').map_or((rest, false), |rest| (rest, true));
        let recipe_at = rest.find(';').unwrap_or(rest.len());
        if recipe_at < rest.len() && text.contains('#') {
            self.strange(line, "a recipe behind a semicolon has a comment");
        }
        if let Some((at, Sign::Assign(length))) = first_sign(rest).filter(|(at, _)| *at < recipe_at) {
            // For these targets and what they need: a value that others do not see. The target is one all the same.
            self.made
                .mentioned
                .extend(targets.split_whitespace().map(|target| (line, target.to_owned())));
            self.in_rule = false;
            let (name, value) = (
                rest.get(..at).unwrap_or(""),
                rest.get(at + length..).unwrap_or(""),
            );
            let exported = name.split_whitespace().any(|word| word == "export");
            let name = name.split_whitespace().last().unwrap_or("");
            let late = targets.split_whitespace().all(super::early::is_late);
            let under = if late { Under::LateTarget } else { Under::Condition };
            self.assign(line, name, value.trim(), under, exported);
            return;
        }
        let (needs, first) = rest
            .split_once(';')
            .map_or((rest, None), |(needs, first)| (needs, Some(first)));
        if targets.contains('$') {
            self.strange(line, "the name of a target is computed");
        }
        let recipe = first.into_iter().map(|first| Line {
            line,
            text: first.trim().to_owned(),
            conditional,
        });
        self.made.rules.push(Rule {
            line,
            targets: targets.split_whitespace().map(str::to_owned).collect(),
            prerequisites: needs.split_whitespace().map(str::to_owned).collect(),
            double_colon,
            conditional,
            recipe: recipe.collect(),
        });
        self.in_rule = true;
    }
}

/// What an assignment depends on.
#[derive(Clone, Copy)]
enum Under {
    Nothing,
    Append,
    Condition,
    /// Only targets see it that run after configure.
    LateTarget,
}

enum Sign {
    /// An assignment's operator, with its length.
    Assign(usize),
    Rule,
}

/// The first `:` or `=` outside of `$(…)`.
fn first_sign(line: &str) -> Option<(usize, Sign)> {
    let bytes = line.as_bytes();
    let mut depth = 0_usize;
    for (at, byte) in bytes.iter().enumerate() {
        let rest = bytes.get(at..).unwrap_or_default();
        match byte {
            b'(' | b'{' => depth += 1,
            b')' | b'}' => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            b'=' => return Some((at, Sign::Assign(1))),
            b'?' | b'+' | b'!' if rest.get(1) == Some(&b'=') => return Some((at, Sign::Assign(2))),
            b':' => {
                let colons = rest.iter().take_while(|byte| **byte == b':').count();
                let assigns = rest.get(colons) == Some(&b'=');
                return Some((
                    at,
                    if assigns {
                        Sign::Assign(colons + 1)
                    } else {
                        Sign::Rule
                    },
                ));
            }
            _ => {}
        }
    }
    None
}

fn without_comment(line: &str) -> &str {
    let mut before = b' ';
    for (at, byte) in line.bytes().enumerate() {
        if byte == b'#' && before != b'\\' {
            return line.get(..at).unwrap_or(line);
        }
        before = byte;
    }
    line
}

/// Whether every `$(` before a comment has its end: readers of makefiles do not agree on what the comment is otherwise.
fn is_closed(text: &str) -> bool {
    let count = |signs: [char; 2]| text.matches(signs).count();
    count(['(', '{']) <= count([')', '}'])
}

impl Makefile {
    /// Every value that a variable may have; none if it is never set.
    pub(super) fn values<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a Assignment> {
        let places = self.by_name.get(name).map_or(&[][..], Vec::as_slice);
        places.iter().filter_map(|at| self.assignments.get(*at))
    }

    /// `text` with the variables put in that have one value, which is plain, or is put together without conditions.
    /// `$(CURDIR)` is the top directory. `None` if anything else is left to expand.
    pub(super) fn expand(&self, text: &str) -> Option<String> {
        let mut made = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('$') {
            made.push_str(before);
            let (open, close) = if after.starts_with('(') {
                ('(', ')')
            } else {
                ('{', '}')
            };
            let (name, left) = after.strip_prefix(open)?.split_once(close)?;
            match name {
                // An assignment to it is a doubt of its own.
                "CURDIR" => made.push('.'),
                _ => self.put_in(name, &mut made)?,
            }
            if made.len() > LONGEST || !self.spend(made.len()) {
                return None;
            }
            rest = left;
        }
        made.push_str(rest);
        Some(made)
    }

    /// Counts what is read of variables; false when it is too much to go on.
    pub(super) fn spend(&self, bytes: usize) -> bool {
        self.spent.set(self.spent.get().saturating_add(bytes));
        self.spent.get() <= MOST_SPENT
    }

    fn put_in(&self, name: &str, made: &mut String) -> Option<()> {
        let mut values = self.values(name);
        let first = values.next()?;
        if first.conditional || first.value.contains('$') {
            return None;
        }
        made.push_str(&first.value);
        for more in values {
            if !more.appended || more.value.contains('$') || made.len() > LONGEST {
                return None;
            }
            made.push(' ');
            made.push_str(&more.value);
        }
        Some(())
    }
}

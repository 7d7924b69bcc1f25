//! debian/rules as a makefile, line by line. Nothing is expanded or run.
//!
//! GNU make's manual, "Parsing Makefiles", is the source. What this reader does not understand it reports as strange,
//! so that nobody takes its silence for knowledge.

use bstr::ByteSlice;

/// A makefile as it is written.
#[derive(Debug, Default)]
pub(super) struct Makefile {
    pub(super) assignments: Vec<Assignment>,
    pub(super) rules: Vec<Rule>,
    /// Files that are included, with their lines.
    pub(super) includes: Vec<(usize, String)>,
    /// What may change the meaning of everything else, with its line.
    pub(super) strange: Vec<(usize, String)>,
}

/// `NAME = value`, in any of its forms.
#[derive(Debug)]
pub(super) struct Assignment {
    pub(super) line: usize,
    pub(super) name: String,
    pub(super) value: String,
    /// In an `ifeq` or the like, for one target only, or appended.
    pub(super) conditional: bool,
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
    let mut lines = text.lines().enumerate();
    while let Some((number, first)) = lines.next() {
        let mut whole = first.trim_end_matches('\r').to_owned();
        while continues(&whole) {
            whole.pop();
            match lines.next() {
                Some((_, next)) => {
                    whole.push(' ');
                    whole.push_str(next.trim_start().trim_end_matches('\r'));
                }
                None => break,
            }
        }
        reader.line(number + 1, &whole);
    }
    if reader.depth > 0 || reader.defining > 0 {
        reader.strange(0, "a conditional or a definition has no end");
    }
    reader.made
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
    /// A line with a tab belongs to the last rule.
    in_rule: bool,
}

impl Reader {
    fn strange(&mut self, line: usize, what: &str) {
        self.made.strange.push((line, what.to_owned()));
    }

    fn line(&mut self, number: usize, line: &str) {
        if self.defining > 0 {
            match line.split_whitespace().next() {
                Some("define") => self.defining += 1,
                Some("endef") => self.defining -= 1,
                _ => {}
            }
            return;
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
        let line = without_comment(line).trim();
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        match word {
            "" => {}
            "ifeq" | "ifneq" | "ifdef" | "ifndef" => self.depth += 1,
            "else" => {}
            "endif" => match self.depth.checked_sub(1) {
                Some(depth) => self.depth = depth,
                None => self.strange(number, "an endif ends nothing"),
            },
            _ if word.starts_with("ifeq(") || word.starts_with("ifneq(") => self.depth += 1,
            "define" => {
                self.in_rule = false;
                self.defining = 1;
                let name = rest.split([' ', '\t', '=', ':']).next().unwrap_or_default();
                self.assign(number, name, "$(multi-line)", true);
            }
            "include" | "-include" | "sinclude" => {
                self.in_rule = false;
                let files = rest.split_whitespace();
                self.made
                    .includes
                    .extend(files.map(|file| (number, file.to_owned())));
            }
            "export" | "override" | "unexport" | "private" | "undefine" => {
                self.in_rule = false;
                if rest.contains('=') {
                    self.line(number, rest);
                } else if word == "undefine" {
                    self.strange(number, "undefine takes a variable back");
                }
            }
            "load" | "-load" => self.strange(number, "load extends make"),
            "vpath" => self.in_rule = false,
            _ => self.statement(number, line, conditional),
        }
    }

    fn statement(&mut self, number: usize, line: &str, conditional: bool) {
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
                self.assign(number, name.trim(), value.trim(), conditional || appended);
            }
            Some((at, Sign::Rule)) => self.rule(number, line, at, conditional),
            None if line.starts_with("$(info") || line.starts_with("$(warning") => {}
            None => self.strange(number, "this line is neither a rule nor an assignment"),
        }
    }

    fn assign(&mut self, line: usize, name: &str, value: &str, conditional: bool) {
        if name == ".RECIPEPREFIX" {
            self.strange(line, ".RECIPEPREFIX changes what a recipe is");
        }
        self.made.assignments.push(Assignment {
            line,
            name: name.to_owned(),
            value: value.to_owned(),
            conditional,
        });
    }

    fn rule(&mut self, line: usize, text: &str, at: usize, conditional: bool) {
        let targets = text.get(..at).unwrap_or("").trim().trim_end_matches('&');
        let rest = text.get(at + 1..).unwrap_or("");
        let (rest, double_colon) = rest.strip_prefix(':').map_or((rest, false), |rest| (rest, true));
        if let Some((at, Sign::Assign(length))) = first_sign(rest) {
            // For these targets and what they need: a value that others do not see. The target is one all the same.
            if targets.contains("_dh_autoreconf") || targets.contains("_dh_update_autotools_config") {
                self.strange(
                    line,
                    "a variable of its own makes this a target, and dh may run it",
                );
            }
            self.in_rule = false;
            let (name, value) = (
                rest.get(..at).unwrap_or(""),
                rest.get(at + length..).unwrap_or(""),
            );
            let name = name.split_whitespace().last().unwrap_or("");
            self.assign(line, name, value.trim(), true);
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

impl Makefile {
    /// Every value that a variable may have; none if it is never set.
    pub(super) fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Assignment> {
        self.assignments
            .iter()
            .filter(move |assignment| assignment.name == name)
    }

    /// `text` with the variables put in that have one value, which is plain. `$(CURDIR)` is the top directory.
    /// `None` if anything else is left to expand.
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
            let value = match name {
                "CURDIR" => ".",
                _ => {
                    let mut values = self.values(name);
                    let only = values.next()?;
                    if values.next().is_some() || only.conditional || only.value.contains('$') {
                        return None;
                    }
                    &only.value
                }
            };
            made.push_str(value);
            rest = left;
        }
        made.push_str(rest);
        Some(made)
    }
}

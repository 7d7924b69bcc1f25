//! Expands macros that are plain text. What runs code (`%(…)`, `%{lua:…}`, `%{expand:…}`) is never evaluated: it stays
//! in the text as it was written, and the reading says so.
//!
//! Everything is paid from one budget for the whole spec, so that macros which double each other end soon.

use std::collections::HashSet;
use std::sync::Arc;

use bstr::{BStr, BString, ByteSlice};

use super::fault::{FaultKind, Faults};
use super::place::Place;
use super::scan;
use super::table::{Body, Choice, Pick, Table, join};
use super::value::{Assumption, Reading, Unresolved, Value};

/// What expanding one spec may cost: bytes written, and this much for each macro met.
const BUDGET: usize = 96 << 20;
const PRICE_OF_A_MACRO: usize = 32;
/// Deepest nesting of macros in macros.
const DEEPEST: usize = 24;
/// Different readings of one text that are kept.
const MOST_READINGS: usize = 8;
/// What is unresolved in one text, as far as it is listed.
const MOST_HOLES: usize = 4;

/// A text on its way to a [`Reading`].
#[derive(Debug, Clone, Default)]
pub(super) struct Partial {
    pub(super) text: Vec<u8>,
    pub(super) picks: Vec<Pick>,
    pub(super) holes: Vec<Unresolved>,
}

impl Partial {
    fn hole(&mut self, hole: Unresolved) {
        if self.holes.len() < MOST_HOLES && !self.holes.contains(&hole) {
            self.holes.push(hole);
        }
    }
}

/// The arguments of a macro with parameters.
#[derive(Debug, Clone, Default)]
pub(super) struct Arguments {
    pub(super) name: Vec<u8>,
    pub(super) values: Vec<Vec<u8>>,
}

/// Where an expansion takes place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) line: usize,
    pub(super) depth: usize,
    pub(super) arguments: Option<&'a Arguments>,
    /// Whether a definition met here adds to what the macro is, since it may not be reached.
    pub(super) is_weak: bool,
    pub(super) is_comment: bool,
}

/// The macros of a spec and what expanding them brings to light.
#[derive(Debug)]
pub(super) struct Engine {
    pub(super) table: Table,
    pub(super) faults: Faults,
    /// Macros that the caller defined.
    pub(super) callers: HashSet<BString>,
    /// What the build is, as far as code and definitions of the spec leave that open.
    pub(super) hidden: Vec<String>,
    /// Where the text that is being expanded stands.
    pub(super) place: Arc<Place>,
    budget: usize,
}

impl Engine {
    pub(super) fn new() -> Self {
        Self {
            table: Table::default(),
            faults: Faults::default(),
            callers: HashSet::new(),
            hidden: Vec::new(),
            place: Place::top(),
            budget: BUDGET,
        }
    }

    /// All that `raw` can stand for at this point.
    pub(super) fn value(&mut self, raw: &[u8], line: usize) -> Value {
        let mut partials = self.expand_line(raw, line, false);
        for partial in &mut partials {
            partial.text = partial.text.trim().to_vec();
        }
        Value {
            raw: raw.into(),
            line,
            readings: self.readings(partials),
        }
    }

    /// Expands a line of the spec, with its side effects.
    pub(super) fn expand_line(&mut self, raw: &[u8], line: usize, is_comment: bool) -> Vec<Partial> {
        let context = Context {
            line,
            depth: 0,
            arguments: None,
            is_weak: false,
            is_comment,
        };
        self.expand(raw, context)
    }

    /// Turns expansions into readings; see the rule on macros of the build system in the module `value`.
    pub(super) fn readings(&self, partials: Vec<Partial>) -> Vec<Reading> {
        let any_resolved = partials.iter().any(|partial| partial.holes.is_empty());
        let mut readings: Vec<Reading> = Vec::new();
        for partial in partials {
            let mut assumes: Vec<Assumption> = Vec::new();
            for pick in &partial.picks {
                if let Some(name) = self.table.outside_name(pick.key) {
                    assumes.push(Assumption {
                        name: name.clone(),
                        defined: pick.choice == 1,
                    });
                }
            }
            // Only that the build system might define a macro makes this text unknown, and the text without it is
            // there; the assumption says so.
            let is_remote = assumes.iter().any(|assumption| assumption.defined);
            if any_resolved && is_remote && !partial.holes.is_empty() {
                continue;
            }
            let known = readings
                .iter_mut()
                .find(|known| known.text == partial.text && known.unresolved == partial.holes);
            match known {
                Some(known) => known.assumes.retain(|assumption| assumes.contains(assumption)),
                None => readings.push(Reading {
                    text: partial.text.into(),
                    assumes,
                    unresolved: partial.holes,
                }),
            }
        }
        readings
    }

    fn pay(&mut self, price: usize, line: usize) -> bool {
        if let Some(left) = self.budget.checked_sub(price) {
            self.budget = left;
            return true;
        }
        if self.budget > 0 {
            self.budget = 0;
            self.faults.push(
                FaultKind::ExpansionLimit,
                line,
                format!("the macros of this spec expand to more than {BUDGET} bytes; from here on they are not expanded"),
                "write the spec without macros that repeat each other",
            );
        }
        false
    }

    pub(super) fn expand(&mut self, text: &[u8], context: Context<'_>) -> Vec<Partial> {
        let mut out = vec![Partial {
            picks: self.place.picks(),
            ..Partial::default()
        }];
        let mut at = 0;
        let mut is_broken = false;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            let plain = rest.find_byte(b'%').unwrap_or(rest.len());
            let (literal, tail) = rest.split_at(plain);
            if !self.pay(literal.len() * out.len() + PRICE_OF_A_MACRO, context.line) {
                return vec![unresolved(
                    text,
                    "the spec's macros expand to too much",
                    context.line,
                )];
            }
            for partial in &mut out {
                partial.text.extend_from_slice(literal);
            }
            at += plain;
            if tail.is_empty() {
                break;
            }
            let (found, next) = self.item(text, at, context, &mut is_broken);
            let source = text.get(at..next).unwrap_or_default();
            out = self.product(out, found, source, context.line);
            at = next.max(at + 1);
        }
        out
    }

    /// Appends each of `found` to each of `out`, as far as they go together.
    fn product(
        &mut self,
        mut out: Vec<Partial>,
        found: Vec<Partial>,
        source: &[u8],
        line: usize,
    ) -> Vec<Partial> {
        let size: usize = found.iter().map(|partial| partial.text.len()).sum();
        if !self.pay(size * out.len(), line) {
            return vec![unresolved(source, "the spec's macros expand to too much", line)];
        }
        if let [only] = found.as_slice()
            && only.picks.is_empty()
        {
            for partial in &mut out {
                partial.text.extend_from_slice(&only.text);
                for hole in &only.holes {
                    partial.hole(hole.clone());
                }
            }
            return out;
        }
        let mut all = Vec::new();
        for one in &out {
            for two in &found {
                let Some(picks) = join(&one.picks, &two.picks) else {
                    continue;
                };
                let mut partial = Partial {
                    text: [one.text.as_slice(), &two.text].concat(),
                    picks,
                    holes: one.holes.clone(),
                };
                for hole in &two.holes {
                    partial.hole(hole.clone());
                }
                all.push(partial);
            }
        }
        let why = match all.len() {
            0 => "its parts belong to branches that exclude each other",
            1..=MOST_READINGS => return all,
            _ => "it has too many different readings",
        };
        out.truncate(1);
        for partial in &mut out {
            partial.text.extend_from_slice(source);
            partial.hole(Unresolved {
                why: why.into(),
                line,
            });
        }
        out
    }

    /// Expands what starts with the `%` at `at`; also says where it ends.
    fn item(
        &mut self,
        text: &[u8],
        at: usize,
        context: Context<'_>,
        is_broken: &mut bool,
    ) -> (Vec<Partial>, usize) {
        let bracket = |open: u8, close: u8, is_broken: &mut bool| {
            // One search that ran to the end of the text is enough.
            if *is_broken {
                return None;
            }
            let end = scan::closing(text, at + 1, open, close);
            *is_broken = end.is_none();
            end
        };
        let raw = |end: usize| text.get(at..end).unwrap_or_default();
        let unclosed = |end: usize| vec![unresolved(raw(end), "a bracket is not closed", context.line)];
        match text.get(at + 1) {
            None => (vec![literal(b"%")], at + 1),
            Some(b'%') => (vec![literal(b"%")], at + 2),
            Some(b'(') => match bracket(b'(', b')', is_broken) {
                Some(end) => {
                    self.runs_shell(raw(end), context);
                    (vec![unresolved(raw(end), "%(…) runs a shell", context.line)], end)
                }
                None => (unclosed(at + 2), at + 2),
            },
            Some(b'[') => match bracket(b'[', b']', is_broken) {
                Some(end) => {
                    let inner = text.get(at + 2..end - 1).unwrap_or_default();
                    (self.expression(inner, raw(end), context), end)
                }
                None => (unclosed(at + 2), at + 2),
            },
            Some(b'{') => match bracket(b'{', b'}', is_broken) {
                Some(end) => {
                    let inner = text.get(at + 2..end - 1).unwrap_or_default();
                    (self.braced(inner, raw(end), context), end)
                }
                None => (unclosed(at + 2), at + 2),
            },
            Some(_) => self.bare(text, at, context),
        }
    }

    fn expression(&mut self, inner: &[u8], raw: &[u8], context: Context<'_>) -> Vec<Partial> {
        let Some(inside) = deeper(context) else {
            return self.too_deep(raw, context.line);
        };
        let mut found = self.expand(inner, inside);
        for partial in &mut found {
            let outcome = if partial.holes.is_empty() {
                super::condition::evaluate(&partial.text)
            } else {
                None
            };
            partial.text = match outcome {
                Some(super::condition::Outcome::Number(number)) => number.to_string().into_bytes(),
                Some(super::condition::Outcome::Text(text)) => text,
                None => {
                    self.runs(raw, context.line);
                    partial.hole(Unresolved {
                        why: "%[…] is an expression that is not plain".into(),
                        line: context.line,
                    });
                    raw.to_vec()
                }
            };
        }
        found
    }

    pub(super) fn too_deep(&mut self, raw: &[u8], line: usize) -> Vec<Partial> {
        self.faults.push(
            FaultKind::ExpansionLimit,
            line,
            format!(
                "macros are nested deeper than {DEEPEST}, perhaps without end: {}",
                super::fault::excerpt(raw)
            ),
            "define the macro without itself",
        );
        vec![unresolved(raw, "macros are nested too deep", line)]
    }

    /// All that a macro of the spec expands to; `None` if the spec does not define it.
    pub(super) fn call(
        &mut self,
        name: &BStr,
        arguments: Option<&[u8]>,
        raw: &[u8],
        context: Context<'_>,
    ) -> Option<Vec<Partial>> {
        let state = self.table.get(name)?.clone();
        let Some(inside) = deeper(context) else {
            return Some(self.too_deep(raw, context.line));
        };
        let mut all = Vec::new();
        let is_choice = state.options.len() > 1;
        for (index, option) in state.options.iter().enumerate() {
            let pick = Pick {
                key: state.key,
                choice: u16::try_from(index).unwrap_or(u16::MAX),
            };
            let own: &[Pick] = if is_choice { &[pick] } else { &[] };
            let Some(mut picks) = join(own, &option.picks) else {
                continue;
            };
            let found = match &option.body {
                Body::Nothing => vec![unresolved(
                    raw,
                    &format!("%{{{name}}} is not defined here"),
                    context.line,
                )],
                Body::Outside => {
                    let key = self.table.outside(name);
                    picks.push(Pick { key, choice: 1 });
                    vec![undefined(name, raw, context.line)]
                }
                Body::Opaque(why) => vec![unresolved(raw, &format!("%{{{name}}}: {why}"), context.line)],
                Body::Text { text, parameters } => {
                    let text = Arc::clone(text);
                    match parameters {
                        None => self.expand(
                            &text,
                            Context {
                                arguments: None,
                                ..inside
                            },
                        ),
                        Some(parameters) => {
                            let parameters = Arc::clone(parameters);
                            self.with_arguments(name, &text, &parameters, arguments, raw, inside)
                        }
                    }
                }
            };
            for partial in found {
                if let Some(joined) = join(&picks, &partial.picks) {
                    all.push(Partial {
                        picks: joined,
                        ..partial
                    });
                }
            }
            if all.len() > MOST_READINGS * 2 {
                break;
            }
        }
        Some(all)
    }

    /// Whether a macro takes arguments, in any of its definitions.
    pub(super) fn is_parametric(&self, name: &BStr) -> bool {
        let is_parametric = |option: &Choice| {
            matches!(
                &option.body,
                Body::Text {
                    parameters: Some(_),
                    ..
                }
            )
        };
        self.table
            .get(name)
            .is_some_and(|state| state.options.iter().any(is_parametric))
    }

    fn with_arguments(
        &mut self,
        name: &BStr,
        body: &[u8],
        parameters: &[u8],
        given: Option<&[u8]>,
        raw: &[u8],
        context: Context<'_>,
    ) -> Vec<Partial> {
        let mut all = Vec::new();
        for expanded in self.expand(given.unwrap_or_default(), context) {
            let values: Vec<Vec<u8>> = expanded.text.fields().map(<[u8]>::to_vec).collect();
            let has_options = values
                .iter()
                .any(|value| value.starts_with(b"-") && value.len() > 1);
            if has_options && !matches!(parameters, b"" | b"-") || !expanded.holes.is_empty() {
                let why = format!("%{{{name}}} is called with options, or with what is not known");
                all.push(unresolved(raw, &why, context.line));
                continue;
            }
            let arguments = Arguments {
                name: name.to_vec(),
                values,
            };
            let inside = Context {
                arguments: Some(&arguments),
                ..context
            };
            for partial in self.expand(body, inside) {
                if let Some(picks) = join(&expanded.picks, &partial.picks) {
                    all.push(Partial { picks, ..partial });
                }
            }
        }
        all
    }

    /// Takes the caller's or the spec's own definition of a macro into the table.
    pub(super) fn define(&mut self, name: &BStr, options: Vec<Choice>, is_weak: bool) {
        if is_weak {
            for option in options {
                self.table.add(name, option);
            }
        } else {
            self.table.set(name, options);
        }
    }

    /// Sets a macro to what a tag says, as rpm does for `%{version}`.
    pub(super) fn define_value(&mut self, name: &BStr, raw: &[u8], line: usize) {
        let options = self
            .expand_line(raw, line, false)
            .into_iter()
            .map(choice)
            .collect();
        self.table.set(name, options);
    }
}

/// A definition with the text of an expansion.
pub(super) fn choice(partial: Partial) -> Choice {
    Choice {
        body: Body::Text {
            text: partial.text.into(),
            parameters: None,
        },
        picks: partial.picks,
    }
}

/// One level further down, if there is one.
pub(super) fn deeper(context: Context<'_>) -> Option<Context<'_>> {
    (context.depth < DEEPEST).then_some(Context {
        depth: context.depth + 1,
        ..context
    })
}

pub(super) fn literal(text: &[u8]) -> Partial {
    Partial {
        text: text.to_vec(),
        ..Partial::default()
    }
}

pub(super) fn unresolved(raw: &[u8], why: &str, line: usize) -> Partial {
    Partial {
        text: raw.to_vec(),
        picks: Vec::new(),
        holes: vec![Unresolved {
            why: why.into(),
            line,
        }],
    }
}

pub(super) fn undefined(name: &BStr, raw: &[u8], line: usize) -> Partial {
    unresolved(raw, &format!("the spec does not define %{{{name}}}"), line)
}

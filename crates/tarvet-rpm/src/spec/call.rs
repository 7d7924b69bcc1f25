//! What a single `%…` stands for: conditionals, arguments, definitions, the built-in macros that are plain text.

use bstr::{BStr, BString, ByteSlice};

use super::engine::{self, Context, Engine, Partial, deeper, literal, undefined, unresolved};
use super::fault::{FaultKind, excerpt};
use super::scan;
use super::table::{Body, Choice, Pick};
use super::words::{argument_length, argument_value, definition_length, is_built_in, trim_body};

/// Whether a macro is defined, and under which choices.
struct Defined {
    is_defined: bool,
    picks: Vec<Pick>,
    /// Whether only the build system can tell.
    is_outside: bool,
}

impl Engine {
    /// `%name`, `%?name`, `%1`.
    pub(super) fn bare(&mut self, text: &[u8], at: usize, context: Context<'_>) -> (Vec<Partial>, usize) {
        let rest = text.get(at + 1..).unwrap_or_default();
        let flags = rest.iter().take_while(|byte| matches!(byte, b'!' | b'?')).count();
        let start = at + 1 + flags;
        if let Some(length) = context
            .arguments
            .and_then(|_| argument_length(text.get(start..).unwrap_or_default()))
        {
            let end = start + length;
            let inner = text.get(at + 1..end).unwrap_or_default();
            return (
                self.braced(inner, text.get(at..end).unwrap_or_default(), context),
                end,
            );
        }
        let end = scan::name_end(text, start);
        let name = text.get(start..end).unwrap_or_default();
        if name.first().is_none_or(u8::is_ascii_digit) {
            return (vec![literal(b"%")], at + 1);
        }
        let raw = text.get(at..end).unwrap_or_default();
        let is_plain = flags == 0;
        let rest = text.get(end..).unwrap_or_default();
        let line_end = end + rest.find_byte(b'\n').unwrap_or(rest.len());
        let to_line_end = text.get(end..line_end).unwrap_or_default();
        match name {
            b"define" | b"global" if is_plain => {
                let length = definition_length(rest);
                let body = rest.get(..length).unwrap_or_default();
                self.definition(body, name == b"global", context);
                return (vec![literal(b"")], end + length);
            }
            b"undefine" if is_plain => {
                self.undefine(to_line_end.trim(), context);
                return (vec![literal(b"")], line_end);
            }
            b"dnl" if is_plain => return (vec![literal(b"")], line_end),
            b"bcond_with" | b"bcond_without" | b"bcond" if is_plain => {
                self.build_condition(name, to_line_end, context);
                return (vec![literal(b"")], line_end);
            }
            b"include" | b"load" if is_plain => {
                self.refuse_include(text.get(at..line_end).unwrap_or_default(), context.line);
                let raw = text.get(at..line_end).unwrap_or_default();
                return (
                    vec![unresolved(raw, "another file would be read", context.line)],
                    line_end,
                );
            }
            b"with" | b"without" | b"defined" | b"undefined" if is_plain => {
                let argument = to_line_end.trim_start();
                let length = scan::name_end(argument, 0);
                let skipped = to_line_end.len() - argument.len();
                let argument = argument.get(..length).unwrap_or_default().to_vec();
                return (self.question(name, &argument, context), end + skipped + length);
            }
            _ => {}
        }
        if is_plain && self.is_parametric(name.as_bstr()) {
            let raw = text.get(at..line_end).unwrap_or_default();
            let found = self.call(name.as_bstr(), Some(to_line_end), raw, context);
            return (found.unwrap_or_default(), line_end);
        }
        let inner = text.get(at + 1..end).unwrap_or_default();
        (self.braced(inner, raw, context), end)
    }

    /// What stands between the braces of `%{…}`.
    pub(super) fn braced(&mut self, inner: &[u8], raw: &[u8], context: Context<'_>) -> Vec<Partial> {
        let flags = inner
            .iter()
            .take_while(|byte| matches!(byte, b'!' | b'?'))
            .count();
        let (flags, rest) = inner.split_at(flags);
        let is_conditional = flags.contains(&b'?');
        let is_negated = flags.iter().filter(|byte| **byte == b'!').count() % 2 == 1;
        if let (Some(arguments), Some(length)) = (context.arguments, argument_length(rest)) {
            let (which, body) = rest.split_at(length);
            let value = argument_value(arguments, which);
            let body = body.strip_prefix(b":");
            // `%{-x:…}` and `%{!-x:…}` ask without a question mark.
            let asks = is_conditional || which.starts_with(b"-") && (body.is_some() || is_negated);
            return match (asks, body) {
                (false, _) => vec![literal(&value.unwrap_or_default())],
                (true, None) if is_negated => vec![literal(b"")],
                (true, None) => vec![literal(&value.unwrap_or_default())],
                (true, Some(body)) if value.is_some() != is_negated => match deeper(context) {
                    Some(inside) => self.expand(body, inside),
                    None => self.too_deep(raw, context.line),
                },
                (true, Some(_)) => vec![literal(b"")],
            };
        }
        let end = scan::name_end(rest, 0);
        let (name, after) = rest.split_at(end);
        let name = name.as_bstr();
        if name.first().is_none_or(u8::is_ascii_digit) {
            return vec![unresolved(raw, "this is not the name of a macro", context.line)];
        }
        match (after.first(), is_conditional) {
            (None | Some(b':'), true) => {
                let body = after.strip_prefix(b":");
                self.conditional(name, is_negated, body, raw, context)
            }
            (None, false) => self.plain(name, None, raw, context),
            (Some(b':' | b' ' | b'\t' | b'\n'), _) => {
                let arguments = after.get(1..).unwrap_or_default();
                self.plain(name, Some(arguments), raw, context)
            }
            _ => vec![unresolved(
                raw,
                "this is not a macro that rpm knows",
                context.line,
            )],
        }
    }

    /// `%{?name}`, `%{?name:body}`, `%{!?name:body}`.
    fn conditional(
        &mut self,
        name: &BStr,
        is_negated: bool,
        body: Option<&[u8]>,
        raw: &[u8],
        context: Context<'_>,
    ) -> Vec<Partial> {
        let Some(inside) = deeper(context) else {
            return self.too_deep(raw, context.line);
        };
        let states = self.defined(name);
        let is_weak = context.is_weak || states.len() > 1;
        let inside = Context { is_weak, ..inside };
        let mut all: Vec<Partial> = Vec::new();
        for state in states {
            // Of a macro that only the build system could define, there is nothing to say but that.
            if body.is_none() && state.is_outside && state.is_defined {
                continue;
            }
            let found = match body {
                _ if state.is_defined == is_negated => vec![literal(b"")],
                Some(body) => self.expand(body, inside),
                None if is_negated => vec![literal(b"")],
                None => self.plain(name, None, raw, inside),
            };
            for partial in found {
                if let Some(picks) = super::table::join(&state.picks, &partial.picks) {
                    all.push(Partial { picks, ..partial });
                }
            }
        }
        // A macro has its options listed once per option by `defined`; equal results are one.
        let mut unique: Vec<Partial> = Vec::new();
        for partial in all {
            let is_known = |known: &Partial| {
                known.text == partial.text && known.picks == partial.picks && known.holes == partial.holes
            };
            if !unique.iter().any(is_known) {
                unique.push(partial);
            }
        }
        unique
    }

    /// Whether a macro is defined, in each way that is possible.
    fn defined(&mut self, name: &BStr) -> Vec<Defined> {
        let outside = |engine: &mut Self, mut picks: Vec<Pick>| {
            let key = engine.table.outside(name);
            picks.push(Pick { key, choice: 0 });
            let mut far = picks.clone();
            if let Some(last) = far.last_mut() {
                last.choice = 1;
            }
            [(false, picks), (true, far)].map(|(is_defined, picks)| Defined {
                is_defined,
                picks,
                is_outside: true,
            })
        };
        if is_built_in(name) || file_number(name).is_some() {
            return vec![Defined {
                is_defined: true,
                picks: Vec::new(),
                is_outside: false,
            }];
        }
        let Some(state) = self.table.get(name).cloned() else {
            return outside(self, Vec::new()).into();
        };
        let mut all = Vec::new();
        for (index, option) in state.options.iter().enumerate() {
            let mut picks = option.picks.clone();
            if state.options.len() > 1 {
                picks.push(Pick {
                    key: state.key,
                    choice: u16::try_from(index).unwrap_or(u16::MAX),
                });
            }
            match option.body {
                Body::Outside => all.extend(outside(self, picks)),
                _ => all.push(Defined {
                    is_defined: option.body != Body::Nothing,
                    picks,
                    is_outside: false,
                }),
            }
        }
        all
    }

    /// `%{name}`, `%{name arguments}`, `%{name:arguments}`.
    fn plain(
        &mut self,
        name: &BStr,
        arguments: Option<&[u8]>,
        raw: &[u8],
        context: Context<'_>,
    ) -> Vec<Partial> {
        if let Some(found) = self.call(name, arguments, raw, context) {
            return found;
        }
        let given = arguments.unwrap_or_default();
        let bytes: &[u8] = name.as_bytes();
        match bytes {
            b"dnl" => vec![literal(b"")],
            b"nil" | b"echo" | b"warn" | b"error" => {
                self.definitions_in(given, raw, context);
                vec![literal(b"")]
            }
            b"S" | b"P" => self.file(bytes, given, raw, context),
            b"with" | b"without" | b"defined" | b"undefined" => {
                let mut all = Vec::new();
                for partial in self.inside(given, raw, context) {
                    for answer in self.question(bytes, partial.text.trim(), context) {
                        if let Some(picks) = super::table::join(&partial.picks, &answer.picks) {
                            all.push(Partial { picks, ..answer });
                        }
                    }
                }
                all
            }
            b"basename" | b"quote" => {
                let mut all = self.inside(given, raw, context);
                for partial in &mut all {
                    let name = partial.text.rsplit_str("/").next().unwrap_or_default();
                    if bytes == b"basename" {
                        partial.text = name.to_vec();
                    }
                }
                all
            }
            b"global" | b"define" => {
                self.definition(given, bytes == b"global", context);
                vec![literal(b"")]
            }
            b"undefine" => {
                self.undefine(given.trim(), context);
                vec![literal(b"")]
            }
            b"include" | b"load" => {
                self.refuse_include(raw, context.line);
                vec![unresolved(raw, "another file would be read", context.line)]
            }
            b"lua" => {
                self.runs(raw, context.line);
                vec![unresolved(raw, "%{lua:…} runs a program", context.line)]
            }
            b"expand" | b"shrink" | b"uncompress" => {
                if bytes == b"expand" {
                    self.runs(raw, context.line);
                }
                self.definitions_in(given, raw, context);
                let why = format!("%{{{name}:…}} is not evaluated");
                vec![unresolved(raw, &why, context.line)]
            }
            _ if file_number(name).is_some() => {
                let (kind, number) = file_number(name).unwrap_or((b"SOURCE", 0));
                vec![file(kind, &number.to_string(), context.line)]
            }
            _ => {
                self.definitions_in(given, raw, context);
                vec![undefined(name, raw, context.line)]
            }
        }
    }

    /// Reads the arguments of a macro whose result is not known for what they define.
    fn definitions_in(&mut self, given: &[u8], raw: &[u8], context: Context<'_>) {
        if given.contains(&b'%') {
            let is_weak = true;
            self.inside(given, raw, Context { is_weak, ..context });
        }
    }

    fn inside(&mut self, text: &[u8], raw: &[u8], context: Context<'_>) -> Vec<Partial> {
        match deeper(context) {
            Some(inside) => self.expand(text, inside),
            None => self.too_deep(raw, context.line),
        }
    }

    /// `%{S:1}` and `%{P:1}`, left in the text as `%{SOURCE1}` and `%{PATCH1}`.
    fn file(&mut self, name: &[u8], given: &[u8], raw: &[u8], context: Context<'_>) -> Vec<Partial> {
        let kind: &[u8] = if name == b"S" { b"SOURCE" } else { b"PATCH" };
        let mut all = self.inside(given, raw, context);
        for partial in &mut all {
            let digits = partial.text.trim();
            let digits = if digits.is_empty() { b"0" } else { digits };
            let digits = String::from_utf8_lossy(digits).into_owned();
            let symbol = file(kind, &digits, context.line);
            partial.text = symbol.text;
            partial.holes.extend(symbol.holes);
        }
        all
    }

    /// `%{with x}`, `%{defined x}` and their contraries.
    fn question(&mut self, name: &[u8], argument: &[u8], context: Context<'_>) -> Vec<Partial> {
        let (name, is_negated) = match name {
            b"with" => ([b"with_", argument].concat(), false),
            b"without" => ([b"with_", argument].concat(), true),
            b"defined" => (argument.to_vec(), false),
            _ => (argument.to_vec(), true),
        };
        let mut all = Vec::new();
        for state in self.defined(name.as_bstr()) {
            if state.is_outside && state.is_defined {
                continue;
            }
            let answer: &[u8] = if state.is_defined == is_negated {
                b"0"
            } else {
                b"1"
            };
            all.push(Partial {
                picks: state.picks,
                ..literal(answer)
            });
        }
        if all.is_empty() {
            all.push(unresolved(
                argument,
                "only the build system can tell",
                context.line,
            ));
        }
        all
    }

    /// `%define` and `%global`, after the word.
    fn definition(&mut self, text: &[u8], is_global: bool, context: Context<'_>) {
        let text = text.trim_start();
        let end = scan::name_end(text, 0);
        let (name, rest) = text.split_at(end);
        if name.first().is_none_or(u8::is_ascii_digit) {
            return;
        }
        if context.is_comment {
            self.faults.push(
                FaultKind::DefinitionInComment,
                context.line,
                format!(
                    "a comment defines %{{{}}}: rpm expands macros in comments too",
                    name.as_bstr()
                ),
                "write %% for each % of the comment, or remove it",
            );
        }
        let (parameters, rest) = match rest.first() {
            Some(b'(') => match rest.find_byte(b')') {
                Some(close) => (rest.get(1..close), rest.get(close + 1..).unwrap_or_default()),
                None => (None, rest),
            },
            _ => (None, rest),
        };
        let body = trim_body(rest);
        self.quoted(name.as_bstr(), &body, is_global, context);
        let choices = self.bodies(name.as_bstr(), &body, parameters, is_global, context);
        self.define(name.as_bstr(), choices.0, context.is_weak);
        // What the caller says about a macro that cannot be expanded stands.
        if choices.1 && self.callers.contains(name.as_bstr()) {
            let name = [b"%caller%", name].concat();
            if let Some(state) = self.table.get(name.as_bstr()).cloned() {
                let own = text.get(..end).unwrap_or_default();
                self.table.set(own.as_bstr(), state.options.to_vec());
            }
        }
    }

    /// The options that a definition gives, and whether one of them is unresolved for good.
    fn bodies(
        &mut self,
        name: &BStr,
        body: &[u8],
        parameters: Option<&[u8]>,
        is_global: bool,
        context: Context<'_>,
    ) -> (Vec<Choice>, bool) {
        let parameters: Option<std::sync::Arc<[u8]>> = parameters.map(Into::into);
        let inside = Context {
            is_comment: false,
            ..context
        };
        let expanded = if is_global || !self.callers.is_empty() {
            self.inside(body, body, inside)
        } else {
            Vec::new()
        };
        let is_unresolved = expanded.iter().any(|partial| !partial.holes.is_empty());
        let as_body = |text: &[u8]| Body::Text {
            text: text.into(),
            parameters: parameters.clone(),
        };
        let choices = if is_global {
            // `%global x %{x}|more` adds to what the build system has, which is not known.
            let itself = format!("%{{{name}}}");
            let is_own = |hole: &super::value::Unresolved| hole.why.contains(&itself);
            let choice = |partial: &Partial| Choice {
                body: match partial.holes.iter().any(is_own) {
                    true => Body::Opaque("it adds to a definition of the build system".into()),
                    false => as_body(&partial.text),
                },
                picks: partial.picks.clone(),
            };
            expanded.iter().map(choice).collect()
        } else {
            vec![Choice {
                body: as_body(body),
                picks: self.place.picks(),
            }]
        };
        (choices, is_unresolved)
    }

    fn undefine(&mut self, name: &[u8], context: Context<'_>) {
        let name = name.fields().next().unwrap_or_default();
        if name.is_empty() {
            return;
        }
        let nothing = Choice {
            body: Body::Nothing,
            picks: self.place.picks(),
        };
        self.define(name.as_bstr(), vec![nothing], context.is_weak);
    }

    /// `%bcond_with x`: `%{with x}` is what whoever builds says, and 0 else.
    fn build_condition(&mut self, kind: &[u8], rest: &[u8], context: Context<'_>) {
        let rest = self.expand_line(rest, context.line, false);
        let text = rest
            .first()
            .map(|partial| partial.text.clone())
            .unwrap_or_default();
        let mut words = text.fields();
        let name = words.next().unwrap_or_default();
        let default = match kind {
            b"bcond_with" => Some(false),
            b"bcond_without" => Some(true),
            _ => match words.next() {
                Some(b"0") => Some(false),
                Some(b"1") => Some(true),
                _ => None,
            },
        };
        let asked = |prefix: &[u8]| -> BString { [prefix, name].concat().into() };
        let decided = if self.callers.contains(&asked(b"_with_")) {
            Some(true)
        } else if self.callers.contains(&asked(b"_without_")) {
            Some(false)
        } else {
            None
        };
        let choice = |is_on: bool| Choice {
            body: if is_on {
                Body::Text {
                    text: b"1"[..].into(),
                    parameters: None,
                }
            } else {
                Body::Nothing
            },
            picks: Vec::new(),
        };
        let first = default.unwrap_or(true);
        let options = match decided {
            Some(is_on) => vec![choice(is_on)],
            // The default first.
            None => vec![choice(first), choice(!first)],
        };
        self.define(asked(b"with_").as_ref(), options, context.is_weak);
    }

    fn refuse_include(&mut self, raw: &[u8], line: usize) {
        self.faults.push(
            FaultKind::IncludeRefused,
            line,
            format!("another file would become part of the spec: {}", excerpt(raw)),
            "write what the file holds into the spec",
        );
    }
}

/// `%{SOURCE1}` as a symbol: a path that only the build knows.
fn file(kind: &[u8], digits: &str, line: usize) -> Partial {
    let symbol = format!("%{{{}{digits}}}", kind.as_bstr());
    engine::unresolved(
        symbol.as_bytes(),
        &format!("{symbol} is a path of the build"),
        line,
    )
}

/// `SOURCE1`, `PATCH0`: which kind and number.
pub(super) fn file_number(name: &BStr) -> Option<(&'static [u8], u32)> {
    [&b"SOURCE"[..], b"PATCH"].into_iter().find_map(|kind| {
        let digits = name.strip_prefix(kind)?;
        if digits.is_empty() || digits.len() > 9 || !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        Some((kind, std::str::from_utf8(digits).ok()?.parse().ok()?))
    })
}

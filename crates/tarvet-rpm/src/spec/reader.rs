//! Goes through the lines of a spec: conditions, sections, tags.

use std::sync::Arc;

use bstr::{BString, ByteSlice};

use super::condition;
use super::engine::{Engine, Partial};
use super::fault::{FaultKind, excerpt};
use super::place::{Condition, Place, Reach};
use super::section::{Line, Section, SectionKind, opened};
use super::table::{Body, Choice, Pick};
use super::{LARGEST, Options, Spec, forge, lines, names, tags};

/// Deepest nesting of `%if`.
const DEEPEST: usize = 64;
/// Sections that one line may belong to, where branches open different ones.
const MOST_SECTIONS: usize = 4;

/// The next number of a `Source:` or `Patch:` without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counter {
    pub(super) next: u32,
    pub(super) is_certain: bool,
}

impl Counter {
    const START: Self = Self {
        next: 0,
        is_certain: true,
    };

    fn unite(self, other: Self) -> Self {
        Self {
            next: self.next.max(other.next),
            is_certain: self.is_certain && other.is_certain && self.next == other.next,
        }
    }
}

/// What differs from branch to branch beside the macros.
#[derive(Debug, Clone)]
pub(super) struct Flow {
    /// The sections that a line belongs to, by index.
    pub(super) sections: Vec<usize>,
    pub(super) sources: Counter,
    pub(super) patches: Counter,
}

impl Flow {
    fn unite(mut self, other: &Self) -> Self {
        for section in &other.sections {
            if !self.sections.contains(section) && self.sections.len() < MOST_SECTIONS {
                self.sections.push(*section);
            }
        }
        self.sources = self.sources.unite(other.sources);
        self.patches = self.patches.unite(other.patches);
        self
    }
}

/// An open `%if`.
#[derive(Debug)]
struct Open {
    line: usize,
    key: u32,
    branch: u16,
    outer: Arc<Place>,
    start: Flow,
    end: Option<Flow>,
    /// Whether the open branch is taken: for certain, never, or not known.
    taken: Option<bool>,
    /// Whether an earlier branch is taken for certain.
    is_decided: bool,
    /// Whether every earlier branch is certainly not taken.
    is_first: bool,
    has_else: bool,
}

pub(super) struct Reader {
    pub(super) engine: Engine,
    pub(super) spec: Spec,
    pub(super) flow: Flow,
    open: Vec<Open>,
    too_deep: usize,
}

/// See [`super::read`].
pub(super) fn read(text: &[u8], options: &Options) -> Spec {
    let mut reader = Reader {
        engine: Engine::new(),
        spec: Spec::default(),
        flow: Flow {
            sections: vec![0],
            sources: Counter::START,
            patches: Counter::START,
        },
        open: Vec::new(),
        too_deep: 0,
    };
    if text.len() > LARGEST {
        reader.engine.faults.push(
            FaultKind::TooLarge,
            0,
            format!(
                "the spec has {} bytes, more than the limit of {LARGEST}; it was not read",
                text.len()
            ),
            "split the spec",
        );
        reader.spec.faults = reader.engine.faults.list;
        return reader.spec;
    }
    reader.caller_defines(options);
    reader.section(SectionKind::Preamble, 1, false);
    let lines = lines::logical(text, &mut reader.engine.faults);
    for line in &lines {
        reader.line(line.text, line.number);
    }
    reader.finish(lines.last().map_or(1, |line| line.number))
}

impl Reader {
    fn caller_defines(&mut self, options: &Options) {
        for (name, value) in &options.defines {
            let option = Choice {
                body: Body::Text {
                    text: value.as_slice().into(),
                    parameters: None,
                },
                picks: Vec::new(),
            };
            // No macro of a spec can have this name; it keeps the answer when the spec defines its own.
            let kept: BString = [b"%caller%", name.as_slice()].concat().into();
            self.engine.table.set(kept.as_ref(), vec![option.clone()]);
            self.engine.table.set(name.as_ref(), vec![option]);
            self.engine.callers.insert(name.clone());
        }
    }

    fn finish(mut self, last: usize) -> Spec {
        if let Some(open) = self.open.last() {
            self.engine.faults.push(
                FaultKind::ConditionUnbalanced,
                open.line,
                "an %if has no %endif; rpm refuses such a spec",
                "add the %endif",
            );
        }
        while !self.open.is_empty() {
            self.close(last);
        }
        let spec = &mut self.spec;
        let url = spec.url.first().map(|tag| &tag.value);
        names::check("Source", &spec.sources, url, &mut self.engine.faults);
        names::check("Patch", &spec.patches, None, &mut self.engine.faults);
        spec.redefines = REDEFINED
            .iter()
            .filter(|name| self.engine.table.get(name.as_bytes().as_bstr()).is_some())
            .map(|name| BString::from(*name))
            .collect();
        self.spec.faults = self.engine.faults.list;
        self.spec.index();
        self.spec
    }

    pub(super) fn section(&mut self, kind: SectionKind, line: usize, is_uncertain: bool) {
        let index = self.spec.sections.len();
        self.spec.sections.push(Section {
            kind,
            line,
            lines: Vec::new(),
        });
        if !is_uncertain {
            self.flow.sections.clear();
        }
        if self.flow.sections.len() < MOST_SECTIONS {
            self.flow.sections.push(index);
        }
    }

    /// Whether a line belongs to a section of this kind.
    pub(super) fn is_in(&self, kind: SectionKind) -> bool {
        let of = |index: &usize| {
            self.spec
                .sections
                .get(*index)
                .is_some_and(|section| section.kind == kind)
        };
        self.flow.sections.iter().any(of)
    }

    /// The place of what is there only in some readings.
    pub(super) fn uncertain_place(&self, text: &[u8], line: usize) -> Arc<Place> {
        let outer = Arc::clone(&self.engine.place);
        Arc::new(Place {
            condition: Some(Condition {
                text: cut(text),
                line,
                branch: 0,
            }),
            reach: outer.reach.max(Reach::Conditional),
            parent: Some(outer),
            pick: None,
        })
    }

    fn line(&mut self, text: &[u8], number: usize) {
        let start = text.trim_start();
        if start.starts_with(b"%") && self.directive(start, number) {
            return;
        }
        let is_comment = start.starts_with(b"#");
        if !is_comment && !text.contains(&b'\n') && tags::line(self, text, number) {
            return;
        }
        if let Some(arguments) = forge::is_call(start)
            && !is_comment
        {
            let made = forge::meta(&mut self.engine, &arguments, number);
            self.spec.forges.extend(made);
            return;
        }
        let readings = if text.contains(&b'%') {
            self.engine.expand_line(text, number, is_comment)
        } else {
            vec![Partial {
                text: text.to_vec(),
                ..Partial::default()
            }]
        };
        let is_uncertain = readings.len() > 1;
        let mut seen: Vec<&[u8]> = Vec::new();
        for reading in &readings {
            if seen.contains(&reading.text.as_slice()) {
                continue;
            }
            seen.push(&reading.text);
            for (index, line) in reading.text.split(|&byte| byte == b'\n').enumerate() {
                let is_from_comment = is_comment && index > 0;
                self.expanded(line, reading, number + index, is_uncertain, is_from_comment);
            }
        }
    }

    /// One line after its macros were expanded.
    fn expanded(
        &mut self,
        line: &[u8],
        from: &Partial,
        number: usize,
        is_uncertain: bool,
        is_from_comment: bool,
    ) {
        let line = line.trim_end();
        if let Some(kind) = opened(line) {
            self.section(kind, number, is_uncertain);
            return;
        }
        if line.is_empty() {
            return;
        }
        let is_preamble = self.is_in(SectionKind::Preamble) || self.is_in(SectionKind::Package);
        if is_preamble {
            if is_opaque(line) && !from.holes.is_empty() {
                self.engine.faults.push(
                    FaultKind::OpaqueLine,
                    number,
                    format!(
                        "what this line adds to the spec is known only by running it: {}",
                        excerpt(line)
                    ),
                    "write out the tags that it makes, or leave the code to definitions",
                );
            }
            tags::expanded(self, line, from, number, is_uncertain);
        }
        if let Some(word) = directive_word(line.trim_start())
            && !line.starts_with(b"#")
        {
            self.engine.faults.push(
                FaultKind::OpaqueLine,
                number,
                format!("a macro expands to %{word}, which is not followed"),
                "write the condition itself into the spec",
            );
        }
        tags::listed(self, line, from, number, is_uncertain);
        let is_uncertain = is_uncertain || self.flow.sections.len() > 1;
        for index in self.flow.sections.clone() {
            let Some(section) = self.spec.sections.get_mut(index) else {
                continue;
            };
            let is_read = matches!(
                section.kind,
                SectionKind::Prep
                    | SectionKind::GenerateBuildRequires
                    | SectionKind::Conf
                    | SectionKind::Build
                    | SectionKind::Install
                    | SectionKind::Check
            );
            if is_read {
                section.lines.push(Line {
                    number,
                    text: line.into(),
                    place: Arc::clone(&self.engine.place),
                    is_uncertain,
                    is_from_comment,
                });
            }
        }
    }

    /// Handles `%if` and its kin; false if the line is none.
    fn directive(&mut self, text: &[u8], number: usize) -> bool {
        let Some(word) = directive_word(text) else {
            return false;
        };
        let rest = text.get(word.len() + 1..).unwrap_or_default();
        match word {
            "endif" => {
                if self.too_deep > 0 {
                    self.too_deep -= 1;
                } else if self.open.is_empty() {
                    self.unbalanced(number, "%endif without an %if");
                } else {
                    self.close(number);
                }
            }
            "if" | "ifarch" | "ifnarch" | "ifos" | "ifnos" => {
                if self.open.len() >= DEEPEST {
                    self.unbalanced(number, "%if nested deeper than 64");
                    self.too_deep += 1;
                    return true;
                }
                let taken = self.decide(word, rest, number);
                self.engine.table.open();
                self.open.push(Open {
                    line: number,
                    key: self.engine.table.key(),
                    branch: 0,
                    outer: Arc::clone(&self.engine.place),
                    start: self.flow.clone(),
                    end: None,
                    taken: None,
                    is_decided: false,
                    is_first: true,
                    has_else: false,
                });
                self.enter(taken, text, number);
            }
            _ if self.too_deep > 0 => {}
            _ => {
                let Some(open) = self.open.last() else {
                    self.unbalanced(number, "a branch without an %if");
                    return true;
                };
                if open.has_else {
                    self.unbalanced(number, "a branch after %else");
                }
                self.leave();
                let taken = if word == "else" {
                    Some(true)
                } else {
                    self.decide(word, rest, number)
                };
                if let Some(open) = self.open.last_mut() {
                    open.has_else |= word == "else";
                    open.branch = open.branch.saturating_add(1);
                }
                self.enter(taken, text, number);
            }
        }
        true
    }

    fn unbalanced(&mut self, number: usize, what: &str) {
        self.engine.faults.push(
            FaultKind::ConditionUnbalanced,
            number,
            format!("{what}; rpm refuses such a spec, or reads another one"),
            "pair each %if with one %endif",
        );
    }

    /// Whether a condition holds, if its text alone decides it.
    fn decide(&mut self, word: &str, rest: &[u8], number: usize) -> Option<bool> {
        if !matches!(word, "if" | "elif") {
            return None;
        }
        let here = self.engine.place.picks();
        let readings = self.engine.expand_line(rest.trim(), number, false);
        match readings.as_slice() {
            [only] if only.holes.is_empty() && only.picks.iter().all(|pick| here.contains(pick)) => {
                condition::evaluate(&only.text).map(|outcome| outcome.holds())
            }
            _ => None,
        }
    }

    /// Enters a branch whose own condition is `taken`.
    fn enter(&mut self, taken: Option<bool>, text: &[u8], number: usize) {
        let Some(open) = self.open.last_mut() else { return };
        // Given what came before it.
        let taken = match taken {
            _ if open.is_decided => Some(false),
            Some(true) if !open.is_first => None,
            taken => taken,
        };
        open.taken = taken;
        let reach = match taken {
            Some(false) => Reach::Never,
            Some(true) => open.outer.reach,
            None => open.outer.reach.max(Reach::Conditional),
        };
        let pick = Pick {
            key: open.key,
            choice: open.branch,
        };
        self.engine.place = Arc::new(Place {
            condition: Some(Condition {
                text: cut(text),
                line: number,
                branch: open.branch,
            }),
            reach,
            pick: taken.is_none().then_some(pick),
            parent: Some(Arc::clone(&open.outer)),
        });
    }

    /// Ends the open branch.
    fn leave(&mut self) {
        let Some(open) = self.open.last_mut() else { return };
        let pick = Pick {
            key: open.key,
            choice: open.branch,
        };
        let counts = open.taken != Some(false);
        self.engine.table.end_branch(counts.then_some(pick));
        let end = std::mem::replace(&mut self.flow, open.start.clone());
        if counts {
            open.end = Some(match open.end.take() {
                Some(known) => known.unite(&end),
                None => end,
            });
        }
        open.is_decided |= open.taken == Some(true);
        open.is_first &= open.taken == Some(false);
        self.engine.place = Arc::clone(&open.outer);
    }

    fn close(&mut self, _number: usize) {
        self.leave();
        let Some(open) = self.open.pop() else { return };
        let is_exhaustive = open.has_else || open.is_decided;
        self.engine.table.close(is_exhaustive);
        self.flow = match open.end {
            Some(end) if is_exhaustive => end,
            Some(end) => open.start.unite(&end),
            None => open.start,
        };
    }
}

/// Macros whose redefinition changes what the lines of a build mean.
const REDEFINED: &[&str] = &[
    "_configure",
    "_configure_gnuconfig_hack",
    "_buildshell",
    "__spec_prep_pre",
    "__spec_build_pre",
    "__spec_conf_pre",
    "__spec_prep_cmd",
    "__spec_build_cmd",
    "___build_pre",
    "___build_cmd",
    "___build_shell",
    "___build_args",
    "__spec_prep_template",
    "__spec_build_template",
    "___build_template",
    "__tar",
    "__patch",
    "__scm",
    "__cp",
    "__rm",
    "__mkdir",
    "__chmod",
    "gpgverify",
    "gpg_verify",
    "setup",
    "autosetup",
    "autopatch",
    "_sourcedir",
    "_builddir",
    "buildsubdir",
    "__autoconf",
    "__automake",
    "__libtoolize",
    "__sh",
    "__make",
    "__meson",
    "__cmake",
    "_rpmconfigdir",
    "_libexecdir",
];

/// The word of a `%if` and the like.
fn directive_word(text: &[u8]) -> Option<&'static str> {
    let word = text.strip_prefix(b"%")?;
    let end = word
        .iter()
        .position(|byte| !byte.is_ascii_alphanumeric())
        .unwrap_or(word.len());
    let word = word.get(..end)?;
    let all = [
        "if", "ifarch", "ifnarch", "ifos", "ifnos", "elif", "elifarch", "elifos", "else", "endif",
    ];
    all.into_iter().find(|known| known.as_bytes() == word)
}

/// Whether a line is code that may make tags.
fn is_opaque(line: &[u8]) -> bool {
    let code: [&[u8]; 6] = [
        b"%(",
        b"%{lua:",
        b"%{expand:",
        b"%{load:",
        b"%{shrink:",
        b"%{uncompress:",
    ];
    let start = line.trim_start();
    start.starts_with(b"%") && code.iter().any(|code| start.contains_str(code))
}

/// A condition's text, shortened.
fn cut(text: &[u8]) -> BString {
    let text = text.trim();
    text.get(..200).unwrap_or(text).into()
}

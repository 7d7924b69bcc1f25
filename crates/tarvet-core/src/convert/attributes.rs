//! The `.gitattributes` files of the signed tree, and nothing else: gitattributes(5).
//!
//! Resolution is our own and only the reading of a line and of a pattern is gix's, because gix keeps every
//! attribute and asks every file about every path, while a tree here may be hostile in both numbers.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::atomic::{AtomicU64, Ordering};

use bstr::{BStr, BString, ByteSlice};
use gix_attributes::StateRef;
use gix_attributes::glob::pattern::Case;
use gix_attributes::glob::{Pattern, wildmatch};
use gix_attributes::parse::Kind;

/// git ignores longer lines, to bound its memory.
const MAX_LINE: usize = 2048;
/// git ignores files from this size on.
const MAX_FILE: usize = 100 << 20;
/// Rules kept over all files. The largest honest tree has some thousand; what exceeds it is dropped and said so.
const MAX_RULES: usize = 1 << 16;
/// Rules tried on paths over one run, some seconds' worth: both numbers may be large, but not their product.
const MAX_WORK: u64 = 100_000_000;

/// Attribute names told apart, for the cost of one path is linear in them.
const MAX_NAMES: usize = 4096;

/// Attributes that bear on an archive, by their index in `Resolved`.
const KNOWN: [&str; 8] = [
    "export-ignore",
    "export-subst",
    "ident",
    "text",
    "crlf",
    "eol",
    "working-tree-encoding",
    "filter",
];
/// The index of `text`.
const TEXT: usize = 3;

/// The `.gitattributes` of the signed tree.
#[derive(Debug, Default)]
pub struct Attributes {
    /// Rules by directory (without trailing slash, root is empty), in file order.
    directories: HashMap<BString, Vec<Rule>>,
    /// What each attribute sets besides itself: something for macros, nothing for others.
    macros: Vec<Vec<(usize, State)>>,
    /// Where in `macros` an attribute is; `KNOWN` first, then those that macros name.
    names: HashMap<String, usize>,
    truncated: bool,
    /// Rules that were tried on paths so far.
    work: AtomicU64,
}

#[derive(Debug)]
struct Rule {
    pattern: Pattern,
    sets: Vec<(usize, State)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    Set,
    Unset,
    Unspecified,
    Value(BString),
}

/// What the `text` attribute (or `crlf`, its older name) says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Text {
    /// Nothing.
    #[default]
    Unspecified,
    /// Line endings are converted.
    Set,
    /// They are not: `-text`, as in the macro `binary`.
    Unset,
    /// They are if the contents look like text.
    Auto,
}

/// What the `eol` attribute says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Eol {
    /// `eol=crlf`
    Crlf,
    /// `eol=lf`, or the older `crlf=input`.
    Lf,
}

/// The attributes of one path that bear on an archive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PathAttributes {
    /// The path, and everything below it, is left out of archives.
    pub export_ignore: bool,
    /// `$Format:…$` is expanded.
    pub export_subst: bool,
    /// `$Id$` is expanded.
    pub ident: bool,
    /// Whether line endings are converted.
    pub text: Text,
    /// To which.
    pub eol: Option<Eol>,
    /// The encoding contents have outside the repository.
    pub working_tree_encoding: Option<BString>,
    /// The name of a filter, which is never run.
    pub filter: Option<BString>,
}

impl PathAttributes {
    /// Whether a member may differ from the blob because of these.
    pub fn converts(&self) -> bool {
        self.export_subst
            || self.ident
            || matches!(self.text, Text::Set | Text::Auto)
            || self.working_tree_encoding.is_some()
            || self.filter.is_some()
    }

    /// Whether the blob's own bytes are needed to tell. Line endings alone can be turned back: see
    /// [`super::restore`].
    pub fn needs_blob(&self) -> bool {
        self.export_subst || self.ident || self.working_tree_encoding.is_some() || self.filter.is_some()
    }

    /// Whether the blob may be a Git LFS pointer that stands for the contents.
    pub fn is_lfs(&self) -> bool {
        self.filter.as_ref().is_some_and(|name| name == "lfs")
    }
}

impl Attributes {
    /// Reads pairs of path in the tree (`sub/.gitattributes`) and contents, in any order.
    ///
    /// As git: lines of 2048 bytes and more and files of 100 MiB and more are ignored, a file ends at its first
    /// NUL, macros are defined at the top level only, and `binary` is built in.
    pub fn new(files: &[(BString, Vec<u8>)]) -> Self {
        let mut this = Self::default();
        for (index, name) in KNOWN.iter().enumerate() {
            this.names.insert((*name).to_owned(), index);
        }
        this.macros.resize_with(KNOWN.len(), Vec::new);
        this.define("binary", vec![(TEXT, State::Unset)]);
        let files: Vec<_> = files
            .iter()
            .filter(|(_, contents)| contents.len() < MAX_FILE)
            .collect();
        // Macros first: a rule may use one that is defined below it, and any directory may use it.
        for (_, contents) in files
            .iter()
            .filter(|(path, _)| directory(path.as_bstr()).is_empty())
        {
            this.read_macros(contents);
        }
        let mut budget = MAX_RULES;
        for (path, contents) in files {
            let rules = this.read_rules(contents, &mut budget);
            match this.directories.entry(directory(path.as_bstr()).into()) {
                Entry::Vacant(place) if !rules.is_empty() => drop(place.insert(rules)),
                // A tree cannot hold two files of one name; whoever says so gets the first.
                _ => {}
            }
        }
        this.truncated |= budget == 0;
        this
    }

    /// Whether there were more rules than are kept. Findings built on these attributes are then worthless.
    pub fn truncated(&self) -> bool {
        self.truncated || self.work.load(Ordering::Relaxed) > MAX_WORK
    }

    /// The attributes of a path. `is_dir` is true for directories and for submodules, as in `git archive`.
    pub fn of(&self, path: &BStr, is_dir: bool) -> PathAttributes {
        // No honest tree has such a path, and patterns are not made for it.
        if self.directories.is_empty() || path.starts_with(b"/") || path.contains_str("//") {
            return PathAttributes::default();
        }
        let mut resolved = Resolved {
            states: vec![None; self.macros.len()],
            all: self,
        };
        let path = path.strip_suffix(b"/").unwrap_or(path).as_bstr();
        let mut end = Some(directory(path).len());
        while let Some(at) = end {
            let dir = path[..at].as_bstr();
            if let Some(rules) = self.directories.get(dir) {
                let done = self.work.fetch_add(rules.len() as u64, Ordering::Relaxed);
                if done > MAX_WORK {
                    return PathAttributes::default();
                }
                let below = path[at..].strip_prefix(b"/").unwrap_or(&path[at..]).as_bstr();
                resolved.apply(rules, below, is_dir);
            }
            end = (at > 0).then(|| directory(dir).len());
        }
        resolved.finish()
    }

    fn read_macros(&mut self, contents: &[u8]) {
        for line in lines(contents) {
            for (kind, assignments, _) in gix_attributes::parse(&guarded(line)).flatten() {
                let Kind::Macro(name) = kind else { continue };
                let Ok(sets) = assignments.collect::<Result<Vec<_>, _>>() else {
                    continue;
                };
                if self.macros.len() > MAX_NAMES {
                    self.truncated = true;
                    return;
                }
                let sets = sets
                    .into_iter()
                    .map(|set| (self.place(set.name.as_str()), state(set.state)))
                    .collect();
                self.define(name.as_str(), sets);
            }
        }
    }

    /// A later definition replaces an earlier one.
    fn define(&mut self, name: &str, sets: Vec<(usize, State)>) {
        let place = self.place(name);
        if let Some(slot) = self.macros.get_mut(place) {
            *slot = sets;
        }
    }

    fn place(&mut self, name: &str) -> usize {
        if let Some(&place) = self.names.get(name) {
            return place;
        }
        let place = self.macros.len();
        self.macros.push(Vec::new());
        self.names.insert(name.to_owned(), place);
        place
    }

    fn read_rules(&self, contents: &[u8], budget: &mut usize) -> Vec<Rule> {
        let mut rules = Vec::new();
        for line in lines(contents) {
            for (kind, assignments, _) in gix_attributes::parse(&guarded(line)).flatten() {
                let Kind::Pattern(pattern) = kind else { continue };
                // One name that is not valid spoils the line, as in git.
                let Ok(sets) = assignments.collect::<Result<Vec<_>, _>>() else {
                    continue;
                };
                let sets: Vec<_> = sets
                    .into_iter()
                    .filter_map(|set| Some((*self.names.get(set.name.as_str())?, state(set.state))))
                    .collect();
                if sets.is_empty() {
                    continue;
                }
                if *budget == 0 {
                    return rules;
                }
                *budget -= 1;
                rules.push(Rule { pattern, sets });
            }
        }
        rules
    }
}

/// The states of one path; the first to be set stays.
struct Resolved<'a> {
    states: Vec<Option<&'a State>>,
    all: &'a Attributes,
}

impl<'a> Resolved<'a> {
    fn apply(&mut self, rules: &'a [Rule], below: &BStr, is_dir: bool) {
        let basename = below.rfind_byte(b'/').map(|slash| slash + 1);
        for rule in rules.iter().rev() {
            let mode = wildmatch::Mode::NO_MATCH_SLASH_LITERAL;
            if rule
                .sets
                .iter()
                .any(|(place, _)| self.states.get(*place).is_some_and(Option::is_none))
                && rule.pattern.matches_repo_relative_path(
                    below,
                    basename,
                    Some(is_dir),
                    Case::Sensitive,
                    mode,
                )
            {
                self.fill(&rule.sets);
            }
        }
    }

    /// Last to first, a macro's own assignments right after the macro: git's order, with a stack of our own
    /// because a chain of macros is as long as its author likes.
    fn fill(&mut self, sets: &'a [(usize, State)]) {
        let mut stack = vec![sets];
        while let Some(sets) = stack.pop() {
            let Some(((place, state), rest)) = sets.split_last() else {
                continue;
            };
            stack.push(rest);
            let Some(slot) = self.states.get_mut(*place) else {
                continue;
            };
            if slot.is_some() {
                continue;
            }
            *slot = Some(state);
            if *state == State::Set
                && let Some(body) = self.all.macros.get(*place)
            {
                stack.push(body);
            }
        }
    }

    fn finish(&self) -> PathAttributes {
        let get = |index: usize| self.states.get(index).copied().flatten();
        let set = |index| get(index) == Some(&State::Set);
        let value = |index| match get(index) {
            Some(State::Value(value)) if !value.is_empty() => Some(value.clone()),
            _ => None,
        };
        let (mut text, mut eol) = text_of(get(TEXT));
        if text == Text::Unspecified {
            (text, eol) = text_of(get(4));
        }
        if text != Text::Unset {
            let named = match get(5) {
                Some(State::Value(value)) if value == "crlf" => Some(Eol::Crlf),
                Some(State::Value(value)) if value == "lf" => Some(Eol::Lf),
                _ => None,
            };
            eol = named.or(eol);
            // An eol makes a text of a path that says nothing else.
            if eol.is_some() && text == Text::Unspecified {
                text = Text::Set;
            }
        }
        PathAttributes {
            export_ignore: set(0),
            export_subst: set(1),
            ident: set(2),
            text,
            eol,
            working_tree_encoding: value(6),
            filter: value(7),
        }
    }
}

/// `input` is how `crlf` said "text with eol=lf".
fn text_of(state: Option<&State>) -> (Text, Option<Eol>) {
    match state {
        Some(State::Set) => (Text::Set, None),
        Some(State::Unset) => (Text::Unset, None),
        Some(State::Value(value)) if value == "auto" => (Text::Auto, None),
        Some(State::Value(value)) if value == "input" => (Text::Set, Some(Eol::Lf)),
        _ => (Text::Unspecified, None),
    }
}

fn state(state: StateRef<'_>) -> State {
    match state {
        StateRef::Set => State::Set,
        StateRef::Unset => State::Unset,
        StateRef::Unspecified => State::Unspecified,
        StateRef::Value(value) => State::Value(value.as_bstr().into()),
    }
}

fn lines(contents: &[u8]) -> impl Iterator<Item = &[u8]> {
    let end = contents.find_byte(0).unwrap_or(contents.len());
    contents[..end]
        .split(|byte| *byte == b'\n')
        .filter(|line| line.len() < MAX_LINE)
}

/// gix takes a byte order mark off the start, which git does not when it reads from a tree.
fn guarded(line: &[u8]) -> Vec<u8> {
    [b"\n", line].concat()
}

fn directory(path: &BStr) -> &BStr {
    path[..path.rfind_byte(b'/').unwrap_or(0)].as_bstr()
}

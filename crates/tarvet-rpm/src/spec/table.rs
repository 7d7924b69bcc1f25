//! The macros that the spec defines, each with all that it can be at this point.
//!
//! # Strategy
//!
//! The naive way to unite branches is to read the spec once for each combination of them, which doubles with every
//! `%if`. Instead each macro has a list of options, and an option carries the choices (a branch of an `%if`, another
//! macro's option) under which it holds. Where two options meet in one text their choices must agree, so that two macros
//! set in the same branch are never mixed with those of another. Leaving a branch takes its changes back by a log, and
//! `%endif` unites what the branches ended with; the cost is that of the changes, not of the table.

use std::collections::HashMap;
use std::sync::Arc;

use bstr::{BStr, BString, ByteSlice};

/// Options of one macro that are kept; beyond, it is unresolved.
pub(super) const MOST_OPTIONS: usize = 8;
/// Choices that an option remembers. Forgetting one only unites more.
const MOST_PICKS: usize = 12;

/// A choice: of a thing with several possibilities, one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pick {
    pub(super) key: u32,
    pub(super) choice: u16,
}

impl Pick {
    pub(super) fn conflicts(self, other: Self) -> bool {
        self.key == other.key && self.choice != other.choice
    }
}

/// Joins two lists of choices, or `None` if they contradict each other.
pub(super) fn join(one: &[Pick], two: &[Pick]) -> Option<Vec<Pick>> {
    let mut all = one.to_vec();
    for &pick in two {
        if all.iter().any(|known| known.conflicts(pick)) {
            return None;
        }
        if !all.contains(&pick) && all.len() < MOST_PICKS {
            all.push(pick);
        }
    }
    Some(all)
}

/// What a macro is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Body {
    /// Text, and the parameters' declaration if it has parameters.
    Text {
        text: Arc<[u8]>,
        parameters: Option<Arc<[u8]>>,
    },
    /// Not defined by the spec; perhaps by the build system.
    Outside,
    /// Undefined, or not defined, for certain.
    Nothing,
    /// Not known.
    Opaque(Arc<str>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) body: Body,
    pub(super) picks: Vec<Pick>,
}

/// What a macro can be, now.
#[derive(Debug, Clone)]
pub(super) struct State {
    /// Names this state, so that it is chosen once per text.
    pub(super) key: u32,
    pub(super) options: Arc<[Choice]>,
}

#[derive(Debug, Default)]
struct Frame {
    /// What was before, of each macro changed in the open branch.
    before: HashMap<BString, Option<State>>,
    /// What the closed branches ended with, and how many of them changed it.
    ends: HashMap<BString, (Vec<Choice>, usize)>,
    /// Closed branches that count.
    branches: usize,
}

/// The macros.
#[derive(Debug, Default)]
pub(super) struct Table {
    macros: HashMap<BString, State>,
    frames: Vec<Frame>,
    keys: u32,
    outside: HashMap<BString, u32>,
    names: HashMap<u32, BString>,
}

impl Table {
    pub(super) fn key(&mut self) -> u32 {
        self.keys = self.keys.saturating_add(1);
        self.keys
    }

    /// The choice of whether the build system defines `name`.
    pub(super) fn outside(&mut self, name: &BStr) -> u32 {
        if let Some(&key) = self.outside.get(name.as_bytes().as_bstr()) {
            return key;
        }
        let key = self.key();
        self.outside.insert(name.into(), key);
        self.names.insert(key, name.into());
        key
    }

    /// The macro whose outside definition a choice is about.
    pub(super) fn outside_name(&self, key: u32) -> Option<&BString> {
        self.names.get(&key)
    }

    pub(super) fn get(&self, name: &BStr) -> Option<&State> {
        self.macros.get(name)
    }

    /// Sets a macro to exactly these options.
    pub(super) fn set(&mut self, name: &BStr, mut options: Vec<Choice>) {
        options.dedup();
        if options.len() > MOST_OPTIONS {
            options = vec![Choice {
                body: Body::Opaque("it has too many different definitions".into()),
                picks: Vec::new(),
            }];
        }
        let state = State {
            key: self.key(),
            options: options.into(),
        };
        self.put(name, Some(state));
    }

    /// Adds an option to those that a macro has.
    pub(super) fn add(&mut self, name: &BStr, option: Choice) {
        let mut options = self.options(name);
        options.push(option);
        self.set(name, options);
    }

    fn options(&self, name: &BStr) -> Vec<Choice> {
        let outside = || {
            vec![Choice {
                body: Body::Outside,
                picks: Vec::new(),
            }]
        };
        self.macros
            .get(name)
            .map_or_else(outside, |state| state.options.to_vec())
    }

    fn put(&mut self, name: &BStr, state: Option<State>) {
        let before = match state {
            Some(state) => self.macros.insert(name.into(), state),
            None => self.macros.remove(name),
        };
        if let Some(frame) = self.frames.last_mut() {
            frame.before.entry(name.into()).or_insert(before);
        }
    }

    /// Opens an `%if`.
    pub(super) fn open(&mut self) {
        self.frames.push(Frame::default());
    }

    /// Ends a branch, taking back what it changed; `pick` names it, `None` if it is never taken.
    pub(super) fn end_branch(&mut self, pick: Option<Pick>) {
        let Some(frame) = self.frames.last_mut() else {
            return;
        };
        let before = std::mem::take(&mut frame.before);
        for (name, state) in before {
            let after = match state {
                Some(state) => self.macros.insert(name.clone(), state),
                None => self.macros.remove(&name),
            };
            let (Some(pick), Some(after)) = (pick, after) else {
                continue;
            };
            let (options, count) = frame.ends.entry(name).or_default();
            *count += 1;
            for option in after.options.iter().take(MOST_OPTIONS + 1) {
                if options.len() <= MOST_OPTIONS
                    && let Some(picks) = join(&[pick], &option.picks)
                {
                    options.push(Choice {
                        body: option.body.clone(),
                        picks,
                    });
                }
            }
        }
        frame.branches += usize::from(pick.is_some());
    }

    /// Closes the `%if`; `is_exhaustive` when one of its branches is taken for certain.
    pub(super) fn close(&mut self, is_exhaustive: bool) {
        let Some(frame) = self.frames.pop() else { return };
        for (name, (mut options, count)) in frame.ends {
            if !is_exhaustive || count < frame.branches {
                options.extend(self.options(name.as_ref()));
            }
            if let [only] = options.as_mut_slice()
                && is_exhaustive
            {
                only.picks.clear();
            }
            self.set(name.as_ref(), options);
        }
    }
}

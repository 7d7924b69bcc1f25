//! What a text of the spec can stand for: one reading, several where branches define a macro differently, or some that
//! only running the spec would tell.

use bstr::{BStr, BString};

/// Why a text could not be expanded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unresolved {
    /// What it depends on, in a phrase: "`%(…)` runs a shell".
    pub why: String,
    /// The line, from 1.
    pub line: usize,
}

/// What a reading takes for granted about macros that the spec does not define itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assumption {
    /// The macro.
    pub name: BString,
    /// Whether the build system is taken to define it.
    pub defined: bool,
}

/// One thing that a text can stand for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// The expanded text; what could not be expanded is left in it as it was written.
    pub text: BString,
    /// What it takes for granted.
    pub assumes: Vec<Assumption>,
    /// What could not be expanded; empty if the text is all there is.
    pub unresolved: Vec<Unresolved>,
}

impl Reading {
    /// Whether nothing was left unexpanded.
    #[must_use]
    pub fn is_resolved(&self) -> bool {
        self.unresolved.is_empty()
    }
}

/// A text of the spec and what it can stand for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Value {
    /// As it was written.
    pub raw: BString,
    /// The line, from 1.
    pub line: usize,
    /// What it can stand for; at least one.
    pub readings: Vec<Reading>,
}

impl Value {
    /// The text, if there is only one reading and it is resolved.
    #[must_use]
    pub fn plain(&self) -> Option<&BStr> {
        match self.readings.as_slice() {
            [only] if only.is_resolved() => Some(only.text.as_ref()),
            _ => None,
        }
    }

    /// All resolved texts.
    pub fn texts(&self) -> impl Iterator<Item = &BStr> {
        self.readings
            .iter()
            .filter(|reading| reading.is_resolved())
            .map(|reading| reading.text.as_ref())
    }

    /// Whether every reading is resolved.
    #[must_use]
    pub fn is_resolved(&self) -> bool {
        self.readings.iter().all(Reading::is_resolved)
    }

    /// Why not, if some reading is not.
    #[must_use]
    pub fn why(&self) -> Option<&Unresolved> {
        self.readings
            .iter()
            .find_map(|reading| reading.unresolved.first())
    }
}

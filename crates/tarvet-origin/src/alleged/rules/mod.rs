//! The tables of rules, a file per family.

mod autotools;
mod parsers;

use super::rule::Rule;

/// All rules, in the order in which they are tried.
pub(super) const ALL: &[&[Rule]] = &[autotools::RULES, parsers::RULES];

#[cfg(test)]
mod testing;

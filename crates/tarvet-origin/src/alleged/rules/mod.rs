//! The tables of rules, a file per family.

mod autotools;
mod binaries;
mod gnulib;
mod images;
mod languages;
mod man;
mod packages;
mod parsers;
mod projects;
mod records;
mod strace;
mod texinfo;
mod translations;
mod vendored;

pub(super) use self::binaries::COMPILED;
use super::rule::Rule;

/// All rules, in the order in which they are tried: whoever names the tool before whoever only knows the place.
pub(super) const ALL: &[&[Rule]] = &[
    binaries::RULES,
    autotools::RULES,
    gnulib::RULES,
    parsers::RULES,
    languages::RULES,
    images::RULES,
    man::RULES,
    texinfo::RULES,
    translations::RULES,
    records::RULES,
    projects::RULES,
    packages::RULES,
    strace::RULES,
    vendored::RULES,
];

#[cfg(test)]
pub(super) mod testing;

//! The table of published versions of standard build files.
//!
//! A release made by autotools carries hundreds of files that no upstream repository has: gnulib's macros, automake's
//! scripts, gettext's infrastructure. The [`Table`] holds a digest of every version that was ever published, by file
//! name, so that such a file is proven by its contents, and one that bears a standard name with other contents stands
//! out. Matching is by contents **and** name. What may differ is listed in [`Match`], and nothing else may.
//!
//! * [`Tables`] answers; it is the embedded table and those a distribution adds.
//! * [`Builder`] makes a table.
//! * [`serial`] and [`macros`](defined_macros) read what a macro file declares.

mod builder;
mod declared;
mod diff;
mod error;
mod format;
mod licence;
mod lookup;
mod macros;
mod names;
mod nearest;
mod normalise;
mod parse;
mod parts;
mod serial;
mod table;
mod tables;
mod weave;

pub use builder::{BuildError, Builder, Version};
pub use declared::declared_name;
pub use error::TableError;
pub use macros::defined_macros;
pub use names::{Class, is_generated};
pub use nearest::{Change, Nearest};
pub use serial::{Serial, serial};
pub use table::{Counts, Table};
pub use tables::Tables;

/// A file that is known: who published it, and how its contents were recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The project that published it: `gnulib`, `automake`, `gettext` …
    pub project: String,
    /// Versions or days that had these contents, as words: `1.16.5`, `0.19.8..0.21`, `2023-08-17..2024-01-01`.
    pub versions: String,
    /// For contents that no project published but that the releases of so many unrelated upstreams share, their
    /// number. `versions` says so too.
    pub corroborated: Option<u32>,
    /// How equal the contents are.
    pub how: Match,
}

/// How contents were found to be a known file's. No other difference is ever overlooked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Match {
    /// Byte for byte.
    Exact,
    /// A C file, equal but for the years and the terms of the GPL or LGPL in its leading comment, which gnulib-tool
    /// rewrites.
    LicenceNotice,
    /// A script, equal but for the spelling of `#!/bin/sh`.
    Shebang,
    /// A macro file or script, equal but for one added `SPDX-License-Identifier` comment in its header.
    SpdxLine,
}

/// A known content that a text starts with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its length in bytes.
    pub len: usize,
    /// The macro file it is, or nothing when it is only known from other upstreams' aclocal.m4.
    pub name: String,
    /// Where it comes from.
    pub known: Known,
}

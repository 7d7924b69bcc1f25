//! What git itself does to a blob on its way into an archive: attributes, `export-subst`, eol, ident, encoding.
//!
//! A member may differ from the blob of its path because `git archive` rewrote it, and only then is the difference
//! git's own doing. The conversions are therefore redone here, in git's order (gitattributes(5)), from nothing but
//! objects below the signed tag:
//!
//! ```text
//! blob -> ident -> eol -> working-tree-encoding -> export-subst -> member
//! ```
//!
//! Each is tried applied and left out (an archive made by other tools than git skips them), but never one that the
//! attributes of the signed tree do not declare. Filters are never run.
//!
//! [`compare`] is the entry; [`Attributes`] says what a path declares; [`CommitFacts`] is what `$Format:…$` can name.

mod attributes;
mod commit;
mod date;
mod format;
mod lfs;
mod masked;
mod steps;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use bstr::{BStr, BString, ByteSlice};
use gix::ObjectId;

pub use attributes::{Attributes, Eol, PathAttributes, Text};
pub use commit::{CommitFacts, Person};
pub use lfs::{LfsPointer, lfs_pointer};

/// How a member compares with what `git archive` would have written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Conversion {
    /// Byte for byte what the declared conversions give.
    Exact {
        /// The conversions that changed something, in git's order: `ident`, `eol`, `eol-of-producer` (CRLF on a
        /// path declared text without an eol, as a producer on Windows writes it), `working-tree-encoding`,
        /// `export-subst`, `lfs`. Empty when the member is the blob.
        how: Vec<&'static str>,
    },
    /// Byte for byte the same outside placeholders whose value only the producing repository knows.
    Masked {
        /// As for `Exact`.
        how: Vec<&'static str>,
        /// Those placeholders, in order, e.g. `%d`.
        placeholders: Vec<String>,
        /// What the member has in the place of each: one line of characters that cannot carry code.
        values: Vec<BString>,
    },
    /// No declared conversion leads from the blob to the member.
    Different {
        /// Why, as far as it can be said.
        reason: String,
    },
}

/// Does `member` equal `blob` after conversions its attributes declare?
///
/// `tag_name` is the signed tag's own name, as far as one is known: the one ref name a placeholder may
/// expand to whatever characters it has.
pub fn compare(
    blob: &[u8],
    blob_id: ObjectId,
    attributes: &PathAttributes,
    commit: &CommitFacts,
    tag_name: Option<&BStr>,
    member: &[u8],
) -> Conversion {
    if blob == member {
        return Conversion::Exact { how: Vec::new() };
    }
    if !attributes.converts() {
        return different("no conversion is declared for this path");
    }
    let mut reason = attributes.filter.as_ref().map_or_else(
        || "no declared conversion gives these bytes".to_owned(),
        |name| {
            format!(
                "the filter {:?} is not run, and no other conversion gives these bytes",
                name.as_bstr()
            )
        },
    );
    for candidate in steps::candidates(blob, blob_id, attributes) {
        if candidate.bytes == member {
            return Conversion::Exact { how: candidate.how };
        }
        if attributes.export_subst {
            match substituted(&candidate, commit, tag_name, member) {
                Conversion::Different { reason: why } => reason = why,
                found => return found,
            }
        }
    }
    if attributes.is_lfs() && lfs_pointer(blob).is_some_and(|pointer| pointer.describes(member)) {
        return Conversion::Exact { how: vec!["lfs"] };
    }
    Conversion::Different { reason }
}

/// What the blob may have been before its line endings were converted. A guess: the caller hashes it and compares
/// the id, and then knows the blob without having it.
pub fn restore(member: &[u8], attributes: &PathAttributes) -> Vec<Vec<u8>> {
    if !matches!(attributes.text, Text::Set | Text::Auto) {
        return Vec::new();
    }
    let lf = member.replace(b"\r\n", b"\n");
    let crlf = lf.replace(b"\n", b"\r\n");
    vec![lf, crlf]
}

/// One way the blob may have been converted before `export-subst`.
struct Candidate<'a> {
    bytes: Cow<'a, [u8]>,
    how: Vec<&'static str>,
}

fn substituted(
    candidate: &Candidate<'_>,
    commit: &CommitFacts,
    tag_name: Option<&BStr>,
    member: &[u8],
) -> Conversion {
    let pieces = match format::expand(&candidate.bytes, commit, member.len()) {
        Ok(pieces) => pieces,
        Err(reason) => return Conversion::Different { reason },
    };
    let how = || candidate.how.iter().copied().chain(["export-subst"]).collect();
    match masked::find(&pieces, tag_name, member) {
        Ok(found) if found.placeholders.is_empty() => Conversion::Exact { how: how() },
        Ok(found) => Conversion::Masked {
            how: how(),
            placeholders: found.placeholders,
            values: found.values,
        },
        Err(reason) => Conversion::Different { reason },
    }
}

fn different(reason: &str) -> Conversion {
    Conversion::Different {
        reason: reason.to_owned(),
    }
}

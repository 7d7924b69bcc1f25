//! Files that pass themselves off as standard build files.
//!
//! The xz backdoor's launcher was a `build-to-host.m4` that gnulib never published, with a serial ahead of gnulib's, so
//! that `autoreconf -fi` kept it.

use bstr::{BStr, BString, ByteSlice};
use tarvet_origin::known::{self, Nearest, Tables};

/// Why a file would be an impostor, unless something proves where it comes from.
#[derive(Debug)]
pub(crate) struct Suspicion {
    /// The standard file that it pretends to be.
    pub of: BString,
    /// What it pretends with.
    pub because: Pretence,
    /// The published version that is nearest.
    pub nearest: Option<Nearest>,
    /// The file's serial and the highest published, where the file's is ahead.
    pub serial: Option<(String, String)>,
}

/// What a file pretends with.
#[derive(Debug)]
pub(crate) enum Pretence {
    /// It has the name.
    Name,
    /// Its first lines give the name.
    Header,
    /// It defines this macro.
    Macro(BString),
}

/// Whether the whole contents of a file with this path are looked at.
pub(super) fn concerns(path: &BStr, tables: &Tables) -> bool {
    is_m4(path) || tables.class(path).is_some()
}

fn is_m4(path: &BStr) -> bool {
    path.ends_with(b".m4")
}

/// What is suspicious about contents that are no published version; with `compare`, also which is nearest.
pub(super) fn suspect(path: &BStr, content: &[u8], tables: &Tables, compare: bool) -> Option<Suspicion> {
    let (of, because) = pretence(path, content, tables)?;
    let found = known::serial(content);
    let serial = found.and_then(|found| {
        let highest = tables.highest_serial(of.as_bstr())?;
        (found > highest).then(|| (found.to_string(), highest.to_string()))
    });
    let nearest = compare.then(|| tables.nearest(of.as_bstr(), content)).flatten();
    Some(Suspicion {
        of,
        because,
        nearest,
        serial,
    })
}

fn pretence(path: &BStr, content: &[u8], tables: &Tables) -> Option<(BString, Pretence)> {
    let name = path.rsplit_str("/").next().unwrap_or_default().as_bstr();
    if is_standard(path, tables) {
        return Some((name.to_owned(), Pretence::Name));
    }
    if !is_m4(path) || known::is_generated(name) {
        return None;
    }
    if let Some(declared) = known::declared_name(content)
        && is_standard(declared, tables)
    {
        return Some((declared.to_owned(), Pretence::Header));
    }
    known::defined_macros(content).into_iter().find_map(|name| {
        let of = tables.definer(name)?;
        Some((of.to_owned(), Pretence::Macro(name.to_owned())))
    })
}

fn is_standard(path: &BStr, tables: &Tables) -> bool {
    tables.standard(path).is_some()
}

/// What is suspicious about a file that is not known.
#[derive(Debug)]
pub struct Suspect {
    /// In words.
    pub detail: String,
    /// The head of the difference to the nearest published version.
    pub lines: Vec<BString>,
}

/// Whether a file of that name and contents, which is not known, passes itself off as a standard build file.
pub fn suspicion(path: &BStr, content: &[u8], tables: &Tables) -> Option<Suspect> {
    let (_, detail, explanation) = super::describe::impostor(&suspect(path, content, tables, true)?);
    let lines = explanation.lines;
    Some(Suspect { detail, lines })
}

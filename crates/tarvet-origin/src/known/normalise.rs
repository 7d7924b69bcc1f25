//! What may differ from published contents. Everything else must be equal byte for byte: a comment in a body can
//! carry code (`x=y#;command` is no comment in a shell), and a serial decides which file autoreconf keeps.

use bstr::ByteSlice;
use memchr::memmem;

use super::format::{Key, key_of};
use super::licence::without_licence;
use super::names::is_c;

/// A leading comment larger than that is no licence notice.
const LARGEST_NOTICE: usize = 16 << 10;
/// Ways to write "run me with a POSIX shell". Nothing can hide in them: they are compared whole.
const SHELLS: [&[u8]; 4] = [
    b"#! /bin/sh\n",
    b"#!/bin/sh\n",
    b"#!/usr/bin/sh\n",
    b"#! /usr/bin/sh\n",
];
const SPDX: &[u8] = b"SPDX-License-Identifier: ";

/// The key under which a source file is stored: of its contents, the notice of a C file normalised.
pub(super) fn source_key(name: &[u8], content: &[u8]) -> Key {
    match is_c(name).then(|| normal_notice(content)).flatten() {
        // Complemented, so that no file can have that key but by having that normalised text: a file that *is* the
        // normalised text has the plain digest.
        Some(normal) => key_of(&normal).map(|byte| !byte),
        None => key_of(content),
    }
}

/// `content` with the years and the terms of the GPL or LGPL in its leading `/* … */` replaced by tokens, or nothing
/// when there is no such comment or anything in it could end or continue it in a way that readers disagree on.
fn normal_notice(content: &[u8]) -> Option<Vec<u8>> {
    let inside = content.strip_prefix(b"/*")?;
    let reach = inside.get(..LARGEST_NOTICE.min(inside.len()))?;
    let end = memmem::find(reach, b"*/")?;
    let (notice, rest) = (inside.get(..end)?, inside.get(end..)?);
    let odd = |byte: &u8| {
        *byte == b'\\' || *byte == 0x7f || (*byte < b' ' && !matches!(*byte, b'\n' | b'\t' | 0x0c))
    };
    if notice.iter().any(odd) || memmem::find(notice, b"??/").is_some() {
        return None;
    }
    let mut normal = without_licence(&without_years(notice));
    normal.extend_from_slice(rest);
    Some(normal)
}

/// Years of copyright lines, and of lines that continue a list of years, as one token per list.
fn without_years(notice: &[u8]) -> Vec<u8> {
    let mut normal = Vec::with_capacity(notice.len());
    let mut goes_on = false;
    for line in notice.lines_with_terminator() {
        if goes_on || line.contains_str("Copyright") {
            replace_years(line, &mut normal);
            let text = line.trim_end();
            goes_on = text.ends_with(b",") || text.ends_with(b"-");
        } else {
            normal.extend_from_slice(line);
        }
    }
    normal
}

/// Copies `line` with each list `1998-2003, 2007` as `@Y`.
fn replace_years(line: &[u8], normal: &mut Vec<u8>) {
    let mut at = 0;
    while let Some(rest) = line.get(at..).filter(|rest| !rest.is_empty()) {
        let apart = at
            .checked_sub(1)
            .and_then(|before| line.get(before))
            .is_none_or(|byte| !byte.is_ascii_alphanumeric());
        let length = if apart { years(rest) } else { 0 };
        if length > 0 {
            normal.extend_from_slice(b"@Y");
            at += length;
        } else {
            normal.extend(rest.first());
            at += 1;
        }
    }
}

/// The length of the list of years that `text` starts with.
fn years(text: &[u8]) -> usize {
    let mut length = 0;
    let mut separator = 0;
    while let Some(rest) = text.get(length + separator..) {
        if !is_year(rest) {
            break;
        }
        length += separator + 4;
        let after = text.get(length..).unwrap_or_default();
        separator = [&b", "[..], b",", b"-"]
            .iter()
            .find(|way| after.starts_with(way))
            .map_or(0, |way| way.len());
        if separator == 0 {
            break;
        }
    }
    length
}

fn is_year(text: &[u8]) -> bool {
    let century = text.starts_with(b"19") || text.starts_with(b"20");
    let digits = text
        .get(..4)
        .is_some_and(|digits| digits.iter().all(u8::is_ascii_digit));
    century && digits && text.get(4).is_none_or(|byte| !byte.is_ascii_alphanumeric())
}

/// `content` with its `#!` line in each of the other whitelisted spellings.
pub(super) fn other_shells(content: &[u8]) -> Vec<Vec<u8>> {
    let Some(shell) = SHELLS.iter().find(|shell| content.starts_with(shell)) else {
        return Vec::new();
    };
    let body = content.get(shell.len()..).unwrap_or_default();
    SHELLS
        .iter()
        .filter(|other| *other != shell)
        .map(|other| [other, body].concat())
        .collect()
}

/// `content` without the one SPDX comment of its header, alone or with an empty line beside it.
pub(super) fn without_spdx(content: &[u8]) -> Vec<Vec<u8>> {
    let mut at = 0;
    for line in content.lines_with_terminator() {
        let end = at + line.len();
        if is_spdx(line) {
            return cuts(content, at, end);
        }
        // The header: empty lines and comments that start their line. Nothing before it can open a quotation.
        let text = line.trim_end();
        if !(text.is_empty() || text.starts_with(b"#") || text == b"dnl" || text.starts_with(b"dnl "))
            || at > 4096
        {
            break;
        }
        at = end;
    }
    Vec::new()
}

/// What `content` may have been before the line `at..end` came in, with or without an empty line of comment.
fn cuts(content: &[u8], at: usize, end: usize) -> Vec<Vec<u8>> {
    let (before, after) = (
        content.get(..at).unwrap_or_default(),
        content.get(end..).unwrap_or_default(),
    );
    let tails = [
        Some(after),
        after.strip_prefix(b"\n"),
        after.strip_prefix(b"#\n"),
        after.strip_prefix(b"dnl\n"),
    ];
    let join = |tail: &'_ [u8]| [before, tail].concat();
    tails.into_iter().flatten().map(join).collect()
}

/// Exactly a comment sign, the tag and an expression of licences: no quote, no bracket, nothing that ends a comment.
fn is_spdx(line: &[u8]) -> bool {
    let Some(line) = line.strip_suffix(b"\n") else {
        return false;
    };
    let Some(text) = [&b"# "[..], b"#", b"dnl "]
        .iter()
        .find_map(|sign| line.strip_prefix(*sign))
    else {
        return false;
    };
    let Some(licence) = text.strip_prefix(SPDX) else {
        return false;
    };
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || b".+() -".contains(byte);
    !licence.is_empty() && licence.len() <= 200 && licence.iter().all(allowed)
}

#[cfg(test)]
#[path = "normalise_tests.rs"]
mod tests;

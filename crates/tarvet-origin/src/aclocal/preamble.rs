//! What aclocal writes at the top of every `aclocal.m4`.
//!
//! The text has been one and the same from automake 1.15 to 1.18 but for three values; so it is recognised by its
//! digest once those are taken out.

use bstr::ByteSlice;
use sha2::{Digest, Sha256};

/// Up to the definition of `_AM_CONFIG_MACRO_DIRS`, with the version and the year replaced.
const FIRST: [u8; 32] = hex("c16a240dc4a4f16773fa90c50c20f66e9ea9f37510959cb236f06cff51bf37bb");
/// The same with the warning about other versions of autoconf behind it, its two versions replaced.
const BOTH: [u8; 32] = hex("735e6aa04f4f3ac2727aeaeb462a97f7ba4d9424f43974c7b8fea940e43186a0");

/// How either ends.
const FIRST_END: &[u8] = b"[_AM_CONFIG_MACRO_DIRS($@)])])\n";
const WARNING_END: &[u8] = b"'autoreconf'.])])\n";

/// No preamble is longer, whatever the versions.
const LONGEST: usize = 1400;

/// The version of aclocal and the length of the preamble, if `content` begins with one.
pub(super) fn read(content: &[u8]) -> Option<(String, usize)> {
    let head = content.get(..LONGEST).unwrap_or(content);
    let (mut text, version) = substitute(head, b"# generated automatically by aclocal ", b" -*-", b"V")?;
    (text, _) = substitute(&text, b"Copyright (C) 1996-", b" Free", b"Y")?;
    let warned = substitute(&text, b"m4_defn([AC_AUTOCONF_VERSION]), [", b"],,\n", b"A")
        .and_then(|(text, one)| Some((substitute(&text, b"generated for autoconf ", b".\n", b"A")?, one)))
        .filter(|((_, other), one)| other == one);
    let length = match warned {
        Some(((warned, _), _)) if ends_as(&warned, WARNING_END, BOTH) => end_of(content, WARNING_END)?,
        _ if ends_as(&text, FIRST_END, FIRST) => end_of(content, FIRST_END)?,
        _ => return None,
    };
    Some((version, length))
}

fn ends_as(text: &[u8], end: &[u8], wanted: [u8; 32]) -> bool {
    let text = end_of(text, end).and_then(|end| text.get(..end));
    text.is_some_and(|text| <[u8; 32]>::from(Sha256::digest(text)) == wanted)
}

fn end_of(text: &[u8], last: &[u8]) -> Option<usize> {
    Some(text.find(last)? + last.len())
}

/// Replaces the value between `before` and `after`, which must be a version, and gives it too.
fn substitute(text: &[u8], before: &[u8], after: &[u8], with: &[u8]) -> Option<(Vec<u8>, String)> {
    let start = text.find(before)? + before.len();
    let length = text.get(start..)?.find(after)?;
    let value = text.get(start..start + length)?;
    let version = |byte: &u8| byte.is_ascii_alphanumeric() || b".-".contains(byte);
    if value.is_empty() || !value.iter().all(version) {
        return None;
    }
    let text = [text.get(..start)?, with, text.get(start + length..)?].concat();
    Some((text, String::from_utf8_lossy(value).into_owned()))
}

const fn hex(text: &str) -> [u8; 32] {
    let text = text.as_bytes();
    let mut out = [0; 32];
    let mut at = 0;
    while at < 32 {
        out[at] = nibble(text[2 * at]) << 4 | nibble(text[2 * at + 1]);
        at += 1;
    }
    out
}

const fn nibble(digit: u8) -> u8 {
    match digit {
        b'a'..=b'f' => digit - b'a' + 10,
        _ => digit - b'0',
    }
}

//! `version.texi` and its stamp: settings that automake writes for manuals of texinfo.

use bstr::ByteSlice;

use super::{date, pieces, version, words};
use crate::derived::Release;

/// Whether a file is what automake writes: dates, and this release's version.
pub fn is_settings(content: &[u8], release: &Release) -> bool {
    let Some(content) = content.strip_suffix(b"\n") else {
        return false;
    };
    let lines: Vec<&[u8]> = content.split(|&byte| byte == b'\n').collect();
    let [updated, month, edition, version, more @ ..] = lines.as_slice() else {
        return false;
    };
    let is_date = |line: &[u8], name: &str| {
        value(line, name)
            .and_then(date::whole)
            .is_some_and(|date| date::is_past(date, release))
    };
    let is_own =
        |line: &[u8], name: &str| value(line, name).is_some_and(|text| version::is_own(text, release));
    is_date(updated, "UPDATED")
        && is_date(month, "UPDATED-MONTH")
        && is_own(edition, "EDITION")
        && is_own(version, "VERSION")
        && more.len() < 4
        && more.iter().all(|line| is_own(line, "ARCHIVE-VERSION"))
}

/// Whether a line is a setting, and another with this release's version or a date of it.
pub fn is_stamped(old: &[u8], new: &[u8], release: &Release) -> bool {
    let line = |line| <[u8]>::strip_suffix(line, b"\n");
    let (Some(old), Some(new)) = (line(old), line(new)) else {
        return false;
    };
    let is_date = ["UPDATED", "UPDATED-MONTH"].iter().any(|name| {
        let (old, new) = (value(old, name), value(new, name));
        old.and_then(date::whole)
            .zip(new.and_then(date::whole))
            .is_some_and(|(old, new)| date::is_past(old, release) && date::is_past(new, release))
    });
    is_date
        || ["EDITION", "VERSION"].iter().any(|name| {
            let (Some(old), Some(new)) = (value(old, name), value(new, name)) else {
                return false;
            };
            let is_open = pieces::name(old)
                .is_some_and(|name| words::placeholder(name, release) == Some(words::Means::Version));
            version::is_own(new, release)
                && (is_open || version::is_before(old, new) || version::is_former(old, new))
        })
}

/// The value of a setting.
fn value<'a>(line: &'a [u8], name: &str) -> Option<&'a [u8]> {
    line.strip_prefix(b"@set ")?
        .strip_prefix(name.as_bytes())?
        .strip_prefix(b" ")
}

/// Whether a file sets values and does nothing else.
pub fn only_sets(content: &[u8]) -> bool {
    content.lines().all(|line| {
        line.is_empty()
            || [&b"@set "[..], b"@c ", b"@comment "]
                .iter()
                .any(|start| line.starts_with(start))
    })
}

//! Files that say a version, a date or that a step was done, and nothing else.

use bstr::{BStr, ByteSlice};

use super::lines::{definition, names_versions};
use super::{date, version};
use crate::derived::Release;

/// The longest such file, in bytes.
pub const LONGEST: usize = 4096;

/// Recomputes such a file from the release; returns how.
pub fn explain(path: &BStr, content: &[u8], release: &Release) -> Option<String> {
    let name = path.rsplit_str("/").next()?.as_bstr();
    if content.len() > LONGEST || !claims(path) {
        return None;
    }
    if is_stamp(name, content) || in_deps(path) && content == b"# dummy\n" {
        return Some("stamp: fixed contents of a stamp file".into());
    }
    if name == ".timestamp" {
        return is_seconds(content, release).then(|| "stamp: a time close to the release's".into());
    }
    if is_texinfo(content, release) {
        return Some("stamp: this release's version and a date, for texinfo".into());
    }
    if names_versions(path) && (is_values(content, release) || is_header(content, release)) {
        return Some("stamp: this release's version and nothing else".into());
    }
    None
}

/// Whether a file is one line with a version or a placeholder, or a stamp.
pub fn is_brief(content: &[u8]) -> bool {
    let line = content.strip_suffix(b"\n").unwrap_or(content);
    line.len() <= 100
        && line
            .iter()
            .all(|&byte| version::is_version_byte(byte) || byte == b'@')
}

/// Whether a path may be one of such a file.
pub fn claims(path: &BStr) -> bool {
    let name = path.rsplit_str("/").next().unwrap_or_default();
    let lower = name.to_ascii_lowercase();
    names_versions(path) || lower.contains_str("stamp") || in_deps(path)
}

/// Whether a path is one of the files that automake tracks dependencies with.
pub fn in_deps(path: &BStr) -> bool {
    path.rsplit_str("/").nth(1) == Some(b".deps".as_slice())
        && (path.ends_with(b".Po") || path.ends_with(b".Plo"))
}

/// Whether the file is a stamp: the word `timestamp`, as gettext's and automake's are, or its own name.
fn is_stamp(name: &BStr, content: &[u8]) -> bool {
    let Some(word) = content.strip_suffix(b"\n") else {
        return false;
    };
    let is_stamp = name.starts_with(b"stamp") || name.ends_with(b"stamp");
    let is_own = word == name && word.iter().all(|&byte| version::is_version_byte(byte));
    is_stamp && (word == b"timestamp" || is_own)
}

fn is_seconds(content: &[u8], release: &Release) -> bool {
    let digits = content.strip_suffix(b"\n").unwrap_or(content);
    if digits.is_empty() || digits.len() > 11 || !digits.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let seconds = std::str::from_utf8(digits)
        .ok()
        .and_then(|digits| digits.parse().ok());
    seconds.is_some_and(|seconds| date::is_near_seconds(seconds, release))
}

/// Whether the file is what automake writes for `@setfilename` manuals: version.texi and its stamp.
fn is_texinfo(content: &[u8], release: &Release) -> bool {
    let Some(content) = content.strip_suffix(b"\n") else {
        return false;
    };
    let lines: Vec<&[u8]> = content.split(|&byte| byte == b'\n').collect();
    let [updated, month, edition, version, more @ ..] = lines.as_slice() else {
        return false;
    };
    let value = |line: &'_ [u8], name: &str| {
        line.strip_prefix(format!("@set {name} ").as_bytes())
            .map(<[u8]>::to_vec)
    };
    let is_date = |text: Option<Vec<u8>>| {
        text.and_then(|text| date::whole(&text))
            .is_some_and(|date| date::is_past(date, release))
    };
    let is_own = |text: Option<Vec<u8>>| text.is_some_and(|text| version::is_own(&text, release));
    is_date(value(updated, "UPDATED"))
        && is_date(value(month, "UPDATED-MONTH"))
        && is_own(value(edition, "EDITION"))
        && is_own(value(version, "VERSION"))
        && more.len() < 4
        && more.iter().all(|line| is_own(value(line, "ARCHIVE-VERSION")))
}

/// Whether the file is the version alone, or the version and the commit.
fn is_values(content: &[u8], release: &Release) -> bool {
    let content = content.strip_suffix(b"\n").unwrap_or(content);
    let mut lines = content.split(|&byte| byte == b'\n');
    let first = lines.next().unwrap_or_default();
    version::is_own(first, release)
        && lines
            .next()
            .is_none_or(|commit| version::is_commit(commit, release))
        && lines.next().is_none()
}

/// Whether the file is a header of C that defines the version, or parts of it, and nothing else.
fn is_header(content: &[u8], release: &Release) -> bool {
    let mut defines = 0;
    let is_sound = content.ends_with(b"\n")
        && content.lines().all(|line| {
            let line = line.trim();
            if let Some((name, value)) = definition(line) {
                defines += 1;
                return is_guard(name) && value.is_empty() || names_part(name) && is_value(value, release);
            }
            let guard = line.strip_prefix(b"#ifndef ");
            line.is_empty() || line == b"#endif" || line == b"#pragma once" || guard.is_some_and(is_guard)
        });
    is_sound && defines > 0
}

fn is_guard(name: &[u8]) -> bool {
    let is_name = name
        .iter()
        .all(|&byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    is_name && (name.ends_with(b"_H") || name.ends_with(b"_H_") || name.ends_with(b"_H__"))
}

/// Whether a macro says a version or a part of one.
fn names_part(name: &[u8]) -> bool {
    let upper = name.to_ascii_uppercase();
    let is_other = [&b"MIN_"[..], b"MAX_", b"REQUIRE"]
        .iter()
        .any(|word| upper.contains_str(word));
    let parts = [
        &b"VERSION"[..],
        b"VERSION_MAJOR",
        b"VERSION_MINOR",
        b"VERSION_MICRO",
        b"VERSION_PATCH",
    ];
    !is_other && parts.iter().any(|part| upper.ends_with(part))
}

/// Whether a macro's value is the version in quotes, or a number of the version.
fn is_value(value: &[u8], release: &Release) -> bool {
    if let Some(quoted) = value
        .strip_prefix(b"\"")
        .and_then(|value| value.strip_suffix(b"\""))
    {
        return version::is_own(quoted, release);
    }
    let numbers = version::own(release);
    !value.is_empty()
        && value.iter().all(u8::is_ascii_digit)
        && numbers
            .iter()
            .any(|own| own.split('.').any(|number| number.as_bytes() == value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_derived(path: &str, content: &str) -> bool {
        let release = Release {
            name: "foo".into(),
            version: "1.8.2".into(),
            tag: "v1.8.2".into(),
            commit: "efc346430901b84f1f580a147191624d7ded0db6".into(),
            commit_time: Some(1_774_967_450),
            ..Release::default()
        };
        explain(path.into(), content.as_bytes(), &release).is_some()
    }

    #[test]
    fn stamps_of_real_releases_are_derived() {
        for (path, content) in [
            (".tarball-version", "1.8.2"),
            (".version", "1.8.2\n"),
            ("VERSION", "1.8.2\nefc346430901b84f1f580a147191624d7ded0db6\n"),
            ("docs/version.xml", "1.8.2\n"),
            ("po/stamp-po", "timestamp\n"),
            ("stamp-h.in", "timestamp\n"),
            ("doc/stamp_functions", "stamp_functions\n"),
            (".timestamp", "1774967000\n"),
            ("doc/.deps/x.Po", "# dummy\n"),
            (
                "doc/version.texi",
                "@set UPDATED 24 September 2025\n@set UPDATED-MONTH September 2025\n@set EDITION 1.8.2\n@set VERSION 1.8.2\n",
            ),
            ("src/version.h", "#define JQ_VERSION \"1.8.2\"\n"),
            (
                "src/version.h",
                "#ifndef V_H\n#define V_H\n#define FOO_VERSION_MAJOR 1\n#endif\n",
            ),
        ] {
            assert!(is_derived(path, content), "{path}");
        }
    }

    #[test]
    fn a_stamp_that_says_more_is_not() {
        for (path, content) in [
            (".tarball-version", "1.8.2$(id)"),
            (".tarball-version", "1.8.2\n\n"),
            (".tarball-version", "1.8.3\n"),
            (".tarball-version", "1.8.2;id\n"),
            (".tarball-version", ""),
            ("VERSION", "1.8.2\nefc346430901b84f1f580a147191624d7ded0db7\n"),
            ("VERSION", "1.8.2\nefc3464\nx\n"),
            ("build.sh", "1.8.2\n"),
            ("po/stamp-po", "timestamp\nid\n"),
            ("po/stamp-po", "timestamp"),
            ("stamp;id", "stamp;id\n"),
            (".timestamp", "99999999999\n"),
            (".timestamp", "`id`\n"),
            (
                "doc/version.texi",
                "@set UPDATED 24 September 2025\n@set UPDATED-MONTH September 2025\n@set EDITION 1.8.2\n@set VERSION 1.8.2\n@include x\n",
            ),
            (
                "doc/version.texi",
                "@set UPDATED 24 September 2099\n@set UPDATED-MONTH September 2025\n@set EDITION 1.8.2\n@set VERSION 1.8.2\n",
            ),
            ("src/version.h", "#define JQ_VERSION \"1.8.2\" evil\n"),
            ("src/version.h", "#define malloc \"1.8.2\"\n"),
            ("src/version.h", "#define JQ_VERSION 9\n"),
            ("src/version.h", "#define MIN_VERSION \"1.8.2\"\n"),
            (
                "src/version.h",
                "#include <evil.h>\n#define JQ_VERSION \"1.8.2\"\n",
            ),
            ("src/version.h", "#define JQ_VERSION \"1.8.2\"\\\n"),
        ] {
            assert!(!is_derived(path, content), "{path}: {content}");
        }
    }
}

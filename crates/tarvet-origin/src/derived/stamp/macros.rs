//! Headers that say the version in macros of C.

use bstr::{BStr, ByteSlice};

use super::words::{self, Means};
use super::{date, names, pieces, version};
use crate::derived::Release;

/// Directories in which a header of versions stands. Elsewhere one may be found instead of the system's, as
/// `linux/version.h`.
const PLACES: [&str; 4] = ["src", "include", "lib", "source"];

/// Whether a line of C is another with this release's version or date as the value of one of the package's own macros.
pub fn is_stamped(old: &[u8], new: &[u8], release: &Release) -> bool {
    let (Some((name, before)), Some((new_name, after))) = (definition(old), definition(new)) else {
        return false;
    };
    let Some(means) = words::macro_name(name, release) else {
        return false;
    };
    // A header that lost the end of a line may lose the next one, too.
    let is_whole = is_plain(new) && old.ends_with(b"\n") && new.ends_with(b"\n");
    is_whole && name == new_name && is_value(after, means, release) && may_go(before, after, means, release)
}

/// Whether a file is a header that defines the version, or parts of it, and nothing else. It may have one guard, named
/// after the file.
pub fn is_header(path: &BStr, content: &[u8], release: &Release) -> bool {
    if !content.ends_with(b"\n") || !is_plain(content) || !is_named(path, release) || !is_place(path, release)
    {
        return false;
    }
    let lines: Vec<&[u8]> = content
        .lines()
        .map(<[u8]>::trim_ascii)
        .filter(|line| !line.is_empty())
        .collect();
    let defines = match lines.as_slice() {
        [once, defines @ ..] if *once == b"#pragma once" => defines,
        [opened, named, defines @ .., closed] if opened.starts_with(b"#ifndef ") => {
            let guard = opened.strip_prefix(b"#ifndef ").unwrap_or_default();
            let is_guarded = is_guard(guard, path, release)
                && definition(named) == Some((guard, b""))
                && *closed == b"#endif";
            if !is_guarded {
                return false;
            }
            defines
        }
        defines => defines,
    };
    let is_own = |line: &&[u8]| {
        definition(line).is_some_and(|(name, value)| {
            words::macro_name(name, release).is_some_and(|means| is_value(value, means, release))
        })
    };
    !defines.is_empty() && defines.iter().all(is_own)
}

/// Whether a new header's name is `version.h`, or made of the package's: others may be those of another library.
fn is_named(path: &BStr, release: &Release) -> bool {
    let stem = names::base(path).strip_suffix(b".h").unwrap_or_default();
    let before = [&b"_version"[..], b"-version", b"ver"]
        .iter()
        .find_map(|end| stem.strip_suffix(*end))
        .map(|before| before.to_ascii_uppercase().replace("-", "_"));
    let is_own = |before: Vec<u8>| words::own(release).iter().any(|own| own.as_bytes() == before);
    stem == b"version" || before.is_some_and(is_own)
}

/// Whether a guard is made of the file's own name: `VERSION_H`, `FOO_VERSION_H_` for `version.h` of foo.
fn is_guard(guard: &[u8], path: &BStr, release: &Release) -> bool {
    let own: Vec<u8> = names::base(path)
        .iter()
        .map(|&byte| {
            if byte.is_ascii_alphanumeric() {
                byte.to_ascii_uppercase()
            } else {
                b'_'
            }
        })
        .collect();
    let bare = guard.trim_end_with(|letter| letter == '_');
    let bare = bare.trim_start_with(|letter| letter == '_');
    let before = bare.strip_suffix(own.as_slice());
    before.is_some_and(|before| {
        before.is_empty()
            || before
                .strip_suffix(b"_")
                .is_some_and(|before| words::own(release).iter().any(|name| name.as_bytes() == before))
    })
}

/// Whether a header in this directory is found by the package's own sources only.
fn is_place(path: &BStr, release: &Release) -> bool {
    let Some(directory) = path.rsplit_str("/").nth(1) else {
        return true;
    };
    let upper = directory.to_ascii_uppercase();
    PLACES.iter().any(|place| place.as_bytes() == directory)
        || words::own(release).iter().any(|name| name.as_bytes() == upper)
}

/// Whether a macro's value is what it should be in this release.
fn is_value(value: &[u8], means: Means, release: &Release) -> bool {
    match means {
        Means::Version => quoted(value).is_some_and(|value| version::is_own(value, release)),
        Means::Date => {
            let date = quoted(value).and_then(date::whole);
            date.is_some_and(|date| date::is_near(date, release))
        }
        Means::Number(place) => version::own(release).iter().any(|own| {
            own.split('.')
                .nth(place)
                .is_some_and(|own| own.as_bytes() == value)
        }),
        Means::Commit => false,
    }
}

/// Whether a macro's old value may go: a placeholder, a former value, or another macro that says the version; never a
/// call, an expression or a switch.
fn may_go(old: &[u8], new: &[u8], means: Means, release: &Release) -> bool {
    let is_number = |value: &[u8]| !value.is_empty() && value.iter().all(u8::is_ascii_digit);
    let Some(text) = quoted(old) else {
        return match means {
            Means::Number(_) => is_number(old),
            Means::Version => words::macro_name(old, release) == Some(Means::Version),
            Means::Date | Means::Commit => false,
        };
    };
    let is_open = pieces::is_unreleased(text)
        || text.eq_ignore_ascii_case(b"unreleased")
        || pieces::name(text).is_some_and(|name| words::placeholder(name, release) == Some(means));
    let new = quoted(new).unwrap_or_default();
    match means {
        Means::Version => is_open || version::is_before(text, new) || version::is_former(text, new),
        Means::Date => is_open || date::whole(text).is_some_and(|date| date::is_past(date, release)),
        Means::Number(_) | Means::Commit => false,
    }
}

fn quoted(value: &[u8]) -> Option<&[u8]> {
    value.strip_prefix(b"\"")?.strip_suffix(b"\"")
}

/// Whether a text is of lines that everybody splits alike.
fn is_plain(text: &[u8]) -> bool {
    text.iter()
        .all(|&byte| matches!(byte, b' '..=b'~' | b'\t' | b'\n'))
}

/// The name and the value of `#define NAME VALUE`.
fn definition(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let rest = line
        .trim_ascii()
        .strip_prefix(b"#")?
        .trim_ascii_start()
        .strip_prefix(b"define")?;
    let rest = rest
        .strip_prefix(b" ")
        .or_else(|| rest.strip_prefix(b"\t"))?
        .trim_ascii_start();
    let length = rest
        .iter()
        .take_while(|&&byte| byte.is_ascii_alphanumeric() || byte == b'_')
        .count();
    let (name, value) = rest.split_at_checked(length)?;
    let is_spaced = value.is_empty() || value.first().is_some_and(u8::is_ascii_whitespace);
    (is_spaced && !name.is_empty()).then_some((name, value.trim_ascii()))
}

//! Versions 1 to 4: lines.

use std::iter::Peekable;

use bstr::ByteSlice;

use super::{Source, Watch, options};
use crate::fault::{Fault, shown, tell};

/// Sources that are read. Honest files have a few dozen at most.
const MOST: usize = 1000;

pub(super) fn read(text: &[u8], package: &str) -> Watch {
    let mut watch = Watch::default();
    let text = text.to_str_lossy();
    let mut lines = text.lines().enumerate().peekable();
    while let Some((line, joined)) = joined(&mut lines, watch.version, &mut watch.faults) {
        if watch.version == 0 {
            watch.version = declared(&joined).unwrap_or(1);
            match watch.version {
                1 => tell(
                    &mut watch.faults,
                    line,
                    format!(
                        "expected \"version=4\" in the first line, found \"{}\"; add it",
                        shown(&joined)
                    ),
                ),
                2 => tell(
                    &mut watch.faults,
                    line,
                    "version 2 of watch files is obsolete; use version 4",
                ),
                3 | 4 => {}
                version => {
                    tell(
                        &mut watch.faults,
                        line,
                        format!("unknown version {version}; expected 3, 4, or \"Version: 5\""),
                    );
                    return watch;
                }
            }
            if watch.version == 1 {
                return watch;
            }
            continue;
        }
        if watch.sources.len() == MOST {
            tell(
                &mut watch.faults,
                line,
                format!("more than {MOST} sources; the rest is not read"),
            );
            return watch;
        }
        if let Some(source) = source(&joined.replace("@PACKAGE@", package), line, &mut watch.faults) {
            watch.sources.push(source);
        }
    }
    watch
}

/// The next line that is neither empty nor a comment, with what a backslash at its end continues. A comment in the middle
/// is no comment, and an empty line ends it.
fn joined<'a>(
    lines: &mut Peekable<impl Iterator<Item = (usize, &'a str)>>,
    version: u32,
    faults: &mut Vec<Fault>,
) -> Option<(usize, String)> {
    let blank = |line: &str| line.trim_start().is_empty() || line.trim_start().starts_with('#');
    let (index, first) = lines.find(|(_, line)| !blank(line))?;
    let mut whole = first.trim_start().to_owned();
    while whole.ends_with('\\') && !whole.ends_with("\\\\") {
        whole.pop();
        let Some((_, next)) = lines.next() else {
            tell(
                faults,
                index + 1,
                "the file ends after a backslash; uscan skips that source; remove the backslash",
            );
            return None;
        };
        whole.push_str(if version > 3 { next.trim_start() } else { next });
    }
    Some((index + 1, whole))
}

/// `version=N`.
fn declared(line: &str) -> Option<u32> {
    let rest = line
        .strip_prefix("version")?
        .trim_start()
        .strip_prefix('=')?
        .trim_start();
    let digits = rest.split(char::is_whitespace).next()?;
    let all_digits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    // Too many digits are a version that nobody knows.
    all_digits.then(|| digits.parse().unwrap_or(u32::MAX))
}

/// `[opts=…] URL [PATTERN [POLICY [SCRIPT]]]`; None for a line of options only.
fn source(line: &str, number: usize, faults: &mut Vec<Fault>) -> Option<Source> {
    let mut source = Source {
        line: number,
        ..Source::default()
    };
    let mut rest = line;
    if let Some(after) = after_opts(line) {
        let Some((opts, after)) = opts(after) else {
            tell(
                faults,
                number,
                "expected opts=\"…\", found an opts without its end; uscan skips the source",
            );
            return None;
        };
        set_all(&mut source, opts, faults);
        rest = after;
    }
    let mut words = rest.split_whitespace();
    source.url = words.next()?.to_owned();
    match pattern_in_url(&source.url) {
        Some((url, pattern)) => {
            source.pattern = Some(pattern.to_owned());
            source.url = url.to_owned();
        }
        None => source.pattern = words.next().map(str::to_owned),
    }
    if source.pattern.is_none() {
        tell(
            faults,
            number,
            "expected a pattern with (…) around the version after the URL; uscan skips the source",
        );
    }
    source.policy = options::policy(words.next().unwrap_or_default());
    Some(source)
}

/// What follows `opts=` or `options=`.
fn after_opts(line: &str) -> Option<&str> {
    line.strip_prefix("options")
        .or(line.strip_prefix("opts"))?
        .trim_start()
        .strip_prefix('=')
        .map(str::trim_start)
}

/// The options, and the rest of the line. A quote ends them only before a blank.
fn opts(text: &str) -> Option<(&str, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(char::is_whitespace).unwrap_or(text.len());
        return (end > 0).then(|| text.split_at(end));
    };
    let end = quoted.match_indices('"').map(|(at, _)| at).find(|at| {
        quoted
            .get(at + 1..)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
    })?;
    Some((quoted.get(..end)?, quoted.get(end + 1..)?))
}

/// Options are separated by commas, whatever they hold; only a user agent may have some in it.
fn set_all(source: &mut Source, opts: &str, faults: &mut Vec<Fault>) {
    let line = source.line;
    let alone = opts
        .split_once('=')
        .map(|(name, value)| (name.trim(), value.trim()));
    if let Some((name @ ("user-agent" | "useragent"), value)) = alone {
        return options::set(source, name, value, line, faults);
    }
    for option in opts.split(',').map(str::trim).filter(|option| !option.is_empty()) {
        match option.split_once('=') {
            None => {
                let value = "";
                let needs_one = option.ends_with("mangle")
                    || matches!(
                        option,
                        "component" | "mode" | "pgpmode" | "repacksuffix" | "gitmode" | "gitexport"
                    );
                if needs_one {
                    tell(
                        faults,
                        line,
                        format!("option {option} without a value; uscan ignores it"),
                    );
                } else {
                    options::set(source, option, value, line, faults);
                }
            }
            Some((name, value)) if value.trim().is_empty() => {
                tell(
                    faults,
                    line,
                    format!("option {} without a value; uscan ignores it", shown(name)),
                );
            }
            Some((name @ ("decompress" | "repack"), _)) => {
                tell(
                    faults,
                    line,
                    format!("option {name} takes no value; uscan ignores it"),
                );
            }
            Some((name, value)) => options::set(source, name.trim_end(), value.trim(), line, faults),
        }
    }
}

/// A URL whose last part has a group is URL and pattern in one. `@ANY_VERSION@` and the like stand for groups.
fn pattern_in_url(url: &str) -> Option<(&str, &str)> {
    let slash = url.rfind('/')?;
    let (head, last) = url.split_at(slash + 1);
    let grouped = last
        .find('(')
        .is_some_and(|open| last.get(open..).is_some_and(|rest| rest.contains(')')));
    let special = ["@ANY_VERSION@", "@ARCHIVE_EXT@", "@SIGNATURE_EXT@", "@DEB_EXT@"];
    (grouped || special.iter().any(|name| last.contains(name))).then_some((head, last))
}

//! What make's own functions may do where a text is expanded.
//!
//! `$(shell …)` runs a program while debian/rules is read, before any rule; `$(eval …)` and `$(file …)` change rules and
//! files. GNU make's manual, "Functions", is the source: a function not named here is a doubt.

use std::collections::BTreeSet;

use super::makefile::Makefile;
use super::{programs, shell};

/// Functions that only compute.
const PURE: &[&str] = &[
    "subst",
    "patsubst",
    "strip",
    "findstring",
    "filter",
    "filter-out",
    "sort",
    "word",
    "wordlist",
    "words",
    "firstword",
    "lastword",
    "dir",
    "notdir",
    "suffix",
    "basename",
    "addsuffix",
    "addprefix",
    "join",
    "wildcard",
    "realpath",
    "abspath",
    "if",
    "or",
    "and",
    "foreach",
    "origin",
    "flavor",
    "value",
    "error",
    "warning",
    "info",
];

/// Functions that `$(call …)` must not reach.
const ACTING: &[&str] = &["eval", "shell", "file", "call", "guile", "let", "intcmp"];

/// Programs that print what they know, and write nothing, whatever their arguments.
const READERS: &[&str] = &[
    "dpkg-architecture",
    "dpkg-buildflags",
    "dpkg-parsechangelog",
    "dpkg-query",
    "dpkg-vendor",
    "getconf",
    "lsb_release",
    "nproc",
    "uname",
    "pwd",
    "dh_listpackages",
    "date",
    "echo",
    "printf",
    "ls",
    "py3versions",
    "pkg-config",
    "basename",
    "dirname",
    "expr",
    "arch",
    "id",
    "test",
    "[",
    "true",
    "head",
    "tail",
    "cut",
    "tr",
    "wc",
    "which",
    "hostname",
];

/// Why expanding `text` may do more than compute; `None` if it does not.
pub(super) fn doubt(text: &str, makefile: &Makefile) -> Option<String> {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('$') {
        if let Some(after) = after.strip_prefix('$') {
            rest = after;
            continue;
        }
        rest = after;
        let Some(inner) = after.strip_prefix(['(', '{']) else {
            continue;
        };
        let length = inner
            .bytes()
            .take_while(|byte| byte.is_ascii_lowercase() || *byte == b'-')
            .count();
        let (name, arguments) = inner.split_at_checked(length).unwrap_or(("", inner));
        if !arguments.starts_with([' ', '\t']) {
            continue;
        }
        match name {
            "shell" => {
                let Some((command, left)) = shell_text(after) else {
                    return Some("a $(shell …) has no end".to_owned());
                };
                if !reads_only(command, makefile) {
                    return Some(format!("what $(shell {}) does is not known here", short(command)));
                }
                rest = left;
            }
            "call" => {
                let called = arguments
                    .trim_start()
                    .split([',', ')', '}'])
                    .next()
                    .unwrap_or_default()
                    .trim();
                let known = makefile.values(called).next().is_some();
                if !known || ACTING.contains(&called) {
                    return Some(format!("what $(call {}) does is not known here", short(called)));
                }
            }
            _ if PURE.contains(&name) => {}
            _ => return Some(format!("$({name} …) is a function that may do more than compute")),
        }
    }
    None
}

/// Whether what the variables in `text` stand for can only be words: no sign of the shell in any of their values.
pub(super) fn is_tame(text: &str, makefile: &Makefile) -> bool {
    let mut open: Vec<String> = vec![text.to_owned()];
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut first = true;
    while let Some(text) = open.pop() {
        if !first && text.contains([';', '&', '|', '`', '<', '>', '#', '(', ')', '{', '}', '\'', '"']) {
            return false;
        }
        first = false;
        if text.contains("$($") || text.contains("${$") {
            return false;
        }
        for name in names(&text) {
            if matches!(name, "value" | "call" | "multi-line") {
                return false;
            }
            let Some(set) = makefile.assignments.iter().find(|set| set.name == name) else {
                continue;
            };
            if seen.insert(&set.name) {
                open.extend(
                    makefile
                        .values(&set.name)
                        .map(|set| without_expansions(&set.value)),
                );
            }
        }
    }
    true
}

/// A value with `$(NAME)` as `$NAME `, and without the calls of `$(shell …)`, which are judged apart.
fn without_expansions(value: &str) -> String {
    let mut made = String::new();
    let mut rest = value;
    while let Some((before, after)) = rest.split_once('$') {
        made.push_str(before);
        if let Some((_, left)) =
            shell_text(after).filter(|_| after.get(1..).is_some_and(|inner| inner.starts_with("shell ")))
        {
            if !shell_text(after).is_some_and(|(command, _)| prints_words(command)) {
                made.push(';');
            }
            rest = left;
            continue;
        }
        let plain = after.get(1..).and_then(|inner| inner.split_once([')', '}']));
        match plain.filter(|(name, _)| after.starts_with(['(', '{']) && is_name(name)) {
            Some((name, left)) => {
                made.push('$');
                made.push_str(name);
                made.push(' ');
                rest = left;
            }
            None => {
                made.push('$');
                rest = after;
            }
        }
    }
    made.push_str(rest);
    made
}

/// The names behind dollars.
fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split('$').skip(1).map(|after| {
        let after = after.trim_start_matches(['(', '{']);
        let end = after.find(|c: char| !is_name_char(c)).unwrap_or(after.len());
        after.get(..end).unwrap_or_default()
    })
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(is_name_char)
}

fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')
}

/// The command of `(shell …)`, and what stands behind its bracket.
fn shell_text(after: &str) -> Option<(&str, &str)> {
    let (open, close) = if after.starts_with('(') {
        (b'(', b')')
    } else {
        (b'{', b'}')
    };
    let mut depth = 0_usize;
    for (at, byte) in after.bytes().enumerate() {
        if byte == open {
            depth += 1;
        } else if byte == close {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                let inner = after.get(1..at)?;
                return Some((
                    inner.split_once([' ', '\t']).map_or("", |(_, command)| command),
                    after.get(at + 1..)?,
                ));
            }
        }
    }
    None
}

/// Whether a command of `$(shell …)` consists of readers, and writes into nothing but /dev/null.
fn reads_only(command: &str, makefile: &Makefile) -> bool {
    let Some(commands) = shell::all(command) else {
        return false;
    };
    if !is_tame(command, makefile) || doubt(command, makefile).is_some() {
        return false;
    }
    commands.iter().all(|words| {
        let set = words.iter().take_while(|word| programs::is_setting(word)).count();
        let mut words = words.iter().skip(set).map(String::as_str);
        let Some(program) = words.next() else { return true };
        let arguments: Vec<&str> = words.collect();
        let redirected = programs::targets(&arguments);
        let program = program
            .strip_prefix("/usr/bin/")
            .or(program.strip_prefix("/bin/"))
            .unwrap_or(program);
        set == 0
            && redirected.is_some_and(|targets| targets.iter().all(|target| programs::is_nowhere(target)))
            && (READERS.contains(&program) || programs::reads(program, &arguments))
    })
}

/// Whether no sign of the shell stands in the words of a command, from where it might get into what is printed.
fn prints_words(command: &str) -> bool {
    let odd = ["\\x", "\\o", "\\d", "\\c", "\\0"];
    shell::all(command).is_some_and(|commands| {
        let mut words = commands
            .iter()
            .flatten()
            .filter(|word| !word.ends_with(">/dev/null") && *word != "2>&1");
        words.all(|word| {
            !word.contains([';', '|', '&', '<', '>', '`']) && !odd.iter().any(|odd| word.contains(odd))
        })
    })
}

fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

//! What make's own functions may do where a text is expanded.
//!
//! `$(shell …)` runs a program while debian/rules is read, before any rule; `$(eval …)` and `$(file …)` change rules and
//! files. GNU make's manual, "Functions", is the source: a function not named here is a doubt.

use std::collections::BTreeSet;

use super::makefile::Makefile;
use super::{names, programs, shell};

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
    "grep",
    "egrep",
    "pkgconf",
    "krb5-config.mit",
    "krb5-config.heimdal",
];

/// Those whose output is known to be words: no sign of the shell is in it.
const PRINTERS: &[&str] = &[
    "dpkg-architecture",
    "dpkg-buildflags",
    "dpkg-vendor",
    "getconf",
    "lsb_release",
    "nproc",
    "uname",
    "arch",
    "pwd",
    "dh_listpackages",
    "py3versions",
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
        // A function's name may end at the end of a line within `define`.
        if !arguments.is_empty() && !arguments.starts_with([' ', '\t']) {
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
    let mut open: Vec<String> = Vec::new();
    let mut rest = text;
    // What stands in `$(…)` is no text of the shell as it is written, but it may become that.
    while let Some((_, after)) = rest.split_once('$') {
        rest = after.strip_prefix('$').unwrap_or(after);
        if after.starts_with(['(', '{']) {
            let Some((_, left)) = shell_text(after) else {
                return false;
            };
            let whole = after.len() - left.len();
            open.push(without_expansions(&format!(
                "${}",
                after.get(..whole).unwrap_or_default()
            )));
            rest = left;
        } else if !after.starts_with('$') {
            open.push(format!("${}", after.chars().take(1).collect::<String>()));
        }
    }
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    while let Some(text) = open.pop() {
        if !makefile.spend(text.len()) {
            return false;
        }
        // Functions that only compute keep their brackets.
        let text = text
            .replace("$(", "$")
            .replace("${", "$")
            .replace([')', '}'], " ");
        if text.contains([';', '&', '|', '`', '<', '>', '#', '(', '{', '\'', '"']) {
            return false;
        }
        if text.contains("$($") || text.contains("${$") {
            return false;
        }
        for name in variables(&text) {
            if matches!(
                name,
                "value" | "call" | "multi-line" | "file" | "eval" | "foreach"
            ) {
                return false;
            }
            // buildflags.mk makes these from what debian/rules exports.
            let Some(set) = makefile.values(name).next() else {
                if name.ends_with("FLAGS") && seen.insert("") {
                    open.extend(maintainers(makefile));
                }
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

/// The values of `DEB_CFLAGS_MAINT_APPEND` and the like.
fn maintainers(makefile: &Makefile) -> impl Iterator<Item = String> {
    let ours = |name: &str| name.starts_with("DEB_") && name.contains("_MAINT_");
    let sets = makefile.assignments.iter().filter(move |set| ours(&set.name));
    sets.map(|set| without_expansions(&set.value))
}

/// A value with `$(NAME)` as `$NAME `, and without the calls of `$(shell …)`, which are judged apart.
fn without_expansions(value: &str) -> String {
    let mut made = String::new();
    let mut rest = value;
    while let Some((before, after)) = rest.split_once('$') {
        made.push_str(before);
        let runs = after.get(1..).is_some_and(|inner| inner.starts_with("shell"));
        if let Some((command, left)) = runs.then(|| shell_text(after)).flatten() {
            if !prints_words(command) {
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
fn variables(text: &str) -> impl Iterator<Item = &str> {
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
    // `$(call …)` of dpkg's vendor.mk.
    if command.trim() == "$(call dpkg_vendor_derives_from,Ubuntu)" {
        return true;
    }
    if doubt(command, makefile).is_some() {
        return false;
    }
    if !command.trim_start().starts_with('$') {
        return is_tame(command, makefile) && only_readers(command);
    }
    // The program is what a variable says. As long as that is not set the command is another, so each may be empty.
    let mut texts = vec![String::new()];
    for word in command.split_ascii_whitespace() {
        let sign = |c: char| matches!(c, ';' | '&' | '|' | '`' | '<' | '>' | '#' | '(' | ')');
        let Some(value) = makefile.expand(word).filter(|value| !value.contains(sign)) else {
            return false;
        };
        let without = texts.clone();
        for text in &mut texts {
            text.push(' ');
            text.push_str(&value);
        }
        if word.contains('$') {
            texts.extend(without);
        }
        if texts.len() > 8 {
            return false;
        }
    }
    texts.iter().all(|text| only_readers(text))
}

/// Whether every command of a line only reads, and writes into nothing but /dev/null.
fn only_readers(line: &str) -> bool {
    shell::all(line).is_some_and(|commands| commands.iter().all(|words| is_reader(words)))
}

fn is_reader(words: &[String]) -> bool {
    let set = words.iter().take_while(|word| programs::is_setting(word)).count();
    let (settings, words) = words.split_at_checked(set).unwrap_or((&[], words));
    let settings = settings
        .iter()
        .all(|word| names::is_harmless(word.split('=').next().unwrap_or_default()));
    let mut words = words.iter().map(String::as_str);
    let Some(program) = words.next() else { return true };
    let arguments: Vec<&str> = words.collect();
    let redirected = programs::targets(&arguments);
    let program = program
        .strip_prefix("/usr/bin/")
        .or(program.strip_prefix("/bin/"))
        .unwrap_or(program);
    settings
        && redirected.is_some_and(|targets| targets.iter().all(|target| programs::is_nowhere(target)))
        && (READERS.contains(&program)
            || programs::reads(program, &arguments)
            || (program == "dh" && matches!(arguments.as_slice(), ["-l" | "--list"])))
}

/// Whether what a command prints is known to be words without a sign of the shell: it begins with a program that prints
/// such words, or takes a field of the changelog that is one, and what follows only picks.
fn prints_words(command: &str) -> bool {
    let Some(commands) = shell::all(command) else {
        return false;
    };
    let Some((first, filters)) = commands.split_first() else {
        return false;
    };
    let Some((program, arguments)) = first.split_first() else {
        return false;
    };
    let fields = ["Version", "Source", "Distribution", "Date", "Timestamp"];
    let field = |word: &String| {
        let name = word
            .strip_prefix("-S")
            .or(word.strip_prefix("--show-field="))
            .or(word.strip_prefix("--show-field"));
        name.is_some_and(|name| fields.contains(&name.trim_start()))
    };
    let picked = |words: &Vec<String>| {
        fields.iter().any(|name| {
            let starts = [format!("s/^{name}: "), format!("^{name}:"), format!("/^{name}:")];
            words
                .iter()
                .any(|word| starts.iter().any(|start| word.starts_with(start)))
        })
    };
    let safe = match program.as_str() {
        "dpkg-parsechangelog" => {
            let shown = arguments.iter().any(field)
                || arguments
                    .windows(2)
                    .any(|pair| matches!(pair, [option, name] if matches!(option.as_str(), "-S" | "--show-field") && fields.contains(&name.as_str())));
            shown || filters.iter().any(picked)
        }
        "date" | "echo" | "printf" => arguments.iter().all(|word| {
            word.chars()
                .all(|c| c.is_ascii_alphanumeric() || " +-_.,:%@=/".contains(c))
                || word.starts_with("$(")
        }),
        program => PRINTERS.contains(&program),
    };
    let odd = ["\\x", "\\o", "\\d", "\\c", "\\0"];
    let mut words = commands
        .iter()
        .flatten()
        .filter(|word| !word.ends_with(">/dev/null") && *word != "2>&1");
    safe && words.all(|word| {
        !word.contains([';', '|', '&', '<', '>', '`', '\'', '"']) && !odd.iter().any(|odd| word.contains(odd))
    })
}

fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

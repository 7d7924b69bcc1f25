//! The forms of lines that debian/rules may be made of, before any step of it is believed.

use std::collections::BTreeSet;

use super::early::{hook, is_late};
use super::makefile::Makefile;
use super::{TARGETS, expansions, names};

/// Whether the first line says that make reads the file, and nothing else.
pub(super) fn is_makefile(text: &[u8]) -> bool {
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let words: Vec<&[u8]> = line
        .strip_prefix(b"#!")
        .unwrap_or_default()
        .split(|byte| matches!(byte, b' ' | b'\t'))
        .filter(|word| !word.is_empty())
        .collect();
    words == [&b"/usr/bin/make"[..], b"-f"]
}

/// What is not of a known form, with its line.
pub(super) fn strange(makefile: &Makefile) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (line, text) in &makefile.texts {
        if let Some(why) = expansions::doubt(text, makefile) {
            found.push((*line, why));
        }
    }
    for set in &makefile.assignments {
        let exported = set.exported
            || makefile.exports_all
            || makefile.exported.iter().any(|(_, name)| *name == set.name);
        if let Some(why) = names::doubt(set, exported) {
            found.push((set.line, why));
        }
    }
    for (line, name) in &makefile.exported {
        let set = makefile.values(name).next().is_some();
        if !set && !names::is_harmless(name) {
            found.push((
                *line,
                format!("{name} is exported, which may replace or stop autoreconf's programs"),
            ));
        }
    }
    targets(makefile, &mut found);
    needs(makefile, &mut found);
    found
}

fn targets(makefile: &Makefile, found: &mut Vec<(usize, String)>) {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for rule in &makefile.rules {
        for target in &rule.targets {
            let special = target.starts_with('.') && !target.contains('/');
            let harmless = matches!(
                target.as_str(),
                ".PHONY" | ".NOTPARALLEL" | ".SECONDARY" | ".PRECIOUS" | ".DELETE_ON_ERROR"
            );
            if (special && !harmless) || (target != "%" && !is_plain(target)) {
                found.push((
                    rule.line,
                    format!("{target} changes how rules are run, or is no plain name"),
                ));
            }
            // make makes its own makefiles anew, before anything else.
            if target.ends_with("rules") || target.ends_with(".mk") {
                found.push((
                    rule.line,
                    format!("{target} may be a makefile, which make makes anew first"),
                ));
            }
            let again = !rule.recipe.is_empty() && !seen.insert(target);
            if again && !is_late(target) {
                found.push((
                    rule.line,
                    format!("{target} has another recipe above, which make forgets"),
                ));
            }
        }
    }
}

fn needs(makefile: &Makefile, found: &mut Vec<(usize, String)>) {
    let known: BTreeSet<&str> = makefile
        .rules
        .iter()
        .filter(|rule| !rule.targets.iter().any(|target| target.starts_with('.')))
        .flat_map(|rule| rule.targets.iter().map(String::as_str))
        .collect();
    for rule in &makefile.rules {
        let phony = rule.targets.iter().any(|target| target.starts_with('.'));
        let late = !phony && rule.targets.iter().all(|target| is_late(target));
        for need in &rule.prerequisites {
            let Some(names) = makefile.expand(need) else {
                found.push((rule.line, format!("what {need} stands for is not known here")));
                continue;
            };
            for name in names.split_whitespace() {
                if !is_plain(name) && name != "|" {
                    found.push((rule.line, format!("{name} is no plain name of what is needed")));
                }
                let hooked = hook(name).is_some();
                if hooked && !is_late(name) && !known.contains(name) {
                    found.push((rule.line, format!("{name} has no rule, and dh may run it")));
                }
                if hooked && !phony && !late {
                    found.push((rule.line, format!("{name} may run earlier than dh would run it")));
                }
                if !phony && late && TARGETS.contains(&name) {
                    found.push((rule.line, format!("{name} may run within another target")));
                }
            }
        }
    }
    for (line, name) in &makefile.mentioned {
        if hook(name).is_some_and(|_| !is_late(name)) && !known.contains(name.as_str()) {
            found.push((
                *line,
                format!("a variable of its own makes {name} a target, and dh may run it"),
            ));
        }
    }
}

fn is_plain(name: &str) -> bool {
    name.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/' | b'+' | b'@'))
}

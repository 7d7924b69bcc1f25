//! The forms of lines that debian/rules may be made of, before any step of it is believed.

use std::collections::BTreeSet;

use super::early::{hook, is_late};
use super::makefile::{Makefile, Rule};
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

/// A directory that the build makes for itself: programs find no settings of theirs there, unless somebody writes them.
pub(super) fn is_new_home(value: &str) -> bool {
    let name = value.strip_prefix("$(CURDIR)/debian/").unwrap_or_default();
    let plain = !name.is_empty() && !name.starts_with('.') && is_plain(name) && !name.contains("..");
    plain || matches!(value, "/nonexistent" | "/dev/null")
}

/// `MAKEFLAGS += -j$(NUMJOBS)`: every value of that variable must be made from `parallel=N`.
fn jobs(makefile: &Makefile, found: &mut Vec<(usize, String)>) {
    const PARALLEL: &str = "$(patsubst parallel=%,%,$(filter parallel=%,$(DEB_BUILD_OPTIONS)))";
    for set in makefile.values("MAKEFLAGS").filter(|set| set.value.contains('$')) {
        let number = |value: &str| !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
        let plain = makefile
            .values("NUMJOBS")
            .all(|set| set.value == PARALLEL || number(&set.value));
        if !plain || makefile.values("DEB_BUILD_OPTIONS").next().is_some() {
            found.push((set.line, "what MAKEFLAGS holds is not known here".to_owned()));
        }
    }
}

/// What is not of a known form, with its line.
pub(super) fn strange(makefile: &Makefile) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (line, text) in &makefile.texts {
        if let Some(why) = expansions::doubt(text, makefile) {
            found.push((*line, why));
        }
    }
    let named: BTreeSet<&str> = makefile.exported.iter().map(|(_, name)| name.as_str()).collect();
    for set in &makefile.assignments {
        let exported = set.exported || makefile.exports_all || named.contains(set.name.as_str());
        if let Some(why) = names::doubt(set, exported) {
            found.push((set.line, why));
        }
    }
    for (line, name) in &makefile.exported {
        // One that is never set is exported as it came: make's own have values from the beginning.
        let set = makefile.values(name).next().is_some();
        let own = ["MAKE", "RM", "SHELL", "CURDIR"]
            .iter()
            .any(|own| name.starts_with(own));
        if !set && own {
            found.push((
                *line,
                format!("{name} is exported, which may replace or stop autoreconf's programs"),
            ));
        }
    }
    jobs(makefile, &mut found);
    targets(makefile, &mut found);
    needs(makefile, &mut found);
    unmade(makefile, &mut found);
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
            if (special && !harmless) || (target != "%" && !is_plain(target) && !is_tame_pattern(target)) {
                found.push((
                    rule.line,
                    format!("{target} changes how rules are run, or is no plain name"),
                ));
            }
            // make makes its own makefiles anew, before anything else.
            if target.ends_with("rules") || target.ends_with("mk") {
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
        let pattern = rule.targets.iter().all(|target| is_tame_pattern(target));
        for need in &rule.prerequisites {
            let Some(names) = makefile.expand(need) else {
                found.push((rule.line, format!("what {need} stands for is not known here")));
                continue;
            };
            for name in names.split_whitespace() {
                if !is_plain(name) && name != "|" && !(pattern && is_tame_pattern(name)) {
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

/// A target of dh that is said to be phony and has no recipe is never made: patterns are not for those.
fn unmade(makefile: &Makefile, found: &mut Vec<(usize, String)>) {
    let of_phony = |rule: &&Rule| rule.targets.iter().any(|target| target.starts_with('.'));
    let phony: BTreeSet<String> = makefile
        .rules
        .iter()
        .filter(of_phony)
        .flat_map(|rule| &rule.prerequisites)
        .filter_map(|need| makefile.expand(need))
        .flat_map(|names| names.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    for name in TARGETS
        .iter()
        .chain(&["clean"])
        .filter(|name| phony.contains(**name))
    {
        // `build: build-arch` leads to something that is made; `clean` must have what dh does.
        let works = |rule: &Rule| {
            !rule.recipe.is_empty()
                || (*name != "clean" && !of_phony(&rule) && !rule.prerequisites.is_empty())
        };
        let mut rules = makefile.rules.iter().filter(|rule| works(rule));
        if !rules.any(|rule| rule.targets.iter().any(|target| target == name)) {
            found.push((
                0,
                format!("{name} is phony and has no recipe, so that make does nothing for it"),
            ));
        }
    }
}

/// `debian/%.png` and the like: no target of dh, and no makefile.
fn is_tame_pattern(target: &str) -> bool {
    let Some((directory, ending)) = target.split_once("/%.") else {
        return false;
    };
    let plain = !directory.is_empty() && is_plain(directory) && !ending.is_empty();
    plain && ending.bytes().all(|byte| byte.is_ascii_alphanumeric()) && ending != "mk"
}

fn is_plain(name: &str) -> bool {
    name.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/' | b'+' | b'@'))
}

//! The commands of debhelper's sequences, with the rules that stand before, after or in the place of each.

use bstr::ByteSlice;
use tarvet_origin::rebuild::Step;

use super::Rules;
use super::commands::{self, Defaults, Found, Phase, SCRIPTS};
use super::dh::Options;
use super::makefile::Rule;

/// The commands of a dh sequence, with what is known of autoreconf.
pub(super) struct Sequence<'a> {
    pub(super) rules: &'a Rules<'a>,
    pub(super) options: &'a Options,
}

impl Sequence<'_> {
    /// One command of the sequence, with the rules that come before, after or instead.
    pub(super) fn command(&self, command: &str, found: &mut Found) {
        let runs = match command {
            "dh_autoreconf" | "dh_autoreconf_clean" => self.rules.autoreconf_runs(self.options),
            _ => Some(true),
        };
        if runs == Some(false) {
            return;
        }
        self.target(&format!("execute_before_{command}"), command, found);
        if !self.target(&format!("override_{command}"), command, found) {
            if runs.is_none() {
                found.doubt(
                    "",
                    "debian/control: dh-sequence-autoreconf is required under a condition",
                );
            } else {
                let by = format!("dh ({command})");
                if !self.run(command, &[], &by, found) {
                    found.doubt("", format!("what {command} does is not certain"));
                }
            }
        }
        self.target(&format!("execute_after_{command}"), command, found);
    }

    /// Goes through the rules for a hook, and whether there are any.
    fn target(&self, target: &str, command: &str, found: &mut Found) -> bool {
        let rules: Vec<&Rule> = self.rules.rules_for(target).collect();
        let halves = ["-arch", "-indep"].map(|half| format!("{target}{half}"));
        let halves: Vec<&Rule> = halves
            .iter()
            .flat_map(|half| self.rules.rules_for(half))
            .collect();
        let early = matches!(
            command,
            "dh_autoreconf" | "dh_update_autotools_config" | "dh_testdir"
        );
        let certain = match rules.as_slice() {
            [] => false,
            [rule] => {
                let plain = !rule.conditional && !rule.double_colon;
                if !rule.prerequisites.is_empty() || (!plain && early) {
                    self.unclear(rule, command, target, found);
                }
                plain
            }
            [first, ..] => {
                self.unclear(first, command, target, found);
                false
            }
        };
        for rule in &rules {
            found.recipe(&rule.recipe, &self.rules.makefile, certain, self);
        }
        for rule in &halves {
            if early {
                self.unclear(rule, command, target, found);
            }
            found.recipe(&rule.recipe, &self.rules.makefile, false, self);
        }
        !rules.is_empty() || !halves.is_empty()
    }

    fn unclear(&self, rule: &Rule, command: &str, target: &str, found: &mut Found) {
        let patterns = if command == "dh_update_autotools_config" {
            SCRIPTS
        } else {
            &[""]
        };
        for pattern in patterns {
            found.doubt(
                pattern,
                format!(
                    "debian/rules:{}: when and how {target} runs is not certain",
                    rule.line
                ),
            );
        }
    }

    fn autoreconf(&self, arguments: &[String], place: &str, found: &mut Found) -> bool {
        let mut directory = self.options.source.clone();
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            let word = word.strip_prefix("-O").unwrap_or(word);
            match word {
                "--as-needed" | "-v" | "--verbose" | "--" => {}
                "-D" | "--sourcedirectory" => directory = words.next().cloned(),
                "-X" | "--exclude" | "--mode" => {
                    words.next();
                }
                _ if word.starts_with("--mode=")
                    || word.starts_with("-X")
                    || word.starts_with("--exclude=") => {}
                _ => match word
                    .strip_prefix("--sourcedirectory=")
                    .or(word.strip_prefix("-D"))
                {
                    Some(value) => directory = Some(value.to_owned()),
                    None => return self.program(arguments, place, found),
                },
            }
        }
        let Some(compat) = self.rules.compat else {
            return false;
        };
        let base = if compat >= 10 {
            directory.unwrap_or_default()
        } else {
            String::new()
        };
        let inside =
            !base.starts_with('/') && !base.contains('$') && base.split('/').all(|name| name != "..");
        let Some(directories) = self.directories().filter(|_| inside) else {
            return false;
        };
        for directory in directories {
            found.steps.push(Step::Autoreconf {
                directory: format!("{base}/{directory}").trim_matches('/').into(),
                by: place.to_owned(),
            });
        }
        true
    }

    /// `dh_autoreconf autoreconf -- -f -i` does the same; of any other program nothing is known.
    fn program(&self, arguments: &[String], place: &str, found: &mut Found) -> bool {
        let mut words = arguments.iter().map(String::as_str).filter(|word| *word != "--");
        let same = words.next() == Some("autoreconf");
        let (mut force, mut install) = (false, false);
        while let Some(word) = words.next() {
            match word {
                "-I" => {
                    words.next();
                }
                "--force" => force = true,
                "--install" => install = true,
                "--verbose" => {}
                _ => {
                    let letters = word.strip_prefix('-').unwrap_or("?");
                    if !letters.bytes().all(|byte| b"fiv".contains(&byte)) {
                        return false;
                    }
                    force |= letters.contains('f');
                    install |= letters.contains('i');
                }
            }
        }
        let done = same && force && install && self.options.source.is_none();
        if done {
            // debian/autoreconf has no say then.
            found.steps.push(Step::Autoreconf {
                directory: "".into(),
                by: place.to_owned(),
            });
        }
        done
    }

    /// What debian/autoreconf lists; the top directory without it.
    fn directories(&self) -> Option<Vec<String>> {
        let Some(text) = self.rules.autoreconf else {
            return Some(vec![String::new()]);
        };
        let text = text.to_str().ok()?;
        let lines = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        let listed: Vec<String> = lines
            .flat_map(str::split_ascii_whitespace)
            .map(str::to_owned)
            .collect();
        let plain = !text.starts_with("#!")
            && listed.iter().all(|word| {
                let names = !word.contains(['*', '?', '[', '{', '$', '\\']) && !word.starts_with(['-', '/']);
                names && word.split('/').all(|name| name != "..")
            });
        (plain && !listed.is_empty()).then_some(listed)
    }

    /// debian/clean, which dh_clean deletes; `doubt` says why that is not certain.
    fn clean(&self, doubt: Option<&str>, found: &mut Found) {
        let Some(text) = self.rules.clean else {
            return;
        };
        let text = text.to_str_lossy();
        if text.starts_with("#!") {
            found.doubt("", "debian/clean is a program, if it may be run");
            return;
        }
        // debhelper strips blanks before it looks for the sign of a comment.
        let lines = text.lines().enumerate();
        for (number, line) in lines.filter(|(_, line)| !line.trim_start().starts_with('#')) {
            for word in line.split_ascii_whitespace() {
                let by = format!("debian/clean:{}", number + 1);
                let (pattern, exact) = commands::pattern(word.trim_start_matches("./"));
                let outside = pattern.starts_with('/') || pattern.split('/').any(|name| name == "..");
                if outside || pattern.contains(['$', '\\']) {
                    // A computed name: what it deletes is not known here, and is no worse for it.
                    continue;
                }
                match doubt {
                    Some(why) => found.doubt(&pattern, format!("{by}: {why}")),
                    None if exact => found.delete(&pattern, false, &by),
                    None => found.doubt(
                        &pattern,
                        format!("{by}: whether {word} means this file is not certain"),
                    ),
                }
            }
        }
    }
}

impl Defaults for Sequence<'_> {
    fn is_packaged(&self, path: &str) -> bool {
        self.rules.packaged.contains(path)
    }

    fn run(&self, program: &str, arguments: &[String], place: &str, found: &mut Found) -> bool {
        match program {
            "dh_autoreconf" => {
                if found.autoreconf_ran {
                    return true;
                }
                found.autoreconf_ran = true;
                let in_time = found.phase < Phase::Configured;
                let done = in_time && self.autoreconf(arguments, place, found);
                found.phase = found.phase.max(Phase::After);
                done
            }
            "dh_update_autotools_config" => {
                if found.phase == Phase::Configured {
                    return false;
                }
                found.steps.push(Step::ConfigScripts { by: place.to_owned() });
                true
            }
            "dh_clean" => {
                // -X keeps files, -d and -k keep all; what else is named is deleted as well.
                let keeps = |word: &String| word.starts_with('-') && word != "--" && word != "-v";
                if self.rules.clean.is_some() && arguments.iter().any(keeps) {
                    return false;
                }
                let excludes = "dh has an option by which dh_clean leaves files alone";
                self.clean(self.options.excludes.then_some(excludes), found);
                true
            }
            "dh_auto_configure" => {
                found.phase = Phase::Configured;
                true
            }
            _ => true,
        }
    }

    fn doubtful_clean(&self, place: &str, found: &mut Found) {
        self.clean(
            Some(&format!("whether dh_clean deletes it is not certain, {place}")),
            found,
        );
    }
}

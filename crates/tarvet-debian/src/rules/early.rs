//! Recipes that may run before configure: nothing in them may save the tarball's bytes, or change them unseen.
//!
//! Every command must be one that [`programs`] knows, in a line that the reader follows to its end. After configure the
//! bytes that were made anew are gone, and only taking the tarball itself apart again brings them back.

use std::collections::BTreeSet;

use bstr::BStr;
use tarvet_origin::rebuild;

use super::makefile::{Line, Makefile, Rule};
use super::programs::{self, Effect};
use super::{TARGETS, commands, expansions, loops, names, shell};

/// debhelper's commands that run after dh_auto_configure, whatever add-ons there are.
const LATE: &[&str] = &[
    "dh_auto_build",
    "dh_auto_test",
    "dh_auto_install",
    "dh_bugfiles",
    "dh_builddeb",
    "dh_compress",
    "dh_dwz",
    "dh_fixperms",
    "dh_gencontrol",
    "dh_girepository",
    "dh_icons",
    "dh_link",
    "dh_lintian",
    "dh_makeshlibs",
    "dh_md5sums",
    "dh_missing",
    "dh_movefiles",
    "dh_numpy3",
    "dh_perl",
    "dh_prep",
    "dh_python3",
    "dh_shlibdeps",
    "dh_strip",
    "dh_strip_nondeterminism",
    "dh_systemd_enable",
    "dh_systemd_start",
    "dh_ucf",
    "dh_usrlocal",
    "dh_apparmor",
    "dh_makeclilibs",
    "dh_sysuser",
    "dh_gnome",
    "dh_install",
    "dh_sphinxdoc",
    "dh_python2",
    "dh_movetousr",
    "dh_translations",
    "dh_elpa",
    "dh_elpa_test",
    "dh_runit",
    "dh_listpackages",
];

/// Programs that take the tarball, or a repository that has it, apart again.
const EXTRACTORS: &[&str] = &[
    "tar",
    "bsdtar",
    "unzip",
    "cpio",
    "7z",
    "git",
    "gbp",
    "dpkg-source",
    "pristine-tar",
    "uscan",
    "pax",
    "ar",
];

/// Commands from which a step may come: where one stands after dh_autoreconf, what stands there could have saved bytes.
const STEPS: &[&str] = &[
    "autoreconf",
    "dh_autoreconf",
    "dh_clean",
    "dh_update_autotools_config",
    "cp",
    "install",
    "ln",
    "rm",
    "$(RM)",
    "${RM}",
];

/// Files of debian/ by which debhelper knows what to do, and those that make it believe that all is done.
const STEERING: &[&str] = &[
    "rules",
    "control",
    "compat",
    "changelog",
    "clean",
    "autoreconf",
    "autoreconf.before",
    "autoreconf.after",
    "debhelper-build-stamp",
    "debhelper.log",
    ".autom4te.cfg",
    ".debhelper",
    "debian",
];

/// Files that tell autoreconf what to do; without them it leaves alone what it would have made.
const INPUTS: &[&str] = &["configure.ac", "configure.in", "Makefile.am"];

/// The target of a hook without its `override_` and the like, and without `-arch` or `-indep`.
pub(super) fn hook(target: &str) -> Option<&str> {
    let command = ["override_", "execute_before_", "execute_after_"]
        .iter()
        .find_map(|start| target.strip_prefix(start))?;
    Some(
        command
            .strip_suffix("-arch")
            .or(command.strip_suffix("-indep"))
            .unwrap_or(command),
    )
}

/// Whether the target runs only after configure.
pub(super) fn is_late(target: &str) -> bool {
    target.starts_with("execute_after_dh_auto_configure")
        || hook(target).is_some_and(|command| LATE.contains(&command) || command.starts_with("dh_install"))
}

fn is_clean(target: &str) -> bool {
    target == "clean"
        || hook(target)
            .is_some_and(|command| matches!(command, "dh_auto_clean" | "dh_clean" | "dh_autoreconf_clean"))
}

/// Doubts by pattern, with the reason.
pub(super) fn doubts(makefile: &Makefile, packaged: &BTreeSet<String>) -> Vec<(String, String)> {
    let mut early = Early {
        makefile,
        packaged,
        found: Vec::new(),
        steps_late: false,
    };
    // What cannot be expanded is a doubt of its own.
    let needed: BTreeSet<String> = makefile
        .rules
        .iter()
        .filter(|rule| !rule.targets.iter().any(|target| target.starts_with('.')))
        .flat_map(|rule| &rule.prerequisites)
        .filter_map(|need| makefile.expand(need))
        .flat_map(|names| names.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let reached = |target: &String| {
        let pattern = || {
            target.split_once('%').is_some_and(|(start, end)| {
                needed
                    .iter()
                    .any(|need| need.starts_with(start) && need.ends_with(end))
            })
        };
        TARGETS.contains(&target.as_str())
            || needed.contains(target)
            || matches!(target.as_str(), "clean" | "%")
            || target.contains("_dh_")
            || pattern()
    };
    early.steps_late = makefile.rules.iter().filter(|rule| is_middle(rule)).any(|rule| {
        let lines = rule.recipe.iter().take(until_configure(rule));
        lines.into_iter().any(|line| has_step(line, makefile))
    });
    for rule in &makefile.rules {
        if rule.targets.iter().any(reached) {
            early.rule(rule);
        }
    }
    early.found
}

/// Whether the rule runs after dh_autoreconf, so that what dh_autoreconf made anew can no longer be saved.
fn is_middle(rule: &Rule) -> bool {
    let after = |target: &String| {
        let target = target
            .strip_suffix("-arch")
            .or(target.strip_suffix("-indep"))
            .unwrap_or(target);
        matches!(
            target,
            "override_dh_auto_configure" | "execute_before_dh_auto_configure" | "execute_after_dh_autoreconf"
        )
    };
    !rule.targets.is_empty() && rule.targets.iter().all(after)
}

/// How many lines of a recipe run before dh_auto_configure is done.
fn until_configure(rule: &Rule) -> usize {
    let overrides = rule
        .targets
        .iter()
        .all(|target| hook(target) == Some("dh_auto_configure"));
    let configures = |line: &Line| {
        let is = |words: &[String]| words.first().is_some_and(|first| first == "dh_auto_configure");
        let mut commands = shell::commands(&line.text).into_iter();
        !line.conditional && commands.any(|command| command.certain && is(&command.words))
    };
    let found = rule.recipe.iter().position(|line| overrides && configures(line));
    found.map_or(rule.recipe.len(), |at| at + 1)
}

/// Whether a step may come of a line, with no look at what is quoted or behind a condition.
fn has_step(line: &Line, makefile: &Makefile) -> bool {
    let ends = |c: char| c.is_whitespace() || matches!(c, ';' | '&' | '|' | '@' | '-' | '+' | '\'' | '"');
    let is_step = |word: &str| STEPS.contains(&word.rsplit('/').next().unwrap_or(word));
    let mut words = line.text.split(ends).filter(|word| !word.is_empty());
    words.any(|word| {
        is_step(word) || (word.contains('$') && makefile.expand(word).is_some_and(|word| is_step(&word)))
    })
}

struct Early<'a> {
    makefile: &'a Makefile,
    /// Regular files of debian/ that the recipes name.
    packaged: &'a BTreeSet<String>,
    found: Vec<(String, String)>,
    /// A step may come of a line between dh_autoreconf and dh_auto_configure.
    steps_late: bool,
}

impl Early<'_> {
    fn doubt(&mut self, pattern: &str, line: usize, why: &str) {
        self.found
            .push((pattern.to_owned(), format!("debian/rules:{line}: {why}")));
    }

    fn rule(&mut self, rule: &Rule) {
        let late = rule.targets.iter().all(|target| is_late(target));
        let clean = rule.targets.iter().all(|target| is_clean(target));
        let early = match late || (is_middle(rule) && !self.steps_late) {
            true => 0,
            false => until_configure(rule),
        };
        for (at, line) in rule.recipe.iter().enumerate() {
            if at < early {
                self.line(line, rule, clean);
            } else {
                self.late(line);
            }
        }
    }

    fn late(&mut self, line: &Line) {
        let words = || {
            line.text.split(|c: char| {
                c.is_whitespace() || matches!(c, ';' | '&' | '|' | '(' | ')' | '\'' | '"' | '`' | '@')
            })
        };
        let extracts = words().any(|word| EXTRACTORS.contains(&word.rsplit('/').next().unwrap_or(word)));
        if line.text.contains(".orig.tar")
            || line.text.contains(".orig.$")
            || (extracts && line.text.contains(".."))
        {
            self.doubt("", line.line, "the tarball may be taken apart again");
        }
    }

    fn line(&mut self, line: &Line, rule: &Rule, clean: bool) {
        let text = line.text.trim_start_matches(['@', '-', '+', ' ', '\t']);
        if text.starts_with('#') || text.is_empty() {
            // make expands a comment of the shell all the same.
            if let Some(why) = expansions::doubt(text, self.makefile) {
                self.doubt("", line.line, &why);
            }
            return;
        }
        // The name of the target that is made, as a command.
        let hooks = rule
            .targets
            .iter()
            .all(|target| target.starts_with("override_dh_auto_"));
        let itself = if hooks {
            "dh_auto_build"
        } else {
            "$(patsubst override_%,%,$@)"
        };
        let text = &text.replace("$(patsubst override_%,%,$@)", itself);
        if let Some(why) = expansions::doubt(text, self.makefile) {
            return self.doubt("", line.line, &why);
        }
        if !expansions::is_tame(text, self.makefile) {
            return self.doubt("", line.line, "a variable here may stand for more than words");
        }
        let Some(commands) = shell::all(text) else {
            return self.doubt(
                "",
                line.line,
                "this line is not followed here, and may save files that are made anew",
            );
        };
        let carries = commands.iter().any(|words| self.carries(words));
        let loops = loops::of(text);
        for words in &commands {
            let in_loop = |word: &String| loops.iter().any(|(name, _)| word.contains(name));
            let turns: usize = if words.iter().any(in_loop) {
                loops.iter().map(|(_, list)| list.len()).max().unwrap_or(1)
            } else {
                1
            };
            for turn in 0..turns {
                let words: Vec<String> = words
                    .iter()
                    .map(|word| loops::in_turn(word, &loops, turn))
                    .collect();
                self.command(&words, carries, line.line, rule, clean);
            }
        }
    }

    /// Whether what the command prints may be bytes of the tarball.
    fn carries(&self, words: &[String]) -> bool {
        let mut words = words
            .iter()
            .map(String::as_str)
            .skip_while(|word| programs::is_setting(word));
        let program = words.next().unwrap_or_default();
        let arguments: Vec<&str> = words.collect();
        let input = |word: &&str| word.contains('<') || word.contains("$$");
        match program {
            "dpkg-parsechangelog" | "dpkg-architecture" | "dpkg-buildflags" | "date" | "rm" => false,
            "echo" | "printf" | "test" | "[" => arguments.iter().any(input),
            _ if programs::is_silent(program) => false,
            // What is read must be a file of debian/ as it is in the source package.
            _ => {
                !arguments.iter().any(|word| self.is_packaged(word))
                    || arguments.iter().any(|word| {
                        input(word)
                            || (!word.starts_with('-')
                                && word.contains('/')
                                && !word.contains(['\\', ' '])
                                && !word.contains('>')
                                && !self.is_packaged(word)
                                && !word.starts_with("s/")
                                && !programs::is_debian(word))
                    })
            }
        }
    }

    fn is_packaged(&self, word: &str) -> bool {
        let word = word.strip_prefix("$(CURDIR)/").unwrap_or(word);
        self.packaged.contains(word.strip_prefix("./").unwrap_or(word))
    }

    fn command(&mut self, words: &[String], carries: bool, line: usize, rule: &Rule, clean: bool) {
        let set = words.iter().take_while(|word| programs::is_setting(word)).count();
        let (settings, words) = words.split_at_checked(set).unwrap_or((&[], words));
        for word in settings {
            let name = word.split('=').next().unwrap_or_default();
            if names::is_loaded(name) {
                self.doubt(
                    "",
                    line,
                    &format!("{name} is set, which may replace or stop autoreconf's programs"),
                );
            }
        }
        let Some((program, arguments)) = words.split_first() else {
            return;
        };
        let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let Some(targets) = programs::targets(&words) else {
            return self.doubt("", line, "where the output goes cannot be told");
        };
        for target in targets.iter().filter(|target| !programs::is_nowhere(target)) {
            self.redirected(target, carries, line);
        }
        let arguments: Vec<&str> = without_redirections(&words);
        let base = program
            .strip_prefix("/usr/bin/")
            .or(program.strip_prefix("/bin/"))
            .unwrap_or(program);
        let is_dh = base == "dh"
            && rule
                .targets
                .iter()
                .all(|target| TARGETS.contains(&target.as_str()) || matches!(target.as_str(), "clean" | "%"));
        if is_dh {
            return;
        }
        self.steered(base, &arguments, line);
        match programs::effect(base, &arguments, clean) {
            Effect::None | Effect::Prints => {}
            Effect::Unknown => self.doubt(
                "",
                line,
                &format!("what {base} does here is not known, and it may save files that are made anew"),
            ),
            Effect::Deletes(_) if matches!(base, "rm" | "$(RM)" | "${RM}") => {
                for word in arguments.iter().filter(|word| !word.starts_with('-')) {
                    self.removed(word, line);
                }
            }
            Effect::Deletes(names) => self.deleted(&names, line),
            // From the distribution or from debian/ nothing of the tarball comes; what is written is followed elsewhere.
            Effect::Writes(_) if matches!(base, "cp" | "install") && self.is_foreign(&arguments) => {}
            Effect::Writes(names) => {
                for name in names {
                    self.written(&name, line);
                }
            }
        }
    }

    fn is_foreign(&self, arguments: &[&str]) -> bool {
        let mut plain: Vec<&&str> = arguments.iter().filter(|word| !word.starts_with('-')).collect();
        plain.pop();
        plain
            .iter()
            .all(|word| self.is_packaged(word) || (word.starts_with("/usr/share/") && !word.contains("..")))
    }

    fn redirected(&mut self, target: &str, carries: bool, line: usize) {
        let odd = target.starts_with('/') || target.contains("..") || target.starts_with('&');
        if odd || carries {
            self.doubt(
                "",
                line,
                &format!("what is written to {target} may be a file that is made anew"),
            );
        } else {
            let base = target.rsplit('/').next().unwrap_or(target);
            let computed = base.contains('$');
            if !programs::is_debian(target) || computed || STEERING.contains(&base) || base.ends_with(".mk") {
                self.written(if computed { "" } else { base }, line);
            }
        }
    }

    /// What makes debhelper or make do other things than the text says: a file with a target's name, or one in debian/.
    fn steered(&mut self, program: &str, arguments: &[&str], line: usize) {
        let makes = matches!(program, "mkdir" | "touch" | "cp" | "mv" | "ln" | "install");
        let named = |word: &&str| {
            let base = word.trim_end_matches('/').rsplit('/').next().unwrap_or(word);
            rebuild::is_target(BStr::new(base))
        };
        let computed = |word: &&str| {
            word.rsplit('/').next().unwrap_or(word).contains('$')
                && !programs::is_debian(word)
                && self
                    .makefile
                    .expand(word)
                    .is_none_or(|word| word.split_whitespace().any(|word| named(&word)))
        };
        if makes && arguments.iter().any(|word| named(word) || computed(word)) {
            self.doubt(
                "",
                line,
                "a file made here may have the name of a target, which make then takes for done",
            );
        }
        let moves = program == "mv" && arguments.iter().any(|word| programs::is_debian(word));
        if moves || (program == "cd" && arguments.iter().any(|word| programs::is_debian(word))) {
            self.doubt(
                "",
                line,
                "what becomes of the files of debian/ here is not followed",
            );
        }
    }

    /// `rm WORD`: what autoreconf and debhelper need must stay.
    fn removed(&mut self, word: &str, line: usize) {
        let whole = self.makefile.expand(word);
        let known = whole.as_deref().is_some_and(|whole| !whole.contains('$'));
        if !known
            && word
                .trim_end_matches('/')
                .rsplit('/')
                .next()
                .unwrap_or(word)
                .contains('$')
            && !programs::is_debian(word)
        {
            return self.doubt(
                "",
                line,
                "which file is deleted here is computed, and autoreconf may need it",
            );
        }
        for word in whole.as_deref().unwrap_or(word).split_whitespace() {
            let base = word.trim_end_matches('/').rsplit('/').next().unwrap_or(word);
            let input = INPUTS.iter().any(|input| may_be(base, input));
            let steers = STEERING
                .iter()
                .any(|name| base == *name || (programs::is_debian(word) && may_be(base, name)));
            // `*` in some directory of its own: no place of a configure.ac that is needed.
            let elsewhere = base == "*" && word.contains('/') && !word.starts_with(['.', '$']);
            if (input && !elsewhere) || (steers && (base != "debian" || !word.contains('/'))) {
                self.doubt(
                    "",
                    line,
                    "the build may delete what autoreconf or debhelper goes by",
                );
            }
        }
    }

    fn written(&mut self, name: &str, line: usize) {
        if name.is_empty() {
            return self.doubt("", line, "which file is written here is computed");
        }
        if STEERING.contains(&name)
            || INPUTS.contains(&name)
            || name.ends_with(".mk")
            || rebuild::is_target(BStr::new(name))
        {
            return self.doubt(
                "",
                line,
                "what is written here may tell debhelper or make to do something else",
            );
        }
        let (pattern, _) = commands::pattern(name);
        self.doubt(
            &format!("**/{pattern}"),
            line,
            "the build may put another file there",
        );
        self.doubt(
            &format!("**/{pattern}/"),
            line,
            "the build may put another file there",
        );
    }

    fn deleted(&mut self, names: &[Option<String>], line: usize) {
        let needed = |name: &str| INPUTS.iter().chain(STEERING).any(|needed| may_be(name, needed));
        if names.iter().any(|name| name.as_deref().is_none_or(needed)) {
            self.doubt(
                "",
                line,
                "the build may delete what autoreconf or debhelper goes by",
            );
        }
    }
}

/// Whether a shell's pattern may mean this name.
fn may_be(pattern: &str, name: &str) -> bool {
    let special = ['*', '?', '[', '{'];
    match (pattern.find(special), pattern.rfind(['*', '?', ']', '}'])) {
        (Some(first), Some(last)) => {
            name.starts_with(pattern.get(..first).unwrap_or(""))
                && name.ends_with(pattern.get(last + 1..).unwrap_or(""))
        }
        _ => pattern == name,
    }
}

fn without_redirections<'w>(words: &[&'w str]) -> Vec<&'w str> {
    let mut kept = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if word.ends_with('>') || word.ends_with('<') {
            words.next();
        } else if !word.contains(['>', '<']) {
            kept.push(*word);
        }
    }
    kept
}

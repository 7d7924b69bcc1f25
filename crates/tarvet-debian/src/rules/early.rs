//! Recipes that may run before configure: nothing in them may save the tarball's bytes, or change them unseen.
//!
//! Every command must be one that [`programs`] knows, in a line that the reader follows to its end. After configure the
//! bytes that were made anew are gone, and only taking the tarball itself apart again brings them back.

use std::collections::BTreeSet;

use super::makefile::{Line, Makefile, Rule};
use super::programs::{self, Effect};
use super::{TARGETS, commands, expansions, names, shell};

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
    };
    let needed: BTreeSet<&str> = makefile
        .rules
        .iter()
        .filter(|rule| !rule.targets.iter().any(|target| target.starts_with('.')))
        .flat_map(|rule| rule.prerequisites.iter().map(String::as_str))
        .collect();
    for rule in &makefile.rules {
        let reached = |target: &String| {
            let target = target.as_str();
            TARGETS.contains(&target)
                || needed.contains(target)
                || matches!(target, "clean" | "%")
                || target.contains("_dh_")
                || target.starts_with("debian/")
        };
        if rule.targets.iter().any(reached) {
            early.rule(rule);
        }
    }
    early.found
}

struct Early<'a> {
    makefile: &'a Makefile,
    /// Regular files of debian/ that the recipes name.
    packaged: &'a BTreeSet<String>,
    found: Vec<(String, String)>,
}

impl Early<'_> {
    fn doubt(&mut self, pattern: &str, line: usize, why: &str) {
        self.found
            .push((pattern.to_owned(), format!("debian/rules:{line}: {why}")));
    }

    fn rule(&mut self, rule: &Rule) {
        let mut late = rule.targets.iter().all(|target| is_late(target));
        let clean = rule.targets.iter().all(|target| is_clean(target));
        let configures = rule
            .targets
            .iter()
            .all(|target| hook(target) == Some("dh_auto_configure"));
        for line in &rule.recipe {
            if late {
                self.late(line);
                continue;
            }
            self.line(line, rule, clean);
            let commands = shell::commands(&line.text);
            late = configures
                && !line.conditional
                && commands.iter().any(|command| {
                    command.certain
                        && command
                            .words
                            .first()
                            .is_some_and(|first| first == "dh_auto_configure")
                });
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
            return;
        }
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
        for words in &commands {
            self.command(words, carries, line.line, rule, clean);
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
            "dpkg-parsechangelog"
            | "dpkg-architecture"
            | "dpkg-buildflags"
            | "date"
            | "true"
            | ":"
            | "cd"
            | "rm"
            | "mkdir" => false,
            "echo" | "printf" | "test" | "[" => arguments.iter().any(|word| input(word)),
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
        match programs::effect(base, &arguments, clean) {
            Effect::None | Effect::Prints => {}
            Effect::Unknown => self.doubt(
                "",
                line,
                &format!("what {base} does here is not known, and it may save files that are made anew"),
            ),
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
        if odd || (carries && programs::is_debian(target)) {
            self.doubt(
                "",
                line,
                &format!("what is written to {target} may be a file that is made anew"),
            );
        } else if !programs::is_debian(target) {
            let base = target.rsplit('/').next().unwrap_or(target);
            self.written(if base.contains('$') { "" } else { base }, line);
        }
    }

    fn written(&mut self, name: &str, line: usize) {
        if name.is_empty() {
            return self.doubt("", line, "which file is written here is computed");
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
        for input in INPUTS {
            if names
                .iter()
                .any(|name| name.as_deref().is_none_or(|name| may_be(name, input)))
            {
                self.doubt(
                    &format!("**/{input}"),
                    line,
                    "the build may delete it, and autoreconf then does nothing there",
                );
            }
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

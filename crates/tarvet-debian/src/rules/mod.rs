//! What debian/rules and its neighbours make anew, read as text.
//!
//! [`read`] gives a [`Build`]. A file each: `makefile` knows lines, `shell` the commands of one, `commands` what a
//! command does to shipped files, and `sequence` which hooks run when; `dh` and `control` know options and fields.
//! debhelper(7), dh(1) and the programs' own text (13.11) are the source for what happens in which order.
//!
//! A step is believed only where the whole of debian/rules is made of forms that are known to be innocent: `forms` has
//! those of lines, `names` those of variables, `expansions` make's functions, and `early` with `programs`,
//! `scripts` and `loops` the commands that may run before configure. Anything else is a doubt about everything.
//!
//! A step is something that surely happens in every build. What happens under a condition, in a rule that make may not
//! use, or in a way that this reader does not follow, is a doubt; so is everything in a debian/rules without `dh`.

mod commands;
mod control;
mod dh;
mod early;
mod expansions;
mod forms;
#[cfg(test)]
#[path = "tests/hostile.rs"]
mod hostile;
mod loops;
mod makefile;
mod names;
#[cfg(test)]
#[path = "tests/oracle.rs"]
mod oracle;
mod programs;
mod scripts;
mod sequence;
mod shell;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use bstr::{BStr, ByteSlice};
use tarvet_origin::rebuild::{Build, Packaging, Step};

use self::commands::{Found, Phase};
use self::dh::Options;
use self::makefile::{Makefile, Rule};
use self::sequence::Sequence;

/// More text than any debian/rules has; beyond it nothing is said.
const LIMIT: usize = 1 << 20;

/// The targets by which a package is built.
const TARGETS: &[&str] = &[
    "build",
    "build-arch",
    "build-indep",
    "install",
    "install-arch",
    "install-indep",
    "binary",
    "binary-arch",
    "binary-indep",
];

/// What the build of a package does to its sources. `file` gives the contents of a file of the source package by its
/// path: `debian/rules`, `debian/control`, `debian/compat`, `debian/clean`, `debian/autoreconf`
/// and what dh_autoreconf leaves behind are asked for. `runs` says whether it may be run (any of its `x` bits): debhelper
/// runs such lists and reads what they print.
pub fn read<'a>(file: &dyn Fn(&BStr) -> Option<&'a [u8]>, runs: &dyn Fn(&BStr) -> bool) -> Build {
    let mut found = Found {
        steps: Vec::new(),
        doubts: Vec::new(),
        phase: Phase::Clean,
        autoreconf_ran: false,
    };
    match file(BStr::new("debian/rules")) {
        None => found.doubt("", "there is no debian/rules"),
        Some(text) if text.len() > LIMIT => found.doubt("", "debian/rules is longer than 1 MiB"),
        Some(text) => {
            if !forms::is_makefile(text) {
                found.doubt("", "debian/rules:1: the first line is not #!/usr/bin/make -f");
            }
            for path in ["debian/clean", "debian/autoreconf"] {
                if runs(BStr::new(path)) {
                    found.doubt(
                        "",
                        format!("{path} may be run, so debhelper takes what it prints"),
                    );
                }
            }
            Rules::new(text, file).follow(&mut found);
        }
    }
    Build {
        steps: found.steps,
        doubts: found.doubts,
        packaging: Packaging::Debian,
    }
}

/// debian/rules with what debhelper reads beside it.
struct Rules<'a> {
    makefile: Makefile,
    control: control::Control,
    compat: Option<u32>,
    clean: Option<&'a [u8]>,
    autoreconf: Option<&'a [u8]>,
    /// What keeps debhelper from working as it should.
    contradiction: Option<String>,
    /// Regular files of debian/ that recipes name, as the source package has them.
    packaged: BTreeSet<String>,
}

impl<'a> Rules<'a> {
    fn new(text: &[u8], file: &dyn Fn(&BStr) -> Option<&'a [u8]>) -> Self {
        let small = |path: &str| file(BStr::new(path)).filter(|text| text.len() <= LIMIT);
        let control = control::read(small("debian/control").unwrap_or_default());
        let number = small("debian/compat").map(|text| text.to_str_lossy().trim().parse::<u32>().ok());
        let makefile = makefile::read(text);
        let home = |set: &makefile::Assignment| {
            let directory = set.value.strip_prefix("$(CURDIR)/")?;
            Some(format!("{directory}/.autom4te.cfg"))
        };
        let homes: Vec<String> = makefile.values("HOME").filter_map(home).collect();
        let contradiction = match (number, control.compat) {
            _ if control.disagrees => Some("debian/control sets the compat level twice".to_owned()),
            (Some(_), Some(_)) => {
                Some("both debian/compat and debian/control set the compat level".to_owned())
            }
            (None, None) => Some("neither debian/control nor debian/compat sets the compat level".to_owned()),
            (Some(None), None) => Some("debian/compat is not a number".to_owned()),
            // dh_autoreconf believes that it has run, and does nothing.
            _ => [
                "autoreconf.before",
                "autoreconf.after",
                "debhelper-build-stamp",
                "debhelper.log",
            ]
            .into_iter()
            .map(|name| format!("debian/{name}"))
            .chain(
                control
                    .packages
                    .iter()
                    .map(|name| format!("debian/{name}.debhelper.log")),
            )
            .chain(homes)
            .find(|path| file(BStr::new(path)).is_some())
            .map(|path| format!("{path} is in the source package, so debhelper may do nothing")),
        };
        let packaged = named(&makefile)
            .filter(|path| file(BStr::new(path)).is_some())
            .collect();
        Self {
            makefile,
            packaged,
            compat: control.compat.or(number.flatten()),
            control,
            clean: small("debian/clean"),
            autoreconf: small("debian/autoreconf"),
            contradiction,
        }
    }

    fn follow(&self, found: &mut Found) {
        self.look_around(found);
        let Some(options) = self.options(found) else {
            return;
        };
        if let Some(why) = &self.contradiction {
            found.doubt("", why.clone());
        }
        if let Some(name) = options.build_system.clone()
            && !matches!(name.as_str(), "autoconf" | "makefile")
        {
            found.steps.push(Step::OtherBuildSystem {
                by: format!("dh --buildsystem={name}"),
                name,
            });
        }
        let sequence = Sequence {
            rules: self,
            options: &options,
        };
        let is_dh = |rule: &&Rule| self.dh_words(rule).is_some();
        if self.rules_for("clean").next().is_none_or(|rule| is_dh(&rule)) {
            for command in ["dh_testdir", "dh_auto_clean", "dh_autoreconf_clean", "dh_clean"] {
                sequence.command(command, found);
            }
        } else {
            for rule in self.rules_for("clean") {
                found.recipe(&rule.recipe, &self.makefile, false, &sequence);
            }
        }
        found.phase = Phase::Before;
        for command in ["dh_testdir", "dh_update_autotools_config", "dh_autoreconf"] {
            sequence.command(command, found);
        }
        found.phase = found.phase.max(Phase::After);
        for command in ["dh_auto_configure", "dh_auto_build"] {
            sequence.command(command, found);
        }
    }

    /// What makes everything uncertain, wherever it stands.
    fn look_around(&self, found: &mut Found) {
        for (line, what) in &self.makefile.strange {
            found.doubt("", format!("debian/rules:{line}: {what}"));
        }
        for (line, file) in &self.makefile.includes {
            // These set variables for compilers, and no more.
            let name = file
                .strip_prefix("/usr/share/dpkg/")
                .and_then(|name| name.strip_suffix(".mk"));
            let harmless =
                name.is_some_and(|name| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'));
            if !harmless && file != "/usr/share/debhelper/dh_package_notes/package-notes.mk" {
                found.doubt(
                    "",
                    format!("debian/rules:{line}: {file} is included, and not read here"),
                );
            }
        }
        for (line, why) in forms::strange(&self.makefile) {
            found.doubt("", format!("debian/rules:{line}: {why}"));
        }
        if let Some(set) = self.makefile.values("LIBTOOLIZE").next() {
            found.doubt(
                "**/ltmain.sh",
                format!("debian/rules:{}: LIBTOOLIZE is set", set.line),
            );
        }
        for (pattern, why) in early::doubts(&self.makefile, &self.packaged) {
            found.doubt(&pattern, why);
        }
        for name in self.control.sequences.iter().chain(&self.control.conditional) {
            if !dh::is_known_add_on(name) {
                found.doubt(
                    "",
                    format!("debian/control: what dh-sequence-{name} does to the build is not known here"),
                );
            }
        }
        self.clean_is_dh(found);
    }

    /// `dh clean` must do its work, once and with options that are known.
    fn clean_is_dh(&self, found: &mut Found) {
        for rule in self.rules_for("clean").filter(|rule| !rule.recipe.is_empty()) {
            if let Some(words) = self.dh_words(rule)
                && let Err(why) = dh::options(&words, &self.makefile)
            {
                found.doubt("", format!("debian/rules:{}: {why}", rule.line));
            }
        }
    }

    fn rules_for<'b>(&'b self, target: &'b str) -> impl Iterator<Item = &'b Rule> {
        self.makefile
            .rules
            .iter()
            .filter(move |rule| rule.targets.iter().any(|name| name == target))
    }

    /// The words after the target, where a rule does nothing but run `dh`.
    fn dh_words(&self, rule: &Rule) -> Option<Vec<String>> {
        let [line] = rule.recipe.as_slice() else {
            return None;
        };
        if line.conditional || rule.conditional || rule.double_colon {
            return None;
        }
        let mut commands = shell::commands(&line.text);
        let (Some(command), true) = (commands.pop(), commands.is_empty()) else {
            return None;
        };
        let mut words = command.words.into_iter();
        let is_dh = command.certain && matches!(words.next().as_deref(), Some("dh" | "/usr/bin/dh"));
        let target = words.next()?;
        let known = matches!(target.as_str(), "$@" | "$*" | "$(@)" | "${@}")
            || rule.targets.iter().all(|name| *name == target);
        (is_dh && known).then(|| words.collect())
    }

    /// The options of dh, the same for all targets by which a package is built; otherwise a doubt.
    fn options(&self, found: &mut Found) -> Option<Options> {
        let mut agreed: Option<Options> = None;
        let mut uses_any = false;
        let explicit: Vec<&Rule> = TARGETS
            .iter()
            .flat_map(|target| self.rules_for(target))
            .filter(|rule| !rule.targets.iter().any(|target| target.starts_with('.')))
            .collect();
        for rule in self.rules_for("%").chain(explicit.iter().copied()) {
            let onward = rule
                .prerequisites
                .iter()
                .all(|need| TARGETS.contains(&need.as_str()));
            let pattern = rule.targets.iter().any(|target| target == "%");
            if rule.recipe.is_empty() && onward && !pattern && !rule.double_colon {
                continue;
            }
            let Some(words) = self.dh_words(rule).filter(|_| onward) else {
                found.doubt(
                    "",
                    format!(
                        "debian/rules:{}: this rule builds the package in a way of its own",
                        rule.line
                    ),
                );
                return None;
            };
            uses_any = true;
            match dh::options(&words, &self.makefile) {
                Err(why) => {
                    found.doubt("", format!("debian/rules:{}: {why}", rule.line));
                    return None;
                }
                Ok(options) if agreed.as_ref().is_none_or(|agreed| *agreed == options) => {
                    agreed = Some(options)
                }
                Ok(_) => {
                    found.doubt(
                        "",
                        format!(
                            "debian/rules:{}: dh has other options here than elsewhere",
                            rule.line
                        ),
                    );
                    return None;
                }
            }
        }
        // Without a rule for any target make has its own, by which debian/rules.sh becomes debian/rules.
        if !uses_any || self.rules_for("%").next().is_none() {
            found.doubt("", "debian/rules does not use dh, or not for all targets");
            return None;
        }
        agreed
    }

    /// Whether dh runs dh_autoreconf; `None` if that depends.
    fn autoreconf_runs(&self, options: &Options) -> Option<bool> {
        let is = |name: &String| name == "autoreconf";
        if options.without.iter().any(is) {
            return Some(false);
        }
        let asked = options.with.iter().any(is) || self.control.sequences.iter().any(is);
        if asked || self.compat? >= 10 {
            return Some(true);
        }
        if self.control.conditional.iter().any(is) {
            None
        } else {
            Some(false)
        }
    }
}

/// Paths in debian/ that stand in recipes as words.
fn named(makefile: &Makefile) -> impl Iterator<Item = String> {
    let lines = makefile.rules.iter().flat_map(|rule| &rule.recipe);
    let words = lines.flat_map(|line| {
        line.text.split(|c: char| {
            c.is_whitespace() || matches!(c, ';' | '<' | '>' | '&' | '|' | '\'' | '"' | '(' | ')')
        })
    });
    words.filter_map(|word| {
        let word = word.strip_prefix("$(CURDIR)/").unwrap_or(word);
        let word = word.strip_prefix("./").unwrap_or(word);
        let plain = word
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'_' | b'-' | b'+'));
        (plain && word.starts_with("debian/") && !word.contains("..")).then(|| word.to_owned())
    })
}

//! What the commands of a recipe do to files that a tarball ships.

use bstr::BString;
use tarvet_origin::rebuild::{Doubt, Step};

use super::makefile::{Line, Makefile};
use super::programs::{is_debian, is_nowhere, is_setting};
use super::{names, shell};

/// Where in the build a recipe runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    /// `clean`, which every build begins with; there is no Makefile yet that could run anything.
    Clean,
    /// Until autoreconf has run, if it will.
    Before,
    /// Until configure runs.
    After,
    /// configure, or something that may be it, has run.
    Configured,
}

/// What recipes have said so far.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) steps: Vec<Step>,
    pub(super) doubts: Vec<Doubt>,
    pub(super) phase: Phase,
    /// dh_autoreconf runs once; afterwards it does nothing.
    pub(super) autoreconf_ran: bool,
}

/// Programs that read no generated file, or only to make others.
const HARMLESS: &[&str] = &[
    ":",
    "[",
    "aclocal",
    "autopoint",
    "cat",
    "cd",
    "chmod",
    "dh_testdir",
    "dh_autoreconf_clean",
    "dh_auto_clean",
    "dh_clean",
    "dh_quilt_patch",
    "dh_quilt_unpatch",
    "dh_prep",
    "dh_testroot",
    "diff",
    "exit",
    "set",
    "export",
    "dpkg-parsechangelog",
    "echo",
    "find",
    "grep",
    "gtkdocize",
    "head",
    "intltoolize",
    "libtoolize",
    "ls",
    "mkdir",
    "printf",
    "pwd",
    "rmdir",
    "sed",
    "sort",
    "tail",
    "test",
    "tr",
    "true",
    "wc",
    "debconf-updatepo",
    "py3clean",
    "dh_autotools-dev_restoreconfig",
];

impl Found {
    pub(super) fn doubt(&mut self, pattern: &str, why: impl Into<String>) {
        self.doubts.push(Doubt {
            pattern: pattern.into(),
            why: why.into(),
        });
    }

    /// Goes through a recipe. `certain`: the recipe itself is surely run.
    pub(super) fn recipe(
        &mut self,
        recipe: &[Line],
        makefile: &Makefile,
        certain: bool,
        defaults: &dyn Defaults,
    ) {
        for line in recipe {
            let mut directory = Some(String::new());
            for command in shell::commands(&line.text) {
                let expanded: Option<Vec<String>> =
                    command.words.iter().map(|word| makefile.expand(word)).collect();
                let call = Call {
                    certain: certain && command.certain && !line.conditional && expanded.is_some(),
                    words: expanded.unwrap_or(command.words),
                    place: format!("debian/rules:{}", line.line),
                    directory: directory.clone(),
                };
                if call.words.first().is_some_and(|first| first == "cd") {
                    directory = call.entered();
                    continue;
                }
                self.command(&call, defaults);
            }
        }
    }

    fn command(&mut self, call: &Call, defaults: &dyn Defaults) {
        self.redirections(call);
        let set = call.words.iter().take_while(|word| is_setting(word)).count();
        let settings = call.words.get(..set).unwrap_or_default();
        let Some((program, arguments)) = call.words.get(set..).and_then(<[String]>::split_first) else {
            return;
        };
        let stops = settings
            .iter()
            .any(|word| names::is_loaded(word.split('=').next().unwrap_or_default()));
        let program = program
            .strip_prefix("/usr/bin/")
            .or(program.strip_prefix("/bin/"))
            .unwrap_or(program);
        match program {
            "dh_update_autotools_config" | "dh_autoreconf" | "dh_clean" | "dh_auto_configure" => {
                let usable = call.certain && !stops && call.directory.as_deref() == Some("");
                self.debhelper(program, arguments, usable, call, defaults);
            }
            "autoreconf" => self.autoreconf(arguments, call, call.certain && !stops),
            "rm" | "$(RM)" | "${RM}" => self.remove(arguments, call),
            "cp" | "ln" | "install" => self.copy(arguments, call, defaults),
            "mv" | "touch" | "tee" | "patch" | "dos2unix" => self.touched(program, arguments, call),
            // What find deletes is deleted, and nobody knows which; that is no reason to doubt what is overwritten.
            "find"
                if arguments
                    .iter()
                    .any(|word| word.starts_with("-exec") || word == "-ok") =>
            {
                let removes = arguments.iter().any(|word| word == "rm");
                if self.phase < Phase::Configured && !removes && !call.is_in_debian() {
                    self.doubt("", format!("{}: find may change any file", call.place));
                }
            }
            _ => self.other(program, arguments, call),
        }
    }

    /// `cat saved > configure` writes a file, whatever the program does.
    fn redirections(&mut self, call: &Call) {
        let mut words = call.words.iter();
        while let Some(word) = words.next() {
            let Some((_, target)) = word.rsplit_once('>') else {
                continue;
            };
            let target = if target.is_empty() {
                words.next().map_or("", String::as_str)
            } else {
                target
            };
            let elsewhere = is_nowhere(target) || (is_debian(target) && !target.contains(".."));
            if self.phase == Phase::Configured || elsewhere {
                continue;
            }
            match call.about(&pattern(target).0) {
                Some(pattern) => self.may_change(&pattern, "writes it", call),
                None => self.doubt("", format!("{}: which file is written is computed", call.place)),
            }
        }
    }

    fn debhelper(
        &mut self,
        program: &str,
        arguments: &[String],
        usable: bool,
        call: &Call,
        defaults: &dyn Defaults,
    ) {
        let plain = arguments.iter().all(|word| !is_no_act(word));
        let place = format!("{program} ({})", call.place);
        if usable && plain && defaults.run(program, arguments, &place, self) {
            return;
        }
        let pattern = if program == "dh_update_autotools_config" {
            SCRIPTS
        } else {
            &[""]
        };
        match program {
            "dh_auto_configure" => self.configured(program, call),
            "dh_clean" => defaults.doubtful_clean(&call.place, self),
            _ => {
                for pattern in pattern {
                    self.doubt(
                        pattern,
                        format!(
                            "{}: whether {program} runs there as it should is not certain",
                            call.place
                        ),
                    );
                }
                self.phase = self.phase.max(Phase::After);
            }
        }
    }

    /// Something runs that reads what autoreconf has made, or should have.
    fn configured(&mut self, program: &str, call: &Call) {
        if self.phase <= Phase::Before {
            self.doubt("", format!("{}: {program} runs before autoreconf", call.place));
        }
        self.phase = Phase::Configured;
    }

    fn autoreconf(&mut self, arguments: &[String], call: &Call, certain: bool) {
        let short = |letter| {
            arguments.iter().any(|word| {
                word.starts_with('-')
                    && !word.starts_with("--")
                    && !word.starts_with("-I")
                    && word.contains(letter)
            })
        };
        let long = |name: &str| arguments.iter().any(|word| word == name);
        let force = short('f') || long("--force");
        let install = short('i') || long("--install");
        let known = arguments
            .iter()
            .all(|word| !word.starts_with("--") || AUTORECONF.contains(&word.as_str()));
        let mut directories: Vec<&str> = Vec::new();
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            if word == "-I" || word == "-B" || word == "-W" {
                words.next();
            } else if !word.starts_with('-') && word != "--" {
                directories.push(word);
            }
        }
        if directories.is_empty() {
            directories.push("");
        }
        let inside: Option<Vec<String>> = directories
            .iter()
            .map(|directory| call.inside(directory))
            .collect();
        let late = self.phase == Phase::Configured;
        match inside {
            Some(inside) if certain && known && force && !late => {
                for directory in inside {
                    self.steps.push(Step::Autoreconf {
                        directory: directory.into(),
                        by: format!("autoreconf ({})", call.place),
                    });
                }
                if !install {
                    for script in ["**/install-sh", "**/missing", "**/ltmain.sh"] {
                        self.doubt(
                            script,
                            format!("{}: autoreconf without -i copies no scripts", call.place),
                        );
                    }
                }
                self.phase = self.phase.max(Phase::After);
            }
            _ => {
                let why = match (late, force) {
                    (true, _) => "runs only after configure",
                    (_, false) => "runs without -f, so it remakes only what is older than its input",
                    _ => "may not run, or elsewhere",
                };
                self.doubt("", format!("{}: autoreconf {why}", call.place));
            }
        }
    }

    fn remove(&mut self, arguments: &[String], call: &Call) {
        let known = arguments.iter().filter(|word| word.starts_with('-')).all(|word| {
            word.trim_start_matches('-')
                .bytes()
                .all(|byte| b"rRfvd".contains(&byte))
                || matches!(word.as_str(), "--force" | "--recursive" | "--verbose")
        });
        let recursive = arguments
            .iter()
            .any(|word| word.starts_with('-') && word.contains(['r', 'R']));
        for word in arguments.iter().filter(|word| !word.starts_with('-')) {
            if is_debian(word) && !word.contains("..") {
                continue;
            }
            let (pattern, exact) = pattern(word);
            let plain = exact.then(|| call.inside(&pattern)).flatten();
            match plain {
                Some(pattern) if pattern.is_empty() => {}
                Some(pattern) if known && call.certain && self.phase < Phase::Configured => {
                    self.delete(&pattern, recursive, &format!("rm ({})", call.place));
                }
                Some(pattern) => self.may_change(&pattern, "deletes it only late or conditionally", call),
                None => {
                    // Of a computed name nothing is known, and a file that may be deleted is no worse for it.
                    if let Some(pattern) = call.inside(&pattern) {
                        self.may_change(&pattern, "may delete it", call);
                    }
                }
            }
        }
    }

    pub(super) fn delete(&mut self, pattern: &str, recursive: bool, by: &str) {
        let mut add = |pattern: BString| {
            self.steps.push(Step::Delete {
                pattern,
                by: by.to_owned(),
            });
        };
        if recursive || pattern.ends_with('/') {
            add(format!("{}/", pattern.trim_end_matches('/')).into());
        }
        if !pattern.ends_with('/') {
            add(pattern.into());
        }
    }

    fn may_change(&mut self, pattern: &str, what: &str, call: &Call) {
        self.doubt(pattern, format!("{}: the build {what}", call.place));
        self.doubt(
            &format!("{}/", pattern.trim_end_matches('/')),
            format!("{}: the build {what}", call.place),
        );
    }

    /// `cp FROM… TO`: from the distribution or from debian/ it overwrites; from the tree nobody can tell.
    fn copy(&mut self, arguments: &[String], call: &Call, defaults: &dyn Defaults) {
        let mut words = arguments
            .iter()
            .filter(|word| !word.starts_with('-'))
            .map(String::as_str);
        // Others may leave the file alone, or name the place to copy to.
        let known = arguments
            .iter()
            .filter(|word| word.starts_with('-'))
            .all(|word| word.bytes().skip(1).all(|byte| b"fvpaL".contains(&byte)));
        let Some(to) = words.next_back() else {
            return;
        };
        if is_debian(to) && !to.contains("..") {
            return;
        }
        for from in words {
            let base = from.rsplit('/').next().unwrap_or(from);
            // Of debian/ only what the source package has, and not where autoreconf has made the file already.
            let packaged = self.phase < Phase::After && defaults.is_packaged(from);
            let foreign = (from.starts_with("/usr/share/") && !from.contains("..")) || packaged;
            let (target, exact) = if to == "." || to == "./" {
                (base.to_owned(), true)
            } else if let Some(directory) = to.strip_suffix('/') {
                (format!("{directory}/{base}"), true)
            } else {
                (to.to_owned(), to.rsplit('/').next() == Some(base))
            };
            let (target, plain) = pattern(&target);
            match call.about(&target) {
                Some(target)
                    if foreign
                        && known
                        && exact
                        && plain
                        && !target.contains(['*', '?'])
                        && call.certain
                        && self.phase < Phase::Configured =>
                {
                    self.steps.push(Step::Overwrite {
                        pattern: target.into(),
                        by: format!("cp ({})", call.place),
                    });
                }
                Some(target) => self.may_change(&target, "may put another file there", call),
                None if self.phase == Phase::Configured => {}
                None => self.doubt(
                    "",
                    format!("{}: which files are overwritten is computed", call.place),
                ),
            }
        }
    }

    fn touched(&mut self, program: &str, arguments: &[String], call: &Call) {
        for word in arguments.iter().filter(|word| !word.starts_with('-')) {
            if is_debian(word) && !word.contains("..") {
                continue;
            }
            match call.about(&pattern(word).0) {
                Some(pattern) => self.may_change(
                    &pattern,
                    &format!("runs {program} on it, so that make may skip it"),
                    call,
                ),
                None if self.phase == Phase::Configured => {}
                None => self.doubt(
                    "",
                    format!("{}: which files {program} changes is computed", call.place),
                ),
            }
        }
    }

    fn other(&mut self, program: &str, arguments: &[String], call: &Call) {
        let all = || std::iter::once(program).chain(arguments.iter().map(String::as_str));
        if HARMLESS.contains(&program) {
            return;
        }
        let base = program.rsplit('/').next().unwrap_or(program);
        let remakes = [
            "autogen",
            "bootstrap",
            "buildconf",
            "reconf",
            "autoconf",
            "automake",
            "autoheader",
            "xdt-autogen",
        ]
        .iter()
        .any(|name| {
            base.starts_with(name) || (program.ends_with("sh") && all().any(|word| word.contains(name)))
        }) || all()
            .any(|word| word == "maintainer-clean" || word == "autoreconf" || word == "dh_autoreconf");
        if remakes {
            if self.phase < Phase::Configured {
                self.doubt(
                    "",
                    format!(
                        "{}: what {program} makes anew cannot be told from here",
                        call.place
                    ),
                );
            }
            return;
        }
        if matches!(program, "tar" | "git" | "unzip" | "quilt" | "cpio" | "rsync") {
            if self.phase < Phase::Configured {
                self.doubt("", format!("{}: {program} may bring back any file", call.place));
            }
            return;
        }
        // make has nothing to work with in `clean`: there is no Makefile before configure.
        let reads = all().any(|word| word.ends_with("configure") || word.ends_with("config.status"));
        if self.phase == Phase::Clean && !reads {
            return;
        }
        if program.starts_with("dh_") && !program.starts_with("dh_auto") {
            return;
        }
        self.configured(program, call);
    }
}

/// What debhelper's own commands do, which the caller knows.
pub(super) trait Defaults {
    /// Runs `program` for certain; false if its arguments are not understood.
    fn run(&self, program: &str, arguments: &[String], place: &str, found: &mut Found) -> bool;

    /// Whether the source package has this regular file of debian/.
    fn is_packaged(&self, path: &str) -> bool;

    /// dh_clean may run, or not delete all that debian/clean lists.
    fn doubtful_clean(&self, place: &str, found: &mut Found);
}

/// Both config scripts, wherever they are.
pub(super) const SCRIPTS: &[&str] = &["**/config.guess", "**/config.sub"];

const AUTORECONF: &[&str] = &["--force", "--install", "--verbose", "--symlink", "--"];

struct Call {
    words: Vec<String>,
    certain: bool,
    place: String,
    /// Where it runs, below the top directory; `None` if that is not known.
    directory: Option<String>,
}

impl Call {
    /// A path as the top directory sees it; `None` if it may lie outside.
    fn inside(&self, path: &str) -> Option<String> {
        let whole = match self.directory.as_deref()? {
            "" => path.to_owned(),
            directory => format!("{directory}/{path}"),
        };
        if path.starts_with('/') || whole.contains('$') {
            return None;
        }
        let names: Vec<&str> = whole
            .split('/')
            .filter(|name| !matches!(*name, "" | "."))
            .collect();
        let slash = if path.ends_with('/') && !names.is_empty() {
            "/"
        } else {
            ""
        };
        (!names.contains(&"..")).then(|| names.join("/") + slash)
    }

    /// A path as a doubt names it: where only the directory is computed, that name in any.
    fn about(&self, path: &str) -> Option<String> {
        let inside = self.inside(path);
        let base = path.rsplit('/').next().unwrap_or(path);
        let plain = !base.is_empty() && base != "." && base != ".." && !base.contains('$');
        inside.or_else(|| plain.then(|| format!("**/{base}")))
    }

    fn entered(&self) -> Option<String> {
        match self.words.as_slice() {
            [_, directory] if self.certain => self.inside(directory),
            _ => None,
        }
    }

    fn is_in_debian(&self) -> bool {
        self.words
            .get(1)
            .is_some_and(|word| word.starts_with("debian") || word.starts_with("$(CURDIR)/debian"))
    }
}

fn is_no_act(word: &str) -> bool {
    word.contains("no-act") || word == "-n"
}

/// A shell's wildcards as a pattern, and whether it says just the same. Brackets, braces and variables become stars.
pub(super) fn pattern(word: &str) -> (String, bool) {
    let mut made = String::new();
    let (mut until, mut exact) = (None, true);
    for c in word.chars() {
        match (until, c) {
            (Some(end), c) if c == end => until = None,
            (Some(_), '/') => return ("$".into(), false),
            (Some(_), _) => {}
            (None, '[' | '{') => {
                until = Some(if c == '[' { ']' } else { '}' });
                exact = false;
                made.push('*');
            }
            (None, c) => made.push(c),
        }
    }
    (made, exact)
}

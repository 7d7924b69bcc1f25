//! What a spec's build does to generated files, as steps that are certain and doubts that are not.
//!
//! Only what the text says outright becomes a step: a command at the top level of `%prep`, `%conf` or `%build`, before
//! anything is configured. What stands in a branch, a list, a loop or a script of the package becomes a doubt.

use bstr::{BString, ByteSlice};
use tarvet_origin::rebuild::{Build, Doubt, Packaging, Step};

use super::setup;
use super::shell::{self, Command};
use super::text;
use crate::spec::{Reach, SectionKind, Spec};
use harmless::{Called, called};

mod files;
mod harmless;

/// Whose macros the build has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Family {
    /// Fedora and what derives from it: `%configure` of redhat-rpm-config replaces every `config.guess` and `config.sub`
    /// below the directory of `configure` by its own, unless `_configure_gnuconfig_hack` is not 1 (its file `macros`).
    Fedora,
    /// openSUSE; its `%configure` is rpm's own, which replaces nothing.
    Suse,
    /// Not known.
    #[default]
    Unknown,
}

/// Reads what the build does.
#[must_use]
pub fn read(spec: &Spec, family: Family) -> Build {
    let mut made = Reader {
        spec,
        family,
        build: Build {
            packaging: Packaging::Rpm,
            ..Build::default()
        },
        directory: None,
        is_plain: false,
        is_used: false,
        systems: Vec::new(),
        has_autotools: false,
    };
    for name in &spec.redefines {
        made.doubt(
            "",
            &format!("the spec defines %{{{name}}} itself, which changes what other macros do"),
        );
    }
    if !spec.build_system.is_empty() {
        made.doubt("", "BuildSystem: makes sections that the spec does not show");
    }
    for kind in [
        SectionKind::Prep,
        SectionKind::GenerateBuildRequires,
        SectionKind::Conf,
        SectionKind::Build,
    ] {
        made.section(kind);
    }
    made.systems();
    made.build
}

struct Reader<'a> {
    spec: &'a Spec,
    family: Family,
    build: Build,
    /// The working directory, below the root of the source; `None` when it is not known.
    directory: Option<BString>,
    /// Whether the root of the source is where each section begins.
    is_plain: bool,
    /// Whether something has been configured or compiled: what is deleted later has been used.
    is_used: bool,
    systems: Vec<(String, String)>,
    has_autotools: bool,
}

impl Reader<'_> {
    fn doubt(&mut self, pattern: &str, why: &str) {
        let doubt = Doubt {
            pattern: pattern.into(),
            why: why.into(),
        };
        if self.build.doubts.len() < 200 && !self.build.doubts.contains(&doubt) {
            self.build.doubts.push(doubt);
        }
    }

    fn section(&mut self, kind: SectionKind) {
        let sections = self.spec.sections.iter().filter(|section| section.kind == kind);
        let first = sections.clone().next().map_or(0, |section| section.line);
        if sections.count() > 1 {
            self.doubt(
                "",
                &format!("the section of line {first} is there more than once"),
            );
        }
        let script = shell::read(self.spec.lines(kind));
        if let Some(line) = script.unclosed {
            self.doubt("", &format!("the script does not end what begins in line {line}"));
        }
        if kind == SectionKind::Prep {
            self.unpacking(&script.commands);
        }
        // Each section after %prep begins at the top of the source; %prep is there only after %setup.
        self.directory = (self.is_plain && kind != SectionKind::Prep).then(BString::default);
        if script.has_functions {
            self.doubt("", &format!("the script of line {first} defines functions"));
            self.is_plain = false;
            self.directory = None;
        }
        for command in &script.commands {
            self.command(command);
        }
    }

    /// The working directory is the root of the source only after one plain `%setup`.
    fn unpacking(&mut self, commands: &[Command]) {
        let is_setup = |command: &&Command| matches!(called(command), Called::Macro(name) if is_setup(name));
        let all: Vec<&Command> = commands.iter().filter(is_setup).collect();
        let is_plain = match all.as_slice() {
            [only] => {
                let setup = setup::read(only.words.get(1..).unwrap_or_default());
                let is_top = setup
                    .directory
                    .as_ref()
                    .is_none_or(|directory| !directory.contains(&b'/'));
                only.reach == Reach::Always
                    && setup.is_clear
                    && !setup.creates
                    && !setup.skips_first
                    && is_top
            }
            _ => false,
        };
        self.is_plain = is_plain;
        if !is_plain {
            let line = all.first().map_or(0, |command| command.line);
            self.doubt(
                "",
                &format!("where the source is unpacked is not plain (line {line})"),
            );
        }
    }

    fn command(&mut self, command: &Command) {
        if command.reach == Reach::Never {
            return;
        }
        let is_certain = command.reach == Reach::Always && !command.is_ignored;
        let by = format!("`{}` in line {} of the spec", text(command), command.line);
        self.variables(command);
        self.outputs(command);
        match called(command) {
            Called::Macro(name) => self.macro_call(command, name, is_certain, &by),
            Called::Tool(name) => self.tool(command, name, is_certain, &by),
        }
    }

    /// What the distribution's macros do is known of few of them.
    fn macro_call(&mut self, command: &Command, name: &[u8], is_certain: bool, by: &str) {
        match name {
            _ if is_setup(name) => {
                if self.is_plain {
                    self.directory = Some(BString::default());
                }
            }
            b"configure" => self.configure(true, is_certain, by),
            b"make_build" | b"make_install" => {
                self.is_used = true;
                self.has_autotools = true;
            }
            _ if name.starts_with(b"cmake") => self.system("cmake", is_certain, by),
            _ if name.starts_with(b"meson") => self.system("meson", is_certain, by),
            _ if harmless::is_macro(name) || self.is_used => {}
            _ => self.unread(command),
        }
    }

    fn tool(&mut self, command: &Command, name: &[u8], is_certain: bool, by: &str) {
        match name {
            b"cd" | b"pushd" | b"popd" => self.change(command, is_certain),
            b"autoreconf" => self.autoreconf(command, is_certain, by),
            b"rm" => self.delete(command, is_certain, by),
            b"configure" => self.configure(false, is_certain, by),
            b"make" | b"gmake" | b"ninja" => {
                self.is_used = true;
                self.has_autotools |= name != b"ninja";
            }
            b"meson" => self.system("meson", is_certain, by),
            b"cmake" => self.system("cmake", is_certain, by),
            b"" => {}
            _ if self.is_used && name != b"touch" => {
                self.has_autotools |= harmless::is_autotool(name);
            }
            b"cp" | b"install" | b"mv" | b"ln" => self.copies(command),
            b"sed" => self.edits(command),
            b"touch" => self.touches(command),
            _ if harmless::is_tool(command, name) => {}
            _ => {
                self.has_autotools |= harmless::is_autotool(name);
                self.unread(command);
            }
        }
    }

    fn unread(&mut self, command: &Command) {
        let why = format!(
            "what `{}` does to files is not read (line {})",
            text(command),
            command.line
        );
        self.doubt("", &why);
    }

    /// Variables can change what tools run: only those that are known not to leave no doubt.
    fn variables(&mut self, command: &Command) {
        let name = match called(command) {
            Called::Tool(name) => name,
            Called::Macro(_) => b"",
        };
        let changes_tools = harmless::changes_tools(name) || !harmless::variables(command, name);
        if changes_tools && !self.is_used {
            self.doubt("", &format!("line {} changes which tools run", command.line));
            // Steps before it stand, those after it do not.
            self.is_plain = false;
            self.directory = None;
        }
    }

    fn change(&mut self, command: &Command, is_certain: bool) {
        let to = match (called(command), command.words.as_slice()) {
            (Called::Tool(b"popd"), _) | (_, [] | [_]) => None,
            (_, [_, to]) if !to.is_dynamic && is_certain => Some(to.text.clone()),
            _ => None,
        };
        self.directory = match (self.directory.take(), to) {
            (Some(from), Some(to)) if is_relative(&to) => Some(joined(&from, &to)),
            _ => None,
        };
    }

    fn autoreconf(&mut self, command: &Command, is_certain: bool, by: &str) {
        self.has_autotools = true;
        let (mut forces, mut installs, mut is_clear) = (false, false, true);
        let mut operand: Option<BString> = None;
        let mut words = command.words.iter().skip(1);
        while let Some(word) = words.next() {
            is_clear &= !word.is_dynamic;
            match word.text.as_slice() {
                b"--force" => forces = true,
                b"--install" => installs = true,
                b"--verbose" | b"--symlink" | b"--debug" => {}
                b"-I" | b"--include" | b"-B" | b"--prepend-include" => is_clear &= words.next().is_some(),
                long if long.starts_with(b"--") => {
                    is_clear &= long.starts_with(b"--include=") || long.starts_with(b"--warnings=");
                }
                short if short.starts_with(b"-I") || short.starts_with(b"-W") => {}
                short if short.starts_with(b"-") => {
                    for letter in short.iter().skip(1) {
                        match letter {
                            b'f' => forces = true,
                            b'i' => installs = true,
                            b'v' | b's' | b'd' => {}
                            _ => is_clear = false,
                        }
                    }
                }
                directory => {
                    is_clear &= operand.is_none() && is_relative(directory);
                    operand = Some(directory.into());
                }
            }
        }
        let directory = match (&self.directory, operand) {
            (Some(from), Some(to)) => Some(joined(from, &to)),
            (from, None) => from.clone(),
            _ => None,
        };
        match directory {
            Some(directory) if forces && installs && is_clear && is_certain && !self.is_used => {
                self.build.steps.push(Step::Autoreconf {
                    directory,
                    by: by.into(),
                });
            }
            _ => {
                let why = match () {
                    () if !forces || !installs => {
                        "it is called without -f and -i, and keeps what seems up to date"
                    }
                    () if !is_certain => "it is not run in every build, or its failure is ignored",
                    () if self.is_used => "something was configured before it",
                    () => "where and how it is run is not plain",
                };
                self.doubt("", &format!("{by}: {why}"));
            }
        }
    }

    fn delete(&mut self, command: &Command, is_certain: bool, by: &str) {
        let mut takes_directories = false;
        let mut patterns = Vec::new();
        let mut only_names = false;
        for word in command.words.iter().skip(1) {
            match word.text.as_slice() {
                b"--" => only_names = true,
                b"--recursive" => takes_directories = true,
                option if !only_names && option.starts_with(b"-") => {
                    takes_directories |=
                        !option.starts_with(b"--") && option.iter().any(|byte| b"rR".contains(byte));
                }
                _ => patterns.push(word),
            }
        }
        for word in patterns {
            let is_plain = !word.is_dynamic && is_relative(&word.text);
            match &self.directory {
                // Without -r, what ends up being a directory stays: leave names that say so.
                Some(from)
                    if is_plain
                        && is_certain
                        && !self.is_used
                        && (takes_directories || !word.text.ends_with(b"/")) =>
                {
                    let pattern = joined(from, &word.text);
                    if files::is_input(&pattern) {
                        self.doubt("", &format!("{by}: autoreconf leaves alone what has no input"));
                    } else if !pattern.is_empty() {
                        self.build.steps.push(Step::Delete {
                            pattern,
                            by: by.into(),
                        });
                    }
                }
                _ if self.is_used => {}
                _ => self.doubt("", &format!("{by}: it is not plain whether and what is deleted")),
            }
        }
    }

    fn configure(&mut self, is_macro: bool, is_certain: bool, by: &str) {
        self.has_autotools = true;
        if is_macro {
            let is_hacked = !self
                .spec
                .redefines
                .iter()
                .any(|name| name.starts_with(b"_configure"));
            match self.family {
                Family::Fedora
                    if is_hacked
                        && is_certain
                        && !self.is_used
                        && self.directory.as_ref().is_some_and(|it| it.is_empty()) =>
                {
                    self.build.steps.push(Step::ConfigScripts { by: by.into() });
                }
                Family::Suse => {}
                _ if self.is_used => {}
                _ => {
                    for script in ["config.guess", "config.sub"] {
                        self.doubt(
                            script,
                            &format!("{by}: whether it replaces this file depends on the distribution"),
                        );
                    }
                }
            }
        }
        self.is_used = true;
    }

    fn system(&mut self, system: &str, is_certain: bool, by: &str) {
        self.is_used = true;
        if is_certain {
            self.systems.push((system.into(), by.into()));
        } else {
            self.doubt("", &format!("{by}: it is not run in every build"));
        }
    }

    /// Another build system counts only if nothing of autotools is called beside it.
    fn systems(&mut self) {
        let Some((name, by)) = self.systems.first().cloned() else {
            return;
        };
        let is_one = self.systems.iter().all(|(other, _)| *other == name);
        if is_one && !self.has_autotools {
            self.build.steps.push(Step::OtherBuildSystem { name, by });
        } else {
            self.doubt("", &format!("{by}: other build systems are called beside {name}"));
        }
    }
}

fn is_setup(name: &[u8]) -> bool {
    matches!(name, b"setup" | b"autosetup" | b"forgesetup" | b"forgeautosetup")
}

fn is_relative(path: &[u8]) -> bool {
    !path.is_empty()
        && !path.starts_with(b"/")
        && !path.starts_with(b"%")
        && !path.contains_str("%{")
        && !path.split_str("/").any(|part| part == b"..")
}

fn joined(from: &[u8], to: &[u8]) -> BString {
    let parts = from
        .split_str("/")
        .chain(to.split_str("/"))
        .filter(|part| !part.is_empty() && *part != b".");
    parts.collect::<Vec<_>>().join(&b'/').into()
}

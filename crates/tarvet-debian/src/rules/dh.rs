//! The options of `dh`, as far as they say what is regenerated.

use super::makefile::Makefile;

/// What the words after `dh $@` say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Options {
    /// Add-ons of `--with`.
    pub(super) with: Vec<String>,
    /// Add-ons of `--without`; they win.
    pub(super) without: Vec<String>,
    /// `--buildsystem`.
    pub(super) build_system: Option<String>,
    /// `--sourcedirectory`.
    pub(super) source: Option<String>,
    /// `--exclude`: what dh_clean shall not delete.
    pub(super) excludes: bool,
    /// `--no-act`: where it is set, nothing is built.
    no_act: bool,
}

/// Options that have no say in what is regenerated.
const HARMLESS: &[&str] = &[
    "--parallel",
    "--no-parallel",
    "--verbose",
    "--fail-missing",
    "--list-missing",
    "--reload-all-buildenv-variables",
    "--no-guessing-versions",
    "--dbgsym-migration",
    "--no-dbgsym-migration",
    "--as-needed",
];

/// Harmless options with a value behind `=` or in the next word.
const VALUED: &[&str] = &[
    "--builddirectory",
    "--builddir",
    "--max-parallel",
    "--exclude",
    "--package",
    "--no-package",
];

/// The condition under which make itself runs nothing.
const DRY_RUN: &str = "ifneq (,$(findstring n,$(MAKEFLAGS)))";

/// Reads the words after the target; or says what is not understood.
pub(super) fn options(words: &[String], makefile: &Makefile) -> Result<Options, String> {
    let mut options = Options::default();
    read(&mut options, words, makefile, true)?;
    if options.no_act {
        return Err("dh does nothing with --no-act".to_owned());
    }
    Ok(options)
}

fn read(options: &mut Options, words: &[String], makefile: &Makefile, top: bool) -> Result<(), String> {
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let word = word.strip_prefix("-O").unwrap_or(word);
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (word, None),
        };
        let takes_value = [
            "--with",
            "--without",
            "--buildsystem",
            "--build-system",
            "-S",
            "--sourcedirectory",
            "--sourcedir",
            "-D",
        ];
        let takes_value = takes_value.contains(&name) || VALUED.contains(&name);
        let value = match value {
            None if takes_value => words.next().cloned(),
            value => value,
        };
        let value = || {
            let value = value.clone().unwrap_or_default();
            makefile
                .expand(&value)
                .ok_or_else(|| format!("{value} cannot be expanded here"))
        };
        match name {
            "--with" => options.with.extend(value()?.split(',').map(str::to_owned)),
            "--without" => options.without.extend(value()?.split(',').map(str::to_owned)),
            "--buildsystem" | "-S" | "--build-system" => options.build_system = Some(value()?),
            "--sourcedirectory" | "--sourcedir" | "-D" => options.source = Some(value()?),
            "--" => break,
            "--no-act" => options.no_act = true,
            "--exclude" => options.excludes = true,
            _ if HARMLESS.contains(&name) => {}
            // Where it builds does not matter, and may be computed.
            _ if VALUED.contains(&name) => {}
            _ if name.starts_with("-S") => options.build_system = name.get(2..).map(str::to_owned),
            _ if name.starts_with("-D") => {
                let directory = word.get(2..).unwrap_or_default();
                options.source = Some(
                    makefile
                        .expand(directory)
                        .ok_or("the source directory is computed")?,
                );
            }
            "-v" | "-a" | "-i" | "-s" => {}
            _ if ["-B", "-X", "-p", "-N"]
                .iter()
                .any(|short| name.starts_with(short)) =>
            {
                options.excludes |= name.starts_with("-X");
                if name.len() == 2 {
                    words.next();
                }
            }
            _ if name.starts_with("$(") || name.starts_with("${") => variable(options, word, makefile, top)?,
            _ => return Err(format!("the option {word} of dh is not known here")),
        }
    }
    Ok(())
}

/// A variable as a word of its own: every value that it may have must be harmless. One that is never set is empty.
fn variable(options: &mut Options, word: &str, makefile: &Makefile, top: bool) -> Result<(), String> {
    let name = word
        .get(2..)
        .and_then(|rest| rest.strip_suffix([')', '}']))
        .unwrap_or_default();
    if !top
        || name.is_empty()
        || !name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    {
        return Err(format!("the option {word} of dh is computed"));
    }
    for assignment in makefile.values(name) {
        let words: Vec<String> = assignment.value.split_whitespace().map(str::to_owned).collect();
        let mut found = Options::default();
        read(&mut found, &words, makefile, false)?;
        if found.no_act && assignment.guard.as_deref() != Some(DRY_RUN) {
            return Err(format!("{word} may be --no-act, with which dh does nothing"));
        }
        options.excludes |= found.excludes;
        let says = found
            .without
            .iter()
            .chain(&found.with)
            .any(|addon| addon == "autoreconf")
            || found.source.is_some();
        if says && (assignment.conditional || makefile.values(name).count() > 1) {
            return Err(format!(
                "{word} says conditionally whether autoreconf runs, line {}",
                assignment.line
            ));
        }
        options.with.extend(found.with);
        options.without.extend(found.without);
        options.source = found.source.or(options.source.take());
        options.build_system = found.build_system.or(options.build_system.take());
    }
    Ok(())
}

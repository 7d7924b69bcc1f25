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

/// The conditions under which make itself runs nothing.
const DRY_RUN: &[&str] = &[
    "ifneq (,$(findstring n,$(MAKEFLAGS)))",
    "ifneq (,$(findstring n,$(firstword -$(MAKEFLAGS))))",
];

/// Add-ons of Debian's packages that leave the commands before dh_auto_configure as they are. One that is not here may
/// take dh_autoreconf out, or put something of its own before it.
const ADD_ONS: &[&str] = &[
    "ada-library",
    "apache2",
    "apparmor",
    "autoreconf",
    "autotools-dev",
    "autotools_dev",
    "bash-completion",
    "build-stamp",
    "build_stamp",
    "dkms",
    "dwz",
    "elf-tools",
    "elpa",
    "gir",
    "girepository",
    "gnome",
    "gnome-games",
    "golang",
    "installinitramfs",
    "installnss",
    "installsysusers",
    "javahelper",
    "lua",
    "maven-repo-helper",
    "movetousr",
    "nodejs",
    "numpy3",
    "ocaml",
    "octave",
    "package-notes",
    "perl-dbi",
    "perl-imager",
    "perl-openssl",
    "perl_dbi",
    "perl_openssl",
    "php",
    "phpcomposer",
    "pkgkde-symbolshelper",
    "pkgkde_symbolshelper",
    "pypy",
    "python2",
    "python3",
    "ruby",
    "runit",
    "scour",
    "single-binary",
    "single_binary",
    "sodeps",
    "sphinxdoc",
    "systemd",
    "sysuser",
    "tarvet",
    "tcl",
    "tex",
    "translations",
    "vim-addon",
    "xml-core",
    "xml_core",
    "zz-debputy-rrr",
];

/// Whether the add-on is one that is known.
pub(super) fn is_known_add_on(name: &str) -> bool {
    ADD_ONS.contains(&name)
}

/// Reads the words after the target; or says what is not understood.
pub(super) fn options(words: &[String], makefile: &Makefile) -> Result<Options, String> {
    let mut options = Options::default();
    read(&mut options, words, makefile, true)?;
    if options.no_act {
        return Err("dh does nothing with --no-act".to_owned());
    }
    // --without of any name only takes away what that add-on would add.
    if let Some(name) = options.with.iter().find(|name| !is_known_add_on(name)) {
        return Err(format!("what the add-on {name} of dh does is not known here"));
    }
    let plain = |name: &String| {
        name.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
    };
    if let Some(name) = options
        .without
        .iter()
        .chain(&options.build_system)
        .find(|name| !plain(name))
    {
        return Err(format!("{name} is no plain name of an add-on or a build system"));
    }
    Ok(options)
}

fn read(options: &mut Options, words: &[String], makefile: &Makefile, top: bool) -> Result<(), String> {
    let mut words = words.iter();
    while let Some(word) = words.next() {
        // For the commands that dh runs, and not for dh: an option of dh_autoreconf or dh_clean may be among them.
        if let Some(word) = word.strip_prefix("-O") {
            passed_on(options, word)?;
            continue;
        }
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (word.as_str(), None),
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

/// `-O--name=value`: dh hands `--name=value` to every command, and those that do not know it overlook it.
fn passed_on(options: &mut Options, word: &str) -> Result<(), String> {
    let name = word.split('=').next().unwrap_or_default();
    match name {
        "--buildsystem" | "--sourcedirectory" | "--sourcedir" if !word.contains('$') => {
            let value = word.split_once('=').map(|(_, value)| value.to_owned());
            let value = value.ok_or_else(|| format!("the option -O{word} of dh has no value"))?;
            if name == "--buildsystem" {
                options.build_system = Some(value);
            } else {
                options.source = Some(value);
            }
            Ok(())
        }
        // To these dh_autoreconf and dh_clean pay no heed; what --with says there is said to nobody.
        "--with" | "--without" => Ok(()),
        _ if HARMLESS.contains(&name)
            || (VALUED.contains(&name) && name != "--exclude" && word.contains('=')) =>
        {
            Ok(())
        }
        _ => Err(format!("what the option -O{word} of dh does is not known here")),
    }
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
        if found.no_act
            && assignment
                .guard
                .as_deref()
                .is_none_or(|guard| !DRY_RUN.contains(&guard))
        {
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

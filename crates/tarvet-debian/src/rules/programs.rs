//! Programs that a recipe may run before configure without carrying the tarball's bytes anywhere.
//!
//! A file that is made anew is lost for the build, unless somebody saves it first: so what may save, in a way that is
//! not read here, is a doubt about everything. Programs are known with their options, for many can write a file by one
//! (`sort -o`, `sed w`, `find -fprint`).

use super::scripts;

/// What a command may do, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Effect {
    /// Nothing that matters, or what is followed elsewhere.
    None,
    /// It prints what it reads: harmless unless that goes into a file.
    Prints,
    /// It may delete these, by the last part of a path; `None` for names that are computed.
    Deletes(Vec<Option<String>>),
    /// It may change what has these names.
    Writes(Vec<String>),
    /// It may do anything.
    Unknown,
}

/// Programs without any option that writes.
const SILENT: &[&str] = &[
    ":",
    "[",
    "cd",
    "debconf-updatepo",
    "dh_autoreconf",
    "dh_autoreconf_clean",
    "dh_auto_clean",
    "dh_auto_configure",
    "dh_clean",
    "dh_prep",
    "dh_testdir",
    "dh_testroot",
    "dh_update_autotools_config",
    "dh_autotools-dev_updateconfig",
    "dh_autotools-dev_restoreconfig",
    "autoreconf",
    "echo",
    "exit",
    "false",
    "mkdir",
    "printf",
    "pwd",
    "py3clean",
    "pyclean",
    "rmdir",
    "set",
    "test",
    "true",
    "dh_gnome_clean",
    "break",
    "continue",
    "return",
    "shift",
    "sleep",
    "dh_listpackages",
    "dh_auto_build",
    "dh_auto_test",
    "dh_auto_install",
];

const READERS: &[&str] = &[
    "cat",
    "cmp",
    "cut",
    "dpkg-architecture",
    "dpkg-buildflags",
    "dpkg-parsechangelog",
    "dpkg-query",
    "dpkg-vendor",
    "egrep",
    "fgrep",
    "getconf",
    "grep",
    "head",
    "ls",
    "md5sum",
    "nproc",
    "sha256sum",
    "tail",
    "tr",
    "uname",
    "wc",
    "which",
    "date",
    "basename",
    "dirname",
    "expr",
    "readlink",
    "stat",
    "id",
];

/// What `program` may do with these arguments. `clean`: before anything is built.
pub(super) fn effect(program: &str, arguments: &[&str], clean: bool) -> Effect {
    let (plain, options): (Vec<&str>, Vec<&str>) = arguments.iter().partition(|word| !word.starts_with('-'));
    let letters = |allowed: &str| {
        options.iter().all(|word| {
            word.bytes()
                .skip(1)
                .all(|byte| allowed.as_bytes().contains(&byte))
        })
    };
    let long = |allowed: &[&str]| options.iter().all(|word| allowed.contains(word));
    match program {
        "set" if !plain.is_empty() || !letters("euxv") => Effect::Unknown,
        "dh_auto_configure" if !configures_here(arguments) => Effect::Unknown,
        "export" if arguments.iter().all(|word| exports_harmless(word)) => Effect::None,
        _ if SILENT.contains(&program) => Effect::None,
        _ if READERS.contains(&program) || reads(program, arguments) => Effect::Prints,
        "rm" | "$(RM)" | "${RM}"
            if letters("rRfvd-")
                || long(&["--force", "--recursive", "--verbose", "--", "-f", "-r", "-rf"]) =>
        {
            Effect::Deletes(plain.iter().map(|word| last(word)).collect())
        }
        "touch" if options.is_empty() => Effect::Writes(bases(&plain)),
        "chmod" if letters("Rfvcxrwugoa+,=X") => {
            let ours = plain
                .iter()
                .skip(1)
                .any(|word| word.contains("debian") && last(word).is_none_or(|base| steers(&base)));
            if ours { Effect::Unknown } else { Effect::None }
        }
        "mv" if letters("fvn") => copied(&plain),
        "cp" if letters("fvpaRrdLuP") || long(&["--preserve=timestamps", "--update"]) => copied(&plain),
        "ln" if letters("sfnvr") => copied(&plain),
        "install"
            if options.iter().all(|word| {
                word.starts_with("-m") || matches!(*word, "-D" | "-p" | "-v" | "-c" | "-pm644")
            }) =>
        {
            copied(&plain)
        }
        "install" if options.contains(&"-d") && letters("dvpm0123456789") => Effect::None,
        "dos2unix" | "fromdos" if options.is_empty() => Effect::Writes(bases(&plain)),
        "sed" if options.contains(&"-i") => edited(arguments),
        "find" => found(arguments),
        "xargs" => match plain.first() {
            Some(&"rm") if letters("0rfnt") => Effect::Deletes(vec![None]),
            _ => Effect::Unknown,
        },
        "aclocal" | "autopoint" | "gtkdocize" | "intltoolize" | "libtoolize" | "glib-gettextize"
            if long(&[
                "--force",
                "-f",
                "--copy",
                "-c",
                "--automake",
                "-I",
                "--install",
                "-i",
                "-cf",
                "-fc",
                "--ltdl",
            ]) =>
        {
            Effect::None
        }
        // Only what the tree brings along, which is somebody's signed source or is told.
        "$(MAKE)" | "${MAKE}" | "make" if clean && makes_plainly(arguments) => Effect::None,
        _ => Effect::Unknown,
    }
}

/// Whether `program` prints nothing that is in files, and has no option that writes.
pub(super) fn is_silent(program: &str) -> bool {
    SILENT.contains(&program)
}

/// Whether `program` only prints, with options by which it could do else.
pub(super) fn reads(program: &str, arguments: &[&str]) -> bool {
    match program {
        "sed" => {
            let mut words = arguments.iter();
            let mut scripts = 0_usize;
            while let Some(word) = words.next() {
                match *word {
                    "-n" | "-E" | "-r" | "--regexp-extended" | "--quiet" | "--silent" => {}
                    "-e" | "-ne" | "-re" | "-nre" | "-Ee" | "-nEe" | "-rne" => {
                        scripts += 1;
                        if !words.next().is_some_and(|script| scripts::sed_is_pure(script)) {
                            return false;
                        }
                    }
                    word if word.starts_with('-') => return false,
                    word if scripts == 0 => {
                        scripts = 1;
                        if !scripts::sed_is_pure(word) {
                            return false;
                        }
                    }
                    _ => {}
                }
            }
            scripts > 0
        }
        "awk" | "mawk" | "gawk" | "perl" if program != "perl" => {
            let program = arguments.iter().find(|word| !word.starts_with('-'));
            arguments
                .iter()
                .all(|word| !word.starts_with('-') || word.starts_with("-F"))
                && program.is_some_and(|program| scripts::awk_is_pure(program))
        }
        "sort" => arguments
            .iter()
            .all(|word| matches!(*word, "-u" | "-n" | "-r" | "-V" | "-f") || !word.starts_with('-')),
        "uniq" => arguments.iter().all(|word| word.starts_with('-')),
        "diff" => arguments.iter().all(|word| {
            !word.starts_with('-') || matches!(*word, "-u" | "-q" | "-r" | "-N" | "-ru" | "-uN" | "-ruN")
        }),
        _ => false,
    }
}

/// `rm`, `find` and the like may be told to look for any name; only these words are known to do no more.
fn found(arguments: &[&str]) -> Effect {
    let mut deletes = false;
    let mut words = arguments
        .iter()
        .skip_while(|word| !word.starts_with(['-', '!', '(']));
    while let Some(word) = words.next() {
        match *word {
            "-name" | "-iname" | "-path" | "-wholename" | "-type" | "-maxdepth" | "-mindepth" | "-newer"
            | "-perm" | "-regex" => {
                words.next();
            }
            "-not" | "!" | "-o" | "-a" | "-or" | "-and" | "-print" | "-print0" | "(" | ")" | "-empty"
            | "-prune" | "-depth" => {}
            "-delete" => deletes = true,
            "-exec" | "-execdir" => {
                if !matches!(words.next(), Some(&("rm" | "/bin/rm" | "rmdir"))) {
                    return Effect::Unknown;
                }
                deletes = true;
                for word in words.by_ref() {
                    match *word {
                        "-f" | "-rf" | "-r" | "-fr" | "-v" | "{}" | "--" => {}
                        ";" | "+" => break,
                        _ => return Effect::Unknown,
                    }
                }
            }
            _ => return Effect::Unknown,
        }
    }
    let name = arguments.iter().skip_while(|word| **word != "-name").nth(1);
    let only = arguments.iter().filter(|word| **word == "-name").count() == 1
        && !arguments
            .iter()
            .any(|word| matches!(*word, "-o" | "-or" | "!" | "-not"));
    match (deletes, name) {
        (false, _) => Effect::Prints,
        (true, Some(name)) if only => Effect::Deletes(vec![last(name)]),
        _ => Effect::Deletes(vec![None]),
    }
}

/// `sed -i SCRIPT FILE…`
fn edited(arguments: &[&str]) -> Effect {
    let rest: Vec<&str> = arguments.iter().copied().filter(|word| *word != "-i").collect();
    if !reads("sed", &rest) {
        return Effect::Unknown;
    }
    let named = rest
        .iter()
        .any(|word| word.starts_with('-') && word.ends_with('e'));
    let files = rest
        .iter()
        .filter(|word| !word.starts_with('-'))
        .skip(usize::from(!named));
    Effect::Writes(bases(&files.copied().collect::<Vec<_>>()))
}

/// Where `cp FROM… TO` may write. A copy in debian/ is a file saved, unless everything came from the distribution.
fn copied(words: &[&str]) -> Effect {
    let Some((to, from)) = words.split_last() else {
        return Effect::Unknown;
    };
    let foreign = from
        .iter()
        .all(|word| word.starts_with("/usr/share/") && !word.contains(".."));
    if is_debian(to) && !foreign || (!is_debian(to) && to.starts_with('/')) || to.contains("..") {
        return Effect::Unknown;
    }
    // All that is in a directory whose name says nothing.
    if from
        .iter()
        .any(|word| matches!(last(word).as_deref(), Some("" | "." | "..")))
    {
        return Effect::Unknown;
    }
    let mut names = bases(from);
    names.extend(bases(&[to]));
    Effect::Writes(names)
}

fn bases(words: &[&str]) -> Vec<String> {
    // A computed name may be any.
    words
        .iter()
        .map(|word| last(word).unwrap_or_default())
        .filter(|base| base != "." && base != "..")
        .collect()
}

/// The last part of a path; `None` if it is computed.
fn last(word: &str) -> Option<String> {
    let word = word.trim_end_matches('/');
    let base = word.rsplit('/').next().unwrap_or(word);
    (!base.contains('$')).then(|| base.to_owned())
}

/// Files of debian/ that mean something else when they may be run.
fn steers(base: &str) -> bool {
    base.contains(['*', '?', '[', '{'])
        || matches!(
            base,
            "rules" | "clean" | "autoreconf" | "compat" | "control" | "debian" | ""
        )
}

/// Whether a path lies in debian/, as it is written.
pub(super) fn is_debian(path: &str) -> bool {
    let path = path.strip_prefix("$(CURDIR)/").unwrap_or(path);
    let path = path.strip_prefix("./").unwrap_or(path);
    path == "debian" || path.starts_with("debian/")
}

/// Options of dh_auto_configure that leave it in the tree that autoreconf has been to.
fn configures_here(arguments: &[&str]) -> bool {
    let mut words = arguments.iter().take_while(|word| **word != "--");
    while let Some(word) = words.next() {
        match *word {
            "-B" | "--builddirectory" => {
                words.next();
            }
            "-v"
            | "-a"
            | "-i"
            | "--parallel"
            | "--no-parallel"
            | "--verbose"
            | "--reload-all-buildenv-variables" => {}
            _ if [
                "-B",
                "--builddirectory=",
                "--builddir=",
                "-O-",
                "-N",
                "-p",
                "--sourcedirectory=",
                "-D",
                "--buildsystem=autoconf",
                "--max-parallel=",
            ]
            .iter()
            .any(|start| word.starts_with(start)) => {}
            _ => return false,
        }
    }
    true
}

fn makes_plainly(arguments: &[&str]) -> bool {
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        match *word {
            "-C" => {
                if words.next().is_none_or(|directory| {
                    is_debian(directory) || directory.starts_with('/') || directory.contains("..")
                }) {
                    return false;
                }
            }
            "-k" | "-i" | "-s" | "--no-print-directory" => {}
            _ if is_setting(word) => {
                if super::names::is_loaded(word.split('=').next().unwrap_or_default()) {
                    return false;
                }
            }
            word => {
                let plain = word
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
                if !plain || word.starts_with('-') || word == "maintainer-clean" {
                    return false;
                }
            }
        }
    }
    true
}

fn exports_harmless(word: &str) -> bool {
    super::names::is_harmless(word.split('=').next().unwrap_or_default())
}

/// Whether a word is `NAME=value`.
pub(super) fn is_setting(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    })
}

/// Where the output of a command goes; `None` where that cannot be told.
pub(super) fn targets<'w>(words: &[&'w str]) -> Option<Vec<&'w str>> {
    let mut found = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let Some((before, after)) = word.split_once('>') else {
            continue;
        };
        let after = after.strip_prefix('>').unwrap_or(after);
        if after.contains('>') || before.contains('<') {
            return None;
        }
        found.push(if after.is_empty() { *words.next()? } else { after });
    }
    Some(found)
}

/// What is no file: another output, or nothing.
pub(super) fn is_nowhere(target: &str) -> bool {
    matches!(
        target,
        "/dev/null" | "/dev/stderr" | "/dev/stdout" | "&1" | "&2" | "&-" | "&"
    )
}

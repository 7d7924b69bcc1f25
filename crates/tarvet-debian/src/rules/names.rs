//! Variables by name: which may be set without changing what autoreconf, make and debhelper do.
//!
//! What is exported must be on the list of the harmless; what is only set must not be on the list of those that make,
//! the shell or dpkg-buildpackage may have exported already (GNU make's manual, "Variables/Environment").

use super::makefile::Assignment;

/// Names that programs of the build, or the makefiles of dpkg, read.
const LOADED: &[&str] = &[
    "AUTOCONF",
    "AUTOHEADER",
    "AUTOM4TE",
    "AUTOMAKE",
    "AUTOPOINT",
    "AUTORECONF",
    "CDPATH",
    "COMSPEC",
    "CURDIR",
    "ENV",
    "GNUMAKEFLAGS",
    "GTKDOCIZE",
    "HOME",
    "IFS",
    "INTLTOOLIZE",
    "LIBTOOLIZE",
    "M4",
    "M4PATH",
    "MAKE",
    "MAKECMDGOALS",
    "MAKEFILES",
    "MAKEFILE_LIST",
    "MAKEFLAGS",
    "MAKELEVEL",
    "MAKEOVERRIDES",
    "MAKESHELL",
    "MAKE_COMMAND",
    "MAKE_RESTARTS",
    "MAKE_TERMERR",
    "MAKE_TERMOUT",
    "MAKE_TMPDIR",
    "MFLAGS",
    "PATH",
    "POSIXLY_CORRECT",
    "PS4",
    "RM",
    "SHELL",
    "SHELLOPTS",
    "TMPDIR",
    "TMP_LIBTOOLIZE",
    "VPATH",
];

/// Beginnings of such names.
const LOADED_STARTS: &[&str] = &[
    "ACLOCAL",
    "AUTOCONF_",
    "AUTOM4TE_",
    "AUTOMAKE_",
    "BASH",
    "DH_",
    "DPKG_",
    "FAKEROOT",
    "LD_",
    "PERL",
    "WANT_",
    "XDG_",
    "autom4te",
    "dpkg_",
    ".",
];

/// Names that say nothing to autoreconf's programs. Those that end in `FLAGS` come on top.
const HARMLESS: &[&str] = &[
    "BUILD_DATE",
    "BUILD_CC",
    "DBUS_SESSION_BUS_ADDRESS",
    "ELPA_NAME",
    "HOSTCC",
    "KERNEL_INCLUDE",
    "NETNS_RUN_DIR",
    "PKG_CONFIG",
    "PKG_CONFIG_PATH",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "CC",
    "CXX",
    "CPP",
    "FC",
    "F77",
    "LD",
    "AR",
    "NM",
    "RANLIB",
    "LANG",
    "LANGUAGE",
    "LIBS",
    "MAKEINFO",
    "PREFIX",
    "PYBUILD_SYSTEM",
    "PYBUILD_NAME",
    "QT_SELECT",
    "SOURCE_DATE_EPOCH",
    "TZ",
    "USER",
    "V",
    "VERBOSE",
    "GOCACHE",
    "GO111MODULE",
    "CARGO_HOME",
    "PYTHON",
    "KCONFIG_NOTIMESTAMP",
    "DH_VERBOSE",
    "DH_QUIET",
    "KDIR",
    "systemdsystemunitdir",
];

const HARMLESS_STARTS: &[&str] = &[
    "DEB_",
    "deb_",
    "DPKG_EXPORT_",
    "DPKG_GENSYMBOLS_",
    "LC_",
    "DH_GOLANG_",
    "DH_ELPA_",
    "DH_RUBY",
    "PYBUILD_",
    "ac_cv_",
    "gl_cv_",
    "TMP_",
    "TMPBUILD_",
    "CMAKE_",
];

/// Why setting the variable may change the build's own programs; `None` if it does not.
pub(super) fn doubt(set: &Assignment, exported: bool) -> Option<String> {
    let name = set.name.as_str();
    if set.late || harmless_value(name, &set.value) {
        return None;
    }
    if (name.starts_with("DEB_") || name.starts_with("DPKG_")) && !goes_through_a_shell(&set.value) {
        return Some(format!(
            "{name} may run commands: buildflags.mk hands it to a shell as it is written"
        ));
    }
    if name.is_empty() || !is_plain(name) {
        return Some(format!("the name of the variable {name} is computed or odd"));
    }
    let ok = if exported {
        is_harmless(name)
    } else {
        is_harmless(name) || !is_loaded(name)
    };
    (!ok).then(|| {
        let what = if exported { "exported" } else { "set" };
        format!("{name} is {what}, which may replace or stop autoreconf's programs")
    })
}

/// Whether a variable with this name may be handed to every program.
pub(super) fn is_harmless(name: &str) -> bool {
    let by_form = name.ends_with("FLAGS") || name.ends_with("FLAGS_FOR_BUILD") || name.contains("_TEST_");
    let start = || HARMLESS_STARTS.iter().any(|start| name.starts_with(start));
    HARMLESS.contains(&name) || ((by_form || start()) && !is_loaded(name))
}

/// Whether some program of the build may read a variable with this name.
pub(super) fn is_loaded(name: &str) -> bool {
    let harmless = [
        "DH_GOLANG_",
        "DH_ELPA_",
        "DH_RUBY",
        "DH_VERBOSE",
        "DH_QUIET",
        "DH_PACKAGE_EXCLUDES",
        "DPKG_EXPORT_",
        "DPKG_GENSYMBOLS_",
    ];
    let starts = |list: &[&str]| list.iter().any(|start| name.starts_with(start));
    // pybuild's hooks, which are commands.
    let cleans = name.starts_with("PYBUILD_") && name.contains("CLEAN");
    cleans || LOADED.contains(&name) || (starts(LOADED_STARTS) && !starts(&harmless))
}

/// Whether a shell makes nothing of the value that make does not: no sign of its own, and in `$(…)` only a name.
fn goes_through_a_shell(value: &str) -> bool {
    if value.contains([';', '&', '|', '`', '<', '>']) {
        return false;
    }
    value.split('$').skip(1).all(|after| {
        let Some(inner) = after.strip_prefix(['(', '{']) else {
            return !after.is_empty() && !after.starts_with('(');
        };
        let name = inner.split([')', '}']).next().unwrap_or_default();
        name.starts_with("shell ")
            || (!name.is_empty()
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'))
    })
}

fn is_plain(name: &str) -> bool {
    name.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'+'))
}

fn harmless_value(name: &str, value: &str) -> bool {
    match name {
        "DH_OPTIONS" => matches!(value, "" | "-v"),
        "SHELL" => matches!(
            value.trim_end_matches(" -e"),
            "/bin/bash" | "/bin/sh" | "bash" | "sh"
        ),
        ".SHELLFLAGS" => matches!(value, "-ec" | "-e -c" | "-c"),
        "MAKEFLAGS" => value.split(' ').all(|word| {
            matches!(word, "--no-print-directory" | "--quiet" | "-s" | "-r" | "-R" | "-rR" | "-j1" | "-O" | "")
                // What this may be is looked at by the caller.
                || word == "-j$(NUMJOBS)"
        }),
        // Modules of the tree are somebody's signed source, or are told.
        "PYTHONPATH" => !value.contains("debian") && !value.replace("$(CURDIR)", "").contains('$'),
        // As `forms` finds it, there is no file in it that autoreconf's programs would read.
        "HOME" => super::forms::is_new_home(value),
        _ => false,
    }
}

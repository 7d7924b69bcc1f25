//! Variables by name: which may be set without changing what autoreconf, make and debhelper do.
//!
//! What is exported must be on the list of the harmless; what is only set must not be on the list of those that make,
//! the shell or dpkg-buildpackage may have exported already (GNU make's manual, "Variables/Environment").

use super::makefile::Assignment;

/// Beginnings of names that programs of the build read.
const LOADED: &[&str] = &[
    "ACLOCAL",
    "AUTO",
    "autom4te",
    "BASH",
    "CDPATH",
    "COMSPEC",
    "CURDIR",
    "DH_",
    "ENV",
    "FAKEROOT",
    "GNUMAKEFLAGS",
    "GTKDOCIZE",
    "HOME",
    "IFS",
    "INTLTOOLIZE",
    "LD_",
    "LIBTOOLIZE",
    "M4",
    "MAKE",
    "MFLAGS",
    "PATH",
    "PERL",
    "POSIXLY_CORRECT",
    "RM",
    "SHELL",
    "TMPDIR",
    "TMP_LIBTOOLIZE",
    "VPATH",
    "WANT_",
    "XDG_",
    ".",
];

/// Names that say nothing to autoreconf's programs. Those that end in `FLAGS` come on top.
const HARMLESS: &[&str] = &[
    "BUILD_DATE",
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
    "PYTHONPATH",
    "KCONFIG_NOTIMESTAMP",
    "DH_VERBOSE",
    "DH_QUIET",
    "KDIR",
    "systemdsystemunitdir",
];

const HARMLESS_STARTS: &[&str] = &[
    "DEB_",
    "DPKG_",
    "LC_",
    "DH_GOLANG_",
    "DH_ELPA_",
    "DH_RUBY",
    "PYBUILD_",
    "ac_cv_",
    "GIT_",
    "CMAKE_",
];

/// Why setting the variable may change the build's own programs; `None` if it does not.
pub(super) fn doubt(set: &Assignment, exported: bool) -> Option<String> {
    let name = set.name.as_str();
    if harmless_value(name, &set.value) {
        return None;
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
    let flags = name.ends_with("FLAGS") || name.ends_with("FLAGS_FOR_BUILD");
    HARMLESS.contains(&name)
        || HARMLESS_STARTS.iter().any(|start| name.starts_with(start))
        || (flags && !is_loaded(name))
}

/// Whether some program of the build may read a variable with this name.
pub(super) fn is_loaded(name: &str) -> bool {
    let dh = ["DH_GOLANG_", "DH_ELPA_", "DH_VERBOSE", "DH_QUIET"];
    LOADED.iter().any(|start| name.starts_with(start)) && !dh.iter().any(|start| name.starts_with(start))
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
        "MAKEFLAGS" => matches!(value, "--no-print-directory" | "-r" | "-R" | "-rR" | "-j1"),
        _ => false,
    }
}

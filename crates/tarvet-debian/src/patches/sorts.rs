//! What kind of file a path is, for a build: by its name alone.

use bstr::{BStr, ByteSlice};

/// What a build does with a file of this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// Autotools make it; upstream's tree seldom has it.
    Generated,
    /// What a build is generated or configured from.
    BuildInput,
    /// Anything else.
    Other,
}

/// Files that autoconf, automake, libtool and gettext write or copy.
const GENERATED: &[&str] = &[
    "configure",
    "aclocal.m4",
    "config.h.in",
    "config.guess",
    "config.sub",
    "config.rpath",
    "ltmain.sh",
    "libtool.m4",
    "ltoptions.m4",
    "ltsugar.m4",
    "ltversion.m4",
    "lt~obsolete.m4",
    "install-sh",
    "missing",
    "depcomp",
    "compile",
    "ylwrap",
    "test-driver",
    "mkinstalldirs",
    "py-compile",
    "mdate-sh",
];

/// Files that say how to build.
const INPUTS: &[&str] = &[
    "configure.ac",
    "configure.in",
    "Makefile.am",
    "CMakeLists.txt",
    "meson.build",
    "meson_options.txt",
    "meson.options",
    "autogen.sh",
    "bootstrap",
    "bootstrap.sh",
    "buildconf",
    "build.rs",
    "setup.py",
    "wscript",
    "SConstruct",
];

/// The sort of a path.
pub(super) fn sort(path: &BStr) -> Sort {
    let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    let is = |names: &[&str]| names.iter().any(|known| known.as_bytes() == name);
    if is(GENERATED) || name == b"Makefile.in" {
        return Sort::Generated;
    }
    let ends = |end: &str| name.ends_with(end.as_bytes());
    if is(INPUTS) || ends(".m4") || ends(".cmake") || ends(".am") || name.contains_str(".m4.") {
        return Sort::BuildInput;
    }
    Sort::Other
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_name() {
        assert_eq!(sort("configure".into()), Sort::Generated);
        assert_eq!(sort("src/Makefile.in".into()), Sort::Generated);
        assert_eq!(sort("m4/build-to-host.m4".into()), Sort::BuildInput);
        assert_eq!(sort("sub/configure.ac".into()), Sort::BuildInput);
        assert_eq!(sort("src/configure.c".into()), Sort::Other);
        assert_eq!(sort("missing/main.c".into()), Sort::Other);
    }
}

//! Names that decide what a file does: tools look for them and do what is in them.

use bstr::{BStr, ByteSlice};

const NAMES: [&str; 28] = [
    "Cargo.toml",
    "CMakeLists.txt",
    "GNUmakefile",
    "Kconfig",
    "Makefile",
    "Makefile.PL",
    "Build.PL",
    "Makefile.in",
    "Rakefile",
    "SConstruct",
    "binding.gyp",
    "build.gradle",
    "build.rs",
    "config.cache",
    "config.guess",
    "config.site",
    "config.sub",
    "configure",
    "conftest.py",
    "makefile",
    "meson.build",
    "meson_options.txt",
    "package.json",
    "pom.xml",
    "pyproject.toml",
    "setup.cfg",
    "setup.py",
    "wscript",
];
const ENDS: [&str; 8] = [".m4", ".mk", ".am", ".ac", ".sh", ".cmake", ".gyp", ".gemspec"];
const STARTS: [&str; 2] = ["autogen", "bootstrap"];
/// Directories with tests and samples: what is in there is data, whatever it is called.
const DATA: [&str; 9] = [
    "contrib", "corpus", "data", "example", "examples", "fixtures", "samples", "t", "testdata",
];

/// Whether a tool takes orders from a file because of its name or place.
pub(super) fn takes_orders(path: &BStr) -> bool {
    let name = path.rsplit_str("/").next().unwrap_or_default();
    let directories = || path.split_str("/");
    NAMES.iter().any(|word| word.as_bytes() == name)
        || ENDS.iter().any(|end| name.ends_with(end.as_bytes()))
        || STARTS.iter().any(|start| name.starts_with(start.as_bytes()))
        || directories().any(|part| part == b".cargo")
}

/// Whether a path is among tests or samples.
pub(super) fn is_data(path: &BStr) -> bool {
    let (directory, _) = path.rsplit_once_str("/").unwrap_or((b"", path));
    directory
        .split_str("/")
        .any(|part| part.starts_with(b"test") || DATA.iter().any(|word| word.as_bytes() == part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_places() {
        for path in [
            "configure",
            "a/build.rs",
            "m4/x.m4",
            "x/.cargo/config.toml",
            "autogen.sh",
            "lib/gnulib.mk",
        ] {
            assert!(takes_orders(path.into()), "{path}");
        }
        for path in ["README", "src/main.c", "configure.md", "doc/makefile.txt"] {
            assert!(!takes_orders(path.into()), "{path}");
        }
        assert!(is_data("tests/x.m4".into()) && is_data("a/fixtures/b/c".into()) && is_data("t/x".into()));
        assert!(!is_data("m4/tests.m4".into()) && !is_data("lib/data.c".into()));
    }
}

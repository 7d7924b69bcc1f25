//! What patches change of that on which it hangs what the build makes anew.
//!
//! The rules and each configure.ac are read for what autoreconf will do. A patch can make that reading wrong: it can
//! change what was read before, or put words of m4 into an input of autoreconf that run programs or give its macros another
//! meaning. Both are doubts about everything.

use bstr::{BStr, BString, ByteSlice};
use tarvet_origin::rebuild;

use crate::debian_dir::DebianDir;
use crate::effective::Patches;
use crate::patches;
use crate::source::Diff;

/// Words of m4 that change what quotes and comments are, or where the output goes, even without arguments.
const BARE: &[&[u8]] = &[
    b"changequote",
    b"changecom",
    b"changeword",
    b"divert",
    b"undivert",
];

/// Words of m4 and autoconf that define, undefine or read another file, when they have arguments. Those that begin with
/// `m4_`, define macros of autoconf, or run a program come on top.
const CALLED: &[&[u8]] = &[
    b"define",
    b"undefine",
    b"defn",
    b"pushdef",
    b"popdef",
    b"include",
    b"sinclude",
    b"indir",
    b"builtin",
    b"AU_ALIAS",
];

/// Words that begin with `m4_` and do none of that.
const TAME: &[&[u8]] = &[b"m4_ifdef", b"m4_pattern_allow", b"m4_pattern_forbid"];

/// Why what the build does may be other than the packaging and the tarball say, if a patch or the diff makes it so.
pub(crate) fn before_the_build(debian: &DebianDir, patches: &Patches, diff: Option<&Diff>) -> Option<String> {
    by_patches(patches).or_else(|| by_diff(debian, diff?))
}

fn by_patches(patches: &Patches) -> Option<String> {
    let read_before = |path: &&BString| path.starts_with(b"debian/") || rebuild::is_target(path.as_bstr());
    if let Some(path) = patches.paths().find(read_before) {
        return Some(format!(
            "a patch changes {path}, on which it hangs what the build does"
        ));
    }
    if let Some(path) = patches.come_and_gone().find(|path| decides(path.as_bstr())) {
        return Some(format!(
            "a patch makes or removes {path}, by which autoreconf knows what to do"
        ));
    }
    if let Some(path) = patches
        .paths()
        .find(|path| name(path.as_bstr()) == b".autom4te.cfg")
    {
        return Some(format!(
            "a patch changes {path}, which tells autoconf what to read"
        ));
    }
    let path = patches.adding(|path, line| is_strong(name(path), line))?;
    Some(format!(
        "a patch adds words to {path} by which autoreconf may run programs, or its macros may mean something else"
    ))
}

fn by_diff(debian: &DebianDir, diff: &Diff) -> Option<String> {
    let outside = |path: &&BString| !path.starts_with(b"debian/");
    let parsed = patches::parse(&diff.text);
    let names = parsed
        .files
        .iter()
        .flat_map(|file| [file.old.as_ref(), file.new.as_ref()]);
    if let Some(path) = names.flatten().find(outside) {
        return Some(format!(
            "the diff changes {path}, so the tarball's files are not what is built"
        ));
    }
    let series = debian.get("debian/patches/series").is_some();
    series.then(|| "a package of format 1.0 may apply debian/patches in its build".to_owned())
}

fn name(path: &BStr) -> &[u8] {
    path.rsplit_str("/").next().unwrap_or_default()
}

/// Whether what the file is called makes autoreconf or automake do something.
fn decides(path: &BStr) -> bool {
    let name = name(path);
    let endings = [&b".am"[..], b".ac", b".in", b".m4", b".sh"];
    endings.iter().any(|ending| name.ends_with(ending)) || !name.contains(&b'.')
}

/// Whether a line that a patch adds to a file of this name is more than a use of macros.
fn is_strong(name: &[u8], line: &[u8]) -> bool {
    if name.ends_with(b".am") {
        // autoreconf hands it to aclocal: directories of macros.
        return line.contains_str("ACLOCAL_AMFLAGS");
    }
    let is_m4 = name.ends_with(b".m4") || matches!(name, b"configure.ac" | b"configure.in");
    let strong = |(before, word): (&[u8], &[u8])| {
        let called = line.get(before.len() + word.len()) == Some(&b'(');
        is_strong_word(word, called)
    };
    is_m4 && (swallows(line) || words(line).any(strong))
}

fn is_strong_word(word: &[u8], called: bool) -> bool {
    let starts = |start: &str| word.starts_with(start.as_bytes());
    (starts("m4_") && !TAME.contains(&word))
        || ["_m4_", "_AC_", "_AM_", "_AS_", "AC_CONFIG_MACRO_DIR"]
            .into_iter()
            .any(starts)
        || word.contains_str("syscmd")
        || word.contains_str("DEFUN")
        || BARE.contains(&word)
        || (called && CALLED.contains(&word))
}

/// Whether a `dnl` may come out of a macro's argument, and take the rest of a line with it that is no comment here.
fn swallows(line: &[u8]) -> bool {
    words(line).any(|(before, word)| {
        let after = line.get(before.len() + word.len()..).unwrap_or_default();
        let count = |bracket: u8| before.iter().filter(|byte| **byte == bracket).count();
        word == b"dnl" && (count(b'[') > count(b']') || after.contains(&b']'))
    })
}

/// The words of a line, each with what stands before it.
fn words(line: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = line.get(at..)?;
        let start = at + rest.iter().position(|byte| is_word(*byte))?;
        let long = line.get(start..)?;
        let end = start + long.iter().position(|byte| !is_word(*byte)).unwrap_or(long.len());
        at = end;
        Some((line.get(..start)?, line.get(start..end)?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The doubt that a patch of debian/patches is.
    fn doubt(patch: &str) -> Option<String> {
        by_patches(&Patches::of_diff(patch.as_bytes()))
    }

    fn adding(path: &str, line: &str) -> Option<String> {
        doubt(&format!(
            "--- a/{path}\n+++ b/{path}\n@@ -1 +1,2 @@\n AC_INIT\n+{line}\n"
        ))
    }

    #[test]
    fn words_that_may_change_what_autoreconf_does() {
        for line in [
            "m4_esyscmd([cp Makefile.in saved.in])",
            "AC_SUBST([x], [esyscmd([cp a b])])",
            "m4_if([1],[1],[m4_define([AM_INIT_AUTOMAKE],[])])",
            "define([AM_INIT_AUTOMAKE],[])",
            "AC_DEFUN([AM_INIT_AUTOMAKE],[])",
            "AC_DEFUN_ONCE([AX_OWN],[])",
            "m4_include([debian/x.m4])",
            "AC_CONFIG_MACRO_DIRS([debian/m4])",
            "changequote(<,>)dnl",
            "AX_SOME([dnl])AM_INIT_AUTOMAKE",
            "dnl])AM_INIT_AUTOMAKE",
        ] {
            for path in ["configure.ac", "sub/configure.in", "m4/own.m4"] {
                assert!(adding(path, line).is_some(), "{path}: {line}");
            }
        }
        assert!(adding("Makefile.am", "ACLOCAL_AMFLAGS = -I debian").is_some());
    }

    #[test]
    fn honest_changes_of_inputs() {
        for line in [
            "AC_CHECK_LIB([m], [cos]) dnl for everybody",
            "dnl some libraries (if any)",
            "m4_ifdef([AM_SILENT_RULES], [AM_SILENT_RULES([yes])])",
            "#include <stdio.h>",
            "# define _GNU_SOURCE 1",
            "CPPFLAGS=-I$x/include",
            "AC_DEFINE([HAVE_X], [1], [Define it])",
            "AC_CONFIG_FILES([Makefile po/Makefile.in])",
            "if test \"x$foo\" = x; then",
        ] {
            assert_eq!(adding("configure.ac", line), None, "{line}");
        }
        assert_eq!(adding("src/main.c", "m4_define(x)"), None);
        assert_eq!(adding("Makefile.am", "foo_SOURCES = define.c"), None);
    }

    #[test]
    fn what_autoconf_is_configured_by() {
        let made = |path| format!("--- /dev/null\n+++ b/{path}\n@@ -0,0 +1 @@\n+x\n");
        assert!(doubt(&made(".autom4te.cfg")).is_some());
        assert!(doubt(&made("sub/.autom4te.cfg")).is_some());
        assert_eq!(doubt(&made("src/new.c")), None);
    }
}

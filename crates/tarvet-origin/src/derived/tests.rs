//! All rules together, on what nobody thought of.

use proptest::prelude::*;

use super::testing::Tree;
use super::*;

/// Paths that some rule claims.
const PATHS: [&str; 24] = [
    "po/de.po",
    "po/de.gmo",
    "x/po/de.po",
    "locale/de/LC_MESSAGES/x.mo",
    "ChangeLog",
    ".tarball-version",
    "version.h",
    "doc/version.texi",
    "po/stamp-po",
    ".timestamp",
    "a.spec",
    "foo.3",
    "po/LINGUAS",
    "po/POTFILES.in",
    "MANIFEST",
    "PKG-INFO",
    "x.egg-info/top_level.txt",
    "setup.cfg",
    "lib/Foo.pm",
    "Changes",
    ".cargo_vcs_info.json",
    "Cargo.toml",
    "README.md.gz",
    "README.txt",
];

/// Pieces that the rules' formats are made of.
const PIECES: [&str; 40] = [
    "\n",
    "\n\n",
    " ",
    "\t",
    "\"",
    "\\",
    "#",
    "# ",
    "#~ ",
    "msgid ",
    "msgstr ",
    "msgstr[0] ",
    "msgctxt ",
    "a",
    "1.2",
    "v1.2",
    "@VERSION@",
    "2026-01-01",
    "January 2026",
    ".TH ",
    "#define A_VERSION ",
    "@set UPDATED ",
    "commit ",
    "Author: ",
    "Date:   ",
    "A <a@b>",
    "=pod",
    "=cut",
    "1;",
    "__END__",
    "package X;",
    "{{$NEXT}}",
    "[package]",
    "name = ",
    "{",
    "}",
    ": ",
    "Name",
    "\r\n",
    "\0",
];

fn tree() -> Tree {
    Tree::from([
        ("po/de.po", "msgid \"a\"\nmsgstr \"b\"\n"),
        ("a.spec.in", "Version: @VERSION@\n"),
        ("README.md", "a\n"),
        ("setup.py", "setup(name='a')\n"),
    ])
}

fn release() -> Release {
    Release {
        name: "a".into(),
        version: "1.2".into(),
        tag: "v1.2".into(),
        commit: "a".repeat(40),
        commit_time: Some(1_770_000_000),
        ..Release::default()
    }
}

fn ask(path: &str, content: &[u8], old: Option<&[u8]>) -> Option<Derived> {
    let mut history = History::default();
    history.commits.push(Commit {
        id: "a".repeat(40),
        message: "a\n".into(),
        ..Commit::default()
    });
    explain(
        &Question {
            path: path.into(),
            content,
            tree: old,
        },
        &release(),
        &tree(),
        Some(&history),
    )
}

proptest! {
    #[test]
    fn no_content_panics(path in proptest::sample::select(PATHS.to_vec()), content in proptest::collection::vec(any::<u8>(), 0..200), old in proptest::option::of(proptest::collection::vec(any::<u8>(), 0..50))) {
        let _ = ask(path, &content, old.as_deref());
    }

    #[test]
    fn no_pieces_panic(path in proptest::sample::select(PATHS.to_vec()), new in proptest::collection::vec(proptest::sample::select(PIECES.to_vec()), 0..30), old in proptest::collection::vec(proptest::sample::select(PIECES.to_vec()), 0..30)) {
        let (new, old) = (new.concat(), old.concat());
        let _ = ask(path, new.as_bytes(), None);
        let _ = ask(path, new.as_bytes(), Some(old.as_bytes()));
    }

    #[test]
    fn no_shell_passes(path in proptest::sample::select(PATHS.to_vec()), before in proptest::collection::vec(proptest::sample::select(PIECES.to_vec()), 0..6), after in proptest::collection::vec(proptest::sample::select(PIECES.to_vec()), 0..6), evil in proptest::sample::select(vec!["$(id)", "`id`", ";id", "&&id"])) {
        // Free text is where nothing runs it: behind a module's code.
        prop_assume!(!path.ends_with(".pm"));
        let content = [before.concat(), evil.to_owned(), after.concat()].concat();
        prop_assert_eq!(ask(path, content.as_bytes(), None), None);
    }
}

#[test]
fn a_file_that_no_rule_claims_is_not_derived() {
    assert_eq!(ask("configure", b"#!/bin/sh\n", None), None);
    assert_eq!(ask("m4/build-to-host.m4", b"dnl x\n", None), None);
    assert_eq!(ask("tests/files/bad.xz", b"x", Some(b"y")), None);
}

#[test]
fn contents_are_kept_only_where_a_rule_reads_them() {
    let in_tree = |path: &BStr| path == "a.spec.in" || path == "tracked.c";
    let wants = |path: &str, size: u64| wants(path.into(), size, &in_tree);
    assert!(wants("po/de.po", 1 << 20) && wants("a.spec", 100) && wants("tracked.c", 100) && wants("x", 0));
    assert!(
        !wants("configure", 100)
            && !wants("x.c", 100)
            && !wants("po/de.po", 1 << 30)
            && !wants("tracked.c", 1 << 30)
    );
    assert!(wants_proven("po/de.po".into(), 100) && wants_proven("ChangeLog-2010".into(), 100));
    assert!(!wants_proven("x.c".into(), 100) && !wants_proven("Makefile.in".into(), 100));
}

#[test]
fn sources_are_asked_before_what_is_made_of_them() {
    let ranks = ["a/po/de.po", "a/hello/po/de.po", "a/po/de.gmo", "README.gz"].map(|path| rank(path.into()));
    assert!(ranks.is_sorted());
}

//! Version stamps: files that differ from the tree's, or from a template, by this release's version, date or commit.

mod date;
mod fixed;
mod lines;
mod macros;
mod names;
mod pieces;
mod texinfo;
mod version;
mod words;

use bstr::{BStr, BString, ByteSlice};

use names::Kind;

use super::{Derived, Files, Question, Release};

pub use fixed::claims as claims_fixed;
pub use texinfo::only_sets;
pub use version::is_own as is_own_version;

/// Whether a placeholder of that name may well stand for the release's version, date or commit. No proof: to suspect,
/// not to excuse.
pub fn speaks_of_release(name: &[u8]) -> bool {
    let lower = name.to_ascii_lowercase();
    ["version", "date", "commit", "revision"]
        .iter()
        .any(|kind| lower.contains_str(kind))
}

/// The largest file that is compared line by line, in bytes.
pub const LARGEST: usize = 4 << 20;

/// The largest template that is kept, in bytes.
pub const LARGEST_TEMPLATE: u64 = 256 << 10;

/// Whether a path is one of a template: `X.in` of `X`. Not one that configure or automake fills with much more.
pub fn is_template(path: &BStr) -> bool {
    let name = path.rsplit_str("/").next().unwrap_or_default();
    name.ends_with(b".in")
        && ![
            &b"Makefile.in"[..],
            b"configure.in",
            b"config.h.in",
            b"Makevars.in",
        ]
        .contains(&name)
}

/// The template of a path.
pub fn template_of(path: &BStr) -> BString {
    [path.as_bytes(), b".in"].concat().into()
}

/// Proves a file that only says versions, or whose only changes are stamps.
pub fn explain(member: &Question<'_>, release: &Release, files: &dyn Files) -> Option<Derived> {
    let is_tracked = files.in_tree(member.path) || member.tree.is_some();
    if member.content.is_empty() {
        // Where the tree has the file, emptiness takes something away; and elsewhere a name alone can, too.
        let how = "empty, as such a file may well be".to_owned();
        return (!is_tracked && names::may_be_empty(member.path)).then(|| Derived {
            from: Vec::new(),
            how,
            shown: Vec::new(),
        });
    }
    let fixed = match member.tree {
        Some(old) => fixed::is_raised(member.path, old, member.content, release)
            .then(|| "stamp: this release's version and nothing else".to_owned()),
        None if is_tracked => None,
        None => fixed::explain(member.path, member.content, release, files),
    };
    if let Some(how) = fixed {
        let shown = member.content.lines().take(8).map(BString::from).collect();
        return Some(Derived {
            from: Vec::new(),
            how,
            shown,
        });
    }
    if member.content.len() > LARGEST {
        return None;
    }
    if is_tracked {
        let shown = lines::changes(
            member.path,
            names::kind(member.path)?,
            member.tree?,
            member.content,
            release,
        )?;
        return Some(Derived {
            from: vec![member.path.into()],
            how: how(&shown, "the tree's file"),
            shown,
        });
    }
    let template = template_of(member.path);
    let old = files.proven(template.as_ref())?;
    if lines::has_placeholders(member.content) {
        return None;
    }
    let shown = lines::changes(
        member.path,
        Kind::Template,
        &with_defaults(&old),
        member.content,
        release,
    )?;
    Some(Derived {
        from: vec![template],
        how: how(&shown, "the template"),
        shown,
    })
}

/// A template with what configure puts for directories when it is told nothing.
fn with_defaults(template: &[u8]) -> Vec<u8> {
    let defaults = [
        ("@prefix@", "/usr/local"),
        ("@exec_prefix@", "${prefix}"),
        ("@bindir@", "${exec_prefix}/bin"),
        ("@libdir@", "${exec_prefix}/lib"),
        ("@includedir@", "${prefix}/include"),
        ("@datarootdir@", "${prefix}/share"),
    ];
    defaults
        .iter()
        .fold(template.to_vec(), |text, (name, value)| text.replace(name, value))
}

fn how(shown: &[BString], of: &str) -> String {
    let lines = shown.len() / 2;
    let lines = if lines == 1 {
        "1 line".to_owned()
    } else {
        format!("{lines} lines")
    };
    format!("stamp: {of}, with this release's version, date or commit in {lines}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::derived::testing::Tree;

    fn release() -> Release {
        Release {
            version: "1.2".into(),
            tag: "v1.2".into(),
            ..Release::default()
        }
    }

    #[test]
    fn an_empty_file_is_nothing_unless_the_tree_has_it() {
        let ask = |path: &str, tree: &Tree| {
            explain(
                &Question {
                    path: path.into(),
                    content: b"",
                    tree: None,
                },
                &release(),
                tree,
            )
            .is_some()
        };
        assert!(ask("doc/.dirstamp", &Tree::default()));
        for name in [
            "NEWS",
            ".gitmodules",
            "doc/stamp_docs",
            "src/tool-options.stamp",
            "lib/src/filter-parser.stamp",
            "doc/reference/foo-overrides.txt",
            "doc/gstr.c.texi",
        ] {
            assert!(ask(name, &Tree::default()), "{name}");
        }
        for name in [
            "GNUmakefile",
            "config.site",
            "m4/a.m4",
            "src/security.h",
            "src/a.c",
            "setup.py",
            "CMakeLists.txt",
            "x/stamp.c",
            "requirements.txt",
            "tests/list",
            "conftest.py",
            "Makefile.in",
            "timestamp.h",
            "meson_options.txt",
            "conanfile.txt",
            "selftest.stamp",
            "src/selftest.stamp",
            "check-stamp",
            "stamp-check",
            "constraints.txt",
            "README.md",
            "GNUmakefile.txt",
        ] {
            assert!(!ask(name, &Tree::default()), "{name}");
        }
        assert!(!ask("tests/list", &Tree::from([("tests/list", "all")])));
    }

    #[test]
    fn a_tracked_file_does_not_shrink_to_its_version() {
        let tree = Tree::from([
            ("check-version", "set -e\ntest x = y\nexit 1\n"),
            ("VERSION", "1.2-dev\n"),
        ]);
        let ask = |path: &str, old: &str| {
            let question = Question {
                path: path.into(),
                content: b"1.2\n",
                tree: Some(old.as_bytes()),
            };
            explain(&question, &release(), &tree).is_some()
        };
        assert!(ask("VERSION", "1.2-dev\n"));
        assert!(ask("VERSION", "@VERSION@\n"));
        assert!(!ask("check-version", "set -e\ntest x = y\nexit 1\n"));
    }

    #[test]
    fn a_template_is_filled_with_the_version_only() {
        let tree = Tree::from([("a.spec.in", "Version: @VERSION@\nRun: x\n")]);
        let ask = |content: &str| {
            let question = Question {
                path: "a.spec".into(),
                content: content.as_bytes(),
                tree: None,
            };
            explain(&question, &release(), &tree)
        };
        let derived = ask("Version: 1.2\nRun: x\n").unwrap();
        assert_eq!(derived.from, ["a.spec.in"]);
        assert_eq!(derived.shown, ["Version: @VERSION@", "Version: 1.2"]);
        assert_eq!(ask("Version: 1.2\nRun: y\n"), None);
        assert_eq!(ask("Version: 1.3\nRun: x\n"), None);
        let tree = Tree::from([("a.h.in", "V @VERSION@\nH @HARDENING@\n")]);
        let question = Question {
            path: "a.h".into(),
            content: b"V 1.2\nH @HARDENING@\n",
            tree: None,
        };
        assert_eq!(explain(&question, &release(), &tree), None);
    }

    #[test]
    fn a_tracked_file_needs_the_trees_bytes() {
        let tree = Tree::from([("a.c", "x"), ("a.c.in", "V @VERSION@\n")]);
        let question = Question {
            path: "a.c".into(),
            content: b"V 1.2\n",
            tree: None,
        };
        assert_eq!(explain(&question, &release(), &tree), None);
    }
}

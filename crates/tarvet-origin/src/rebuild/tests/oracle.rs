//! The real autoreconf and debhelper: what is said to be discarded must be gone after they ran.
//!
//! A package is made on the spot, with everything that a release ships. Each shipped file gets a last line that no tool
//! writes; who still has it after the run was kept. The fate may be more cautious than the tools, and by how much is
//! written down here; it may never be less.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use super::*;

const MARK: &str = "# planted\n";

/// Whether the tools are there; `TARVET_REQUIRE_ORACLES=1` turns a missing one into a failure.
fn have(tools: &[&str]) -> bool {
    for tool in tools {
        let found = Command::new("sh")
            .args(["-c", &format!("command -v {tool}")])
            .output();
        if !found.is_ok_and(|output| output.status.success()) {
            assert!(
                std::env::var_os("TARVET_REQUIRE_ORACLES").is_none(),
                "{tool} is required"
            );
            eprintln!("skipped: {tool} is not installed");
            return false;
        }
    }
    true
}

struct Package(tempfile::TempDir);

impl Package {
    fn new(files: &[(&str, &str)]) -> Self {
        let package = Self(tempfile::tempdir().unwrap());
        for (path, text) in files {
            let path = package.root().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        package
    }

    fn root(&self) -> &Path {
        self.0.path()
    }

    fn run(&self, script: &str) {
        let ran = Command::new("sh")
            .args(["-ec", script])
            .current_dir(self.root())
            .env_remove("MAKEFLAGS")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&ran.stderr);
        assert!(ran.status.success(), "{script}: {said}");
    }

    /// All files, but for what runs leave behind.
    fn files(&self) -> BTreeSet<String> {
        let (mut found, mut open) = (BTreeSet::new(), vec![self.root().to_owned()]);
        while let Some(directory) = open.pop() {
            for entry in fs::read_dir(directory).unwrap() {
                let (kind, path) = entry
                    .map(|entry| (entry.file_type().unwrap(), entry.path()))
                    .unwrap();
                let name = path
                    .strip_prefix(self.root())
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned();
                if kind.is_dir() && !name.ends_with("autom4te.cache") {
                    open.push(path);
                } else if kind.is_file() && !name.ends_with('~') && !name.starts_with("debian/") {
                    found.insert(name);
                }
            }
        }
        found
    }

    /// Marks what is in the package and was not given, as an attacker who ships it could.
    fn plant(&self, given: &[(&str, &str)]) -> BTreeSet<String> {
        let mut planted = self.files();
        planted.retain(|path| given.iter().all(|(name, _)| name != path));
        for path in &planted {
            let path = self.root().join(path);
            let text = fs::read(&path).unwrap();
            fs::write(&path, [&text, MARK.as_bytes()].concat()).unwrap();
        }
        planted
    }

    fn is_marked(&self, path: &str) -> bool {
        fs::read(self.root().join(path)).is_ok_and(|text| text.ends_with(MARK.as_bytes()))
    }

    /// Those of `planted` that `build` is said to discard; read before anything runs.
    fn discarded(&self, build: &Build, planted: &BTreeSet<String>) -> BTreeSet<String> {
        let configures: Vec<(String, Vec<u8>)> = self
            .files()
            .into_iter()
            .filter(|path| path.ends_with("configure.ac"))
            .map(|path| (path.clone(), fs::read(self.root().join(path)).unwrap()))
            .collect();
        let tree = Tree {
            exists: &|path| self.root().join(path.to_str().unwrap()).is_file(),
            read: &|path| {
                configures
                    .iter()
                    .find(|(name, _)| name == path)
                    .map(|(_, text)| text.as_slice())
            },
        };
        let remade = Remade::of(build, &tree);
        let discarded = |path: &&String| {
            let head = fs::read(self.root().join(path.as_str())).unwrap();
            let tool = path.ends_with("config.h.in").then_some("autoheader");
            let file = Generated {
                path: path.as_bytes().as_bstr(),
                tool,
                from: &[],
                head: &head,
            };
            matches!(fate(build, &remade, &file), Fate::Discarded { .. })
        };
        planted.iter().filter(discarded).cloned().collect()
    }

    /// Runs `script`; nothing that is discarded may survive, and what is lost beyond that is told.
    fn compare(
        &self,
        build: &Build,
        planted: &BTreeSet<String>,
        script: &str,
    ) -> (BTreeSet<String>, Vec<String>) {
        let discarded = self.discarded(build, planted);
        self.run(script);
        let lost: BTreeSet<String> = planted
            .iter()
            .filter(|path| !self.is_marked(path))
            .cloned()
            .collect();
        let survived: Vec<_> = discarded.difference(&lost).collect();
        assert!(survived.is_empty(), "{script} leaves {survived:?} as they were");
        let more = lost.difference(&discarded).cloned().collect();
        (discarded, more)
    }
}

fn autoreconf() -> Step {
    Step::Autoreconf {
        directory: BString::default(),
        by: "autoreconf".into(),
    }
}

fn build(steps: Vec<Step>) -> Build {
    Build {
        steps,
        ..Build::default()
    }
}

const GIVEN: &[(&str, &str)] = &[
    (
        "configure.ac",
        "AC_INIT([pocket],[1.0],[bugs@example.org])\nAC_CONFIG_AUX_DIR([build-aux])\nAC_CONFIG_MACRO_DIRS([m4])\n\
         AC_CONFIG_SRCDIR([src/main.c])\nAC_CANONICAL_HOST\nAM_INIT_AUTOMAKE([foreign])\nAC_CONFIG_HEADERS([config.h second.h])\n\
         AC_PROG_CC\nAC_PROG_YACC\nAM_PROG_LEX([noyywrap])\nLT_INIT\nAM_GNU_GETTEXT_VERSION([0.19])\nAM_GNU_GETTEXT([external])\n\
         AC_DEFINE([POCKET],[1],[A pocket.])\nAC_CONFIG_SUBDIRS([nested])\n\
         AC_CONFIG_FILES([Makefile\n  src/Makefile doc/Makefile\n  po/Makefile.in])\nAC_OUTPUT\n",
    ),
    ("Makefile.am", "ACLOCAL_AMFLAGS = -I m4\nSUBDIRS = po src doc\n"),
    (
        "src/Makefile.am",
        "bin_PROGRAMS = pocket\npocket_SOURCES = main.c parse.y scan.l\n",
    ),
    ("src/main.c", "int main(void) { return 0; }\n"),
    ("src/parse.y", "%%\nall: ;\n"),
    ("src/scan.l", "%%\n. ;\n"),
    ("doc/Makefile.am", "info_TEXINFOS = pocket.texi\n"),
    (
        "doc/pocket.texi",
        "\\input texinfo\n@setfilename pocket.info\n@settitle pocket\n@node Top\n@top pocket\n@bye\n",
    ),
    ("po/POTFILES.in", "src/main.c\n"),
    ("po/LINGUAS", "de\n"),
    (
        "po/de.po",
        "msgid \"\"\nmsgstr \"Content-Type: text/plain; charset=UTF-8\\n\"\n\nmsgid \"a\"\nmsgstr \"b\"\n",
    ),
    ("nested/configure.ac", "AC_INIT([nested],[1.0])\nAC_OUTPUT\n"),
    ("second.h.in", "#undef SECOND\n"),
    ("aside/Makefile.am", "# not in AC_CONFIG_FILES\n"),
];

/// As a release would ship it, and a few files that nothing remakes.
const MAKE_DIST: &str = "autoreconf -f -i >/dev/null\ncp po/Makevars.template po/Makevars\n\
    bison -o src/parse.c src/parse.y\nflex -o src/scan.c src/scan.l\nmakeinfo -o doc/pocket.info doc/pocket.texi\n\
    msgfmt -o po/de.gmo po/de.po\ncp src/Makefile.in aside/Makefile.in\necho '#' >m4/extra.m4";

const TOOLS: &[&str] = &[
    "autoreconf",
    "automake",
    "libtoolize",
    "autopoint",
    "bison",
    "flex",
    "makeinfo",
    "msgfmt",
];

/// What a run overwrites and nothing is said of: scripts that are copied only if some macro or source asks for them,
/// and the files of autopoint. They are published files, known by their contents.
const MORE: &[&str] = &[
    "ABOUT-NLS",
    "build-aux/ar-lib",
    "build-aux/compile",
    "build-aux/config.guess",
    "build-aux/config.rpath",
    "build-aux/config.sub",
    "build-aux/depcomp",
    "build-aux/mdate-sh",
    "build-aux/texinfo.tex",
    "build-aux/ylwrap",
    "po/Makefile.in.in",
    "po/Makevars.template",
    "po/Rules-quot",
    "po/boldquot.sed",
    "po/en@boldquot.header",
    "po/en@quot.header",
    "po/insert-header.sin",
    "po/quot.sed",
    "po/remove-potcdate.sin",
    "po/remove-potcdate.sed",
    "po/insert-header.sed",
];

fn is_told(path: &str) -> bool {
    MORE.contains(&path) || (path.starts_with("m4/") && path != "m4/extra.m4")
}

const DISCARDED: &str = "Makefile.in aclocal.m4 build-aux/install-sh build-aux/ltmain.sh build-aux/missing config.h.in configure \
                         doc/Makefile.in nested/configure src/Makefile.in";

#[test]
fn autoreconf_overwrites_all_that_is_said_to_be_discarded() {
    if !have(TOOLS) {
        return;
    }
    let package = Package::new(GIVEN);
    package.run(MAKE_DIST);
    let planted = package.plant(GIVEN);
    let (discarded, more) = package.compare(&build(vec![autoreconf()]), &planted, "autoreconf -f -i");
    assert_eq!(Vec::from_iter(discarded).join(" "), DISCARDED);
    let untold: Vec<_> = more.iter().filter(|path| !is_told(path)).collect();
    assert!(
        untold.is_empty(),
        "{untold:?} are overwritten and not said to be discarded"
    );
    for kept in [
        "src/parse.c",
        "src/scan.c",
        "doc/pocket.info",
        "po/de.gmo",
        "m4/extra.m4",
        "aside/Makefile.in",
    ] {
        assert!(package.is_marked(kept), "{kept}");
    }
}

#[test]
fn debhelper_overwrites_all_that_is_said_to_be_discarded() {
    if !have(TOOLS) || !have(&["dh_autoreconf", "dh_update_autotools_config"]) {
        return;
    }
    let package = Package::new(GIVEN);
    package.run(MAKE_DIST);
    let planted = package.plant(GIVEN);
    package.run(
        "mkdir debian\nprintf 'Source: pocket\\nBuild-Depends: debhelper-compat (= 13)\\n\\nPackage: pocket\\nArchitecture: any\\n' \
         >debian/control\nprintf 'pocket (1.0-1) unstable; urgency=low\\n\\n  * x\\n\\n -- A <a@b.c>  Thu, 01 Jan 2026 00:00:00 +0000\\n' \
         >debian/changelog",
    );
    let scripts = Step::ConfigScripts {
        by: "dh_update_autotools_config".into(),
    };
    let steps = vec![scripts.clone(), autoreconf()];
    let script = "dh_update_autotools_config; dh_autoreconf";
    let (discarded, more) = package.compare(&build(steps), &planted, script);
    assert_eq!(discarded.len(), DISCARDED.split(' ').count() + 2, "{discarded:?}");
    let untold: Vec<_> = more.iter().filter(|path| !is_told(path)).collect();
    assert!(
        untold.is_empty(),
        "{untold:?} are overwritten and not said to be discarded"
    );
}

/// What is tried, the files, and the one that is kept.
type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str);

/// Each of these was believed to be overwritten by somebody, and is not.
#[test]
fn what_autoreconf_leaves_alone_is_not_discarded() {
    if !have(&["autoreconf", "automake"]) {
        return;
    }
    const BARE: &str = "AC_INIT([x],[1])\nAC_OUTPUT\n";
    const AUTOMAKE: &str =
        "AC_INIT([x],[1])\nAM_INIT_AUTOMAKE([foreign])\nAC_CONFIG_FILES([Makefile])\nAC_OUTPUT\n";
    const MARKED: &str = "# generated automatically by aclocal 1.16.5 -*- Autoconf -*-\n";
    let aclocal = format!("{MARKED}AC_DEFUN([PLANTED])\n{MARK}");
    let cases: &[Case] = &[
        (
            "no macro is needed",
            &[("configure.ac", BARE), ("aclocal.m4", &aclocal)],
            "aclocal.m4",
        ),
        (
            "another project's directory",
            &[
                ("configure.ac", BARE),
                ("sub/configure.ac", BARE),
                ("sub/configure", MARK),
            ],
            "sub/configure",
        ),
        (
            "a directory that only a comment names",
            &[
                (
                    "configure.ac",
                    "AC_INIT([x],[1])\n# AC_CONFIG_SUBDIRS([sub])\nAC_OUTPUT\n",
                ),
                ("sub/configure.ac", BARE),
                ("sub/configure", MARK),
            ],
            "sub/configure",
        ),
        (
            "a second header",
            &[
                (
                    "configure.ac",
                    "AC_INIT([x],[1])\nAC_CONFIG_HEADERS([a.h])\nAC_CONFIG_HEADERS([config.h])\nAC_DEFINE([A],[1],[a])\nAC_OUTPUT\n",
                ),
                ("config.h.in", MARK),
            ],
            "config.h.in",
        ),
        (
            "an output that automake does not know",
            &[
                ("configure.ac", AUTOMAKE),
                ("Makefile.am", ""),
                ("sub/Makefile.am", ""),
                ("sub/Makefile.in", MARK),
            ],
            "sub/Makefile.in",
        ),
    ];
    for (what, files, path) in cases {
        let package = Package::new(files);
        let planted = BTreeSet::from([(*path).to_owned()]);
        assert!(package.is_marked(path));
        let discarded = package.discarded(&build(vec![autoreconf()]), &planted);
        package.run("autoreconf -f -i");
        assert!(
            package.is_marked(path),
            "{what}: autoreconf does overwrite {path}"
        );
        assert!(discarded.is_empty(), "{what}: {path} is not discarded");
    }
}

use proptest::prelude::*;
use tarvet_origin::rebuild::{Fate, Generated, Remade, Tree, fate};

use super::*;

pub(super) const CONTROL: &str =
    "Source: pocket\nBuild-Depends: debhelper-compat (= 13)\n\nPackage: pocket\nArchitecture: any\n";

/// A build of these files of `debian/`; rules without a first line of their own get the usual one.
pub(super) fn of(files: &[(&str, &str)]) -> Build {
    with_runnable(files, &[])
}

/// The same, where these files have the bit to be run.
pub(super) fn with_runnable(files: &[(&str, &str)], runnable: &[&str]) -> Build {
    let name = |path: &BStr| path.to_str().unwrap().strip_prefix("debian/").unwrap().to_owned();
    let files: Vec<(&str, String)> = files
        .iter()
        .map(|(name, text)| match *name {
            "rules" if !text.starts_with("#!") => (*name, format!("#!/usr/bin/make -f\n{text}")),
            name => (name, (*text).to_owned()),
        })
        .collect();
    read(
        &|path| {
            let file = files.iter().find(|(wanted, _)| *wanted == name(path))?;
            Some(file.1.as_bytes())
        },
        &|path| runnable.contains(&name(path).as_str()),
    )
}

pub(super) fn rules(text: &str) -> Build {
    of(&[("control", CONTROL), ("rules", text)])
}

pub(super) const DH: &str = "%:\n\tdh $@\n";

pub(super) fn with(text: &str) -> Build {
    rules(&format!("{DH}{text}"))
}

fn runs(build: &Build) -> bool {
    build
        .steps
        .iter()
        .any(|step| matches!(step, Step::Autoreconf { .. }))
}

fn scripts(build: &Build) -> bool {
    build
        .steps
        .iter()
        .any(|step| matches!(step, Step::ConfigScripts { .. }))
}

/// What becomes of a file of a plain autotools package.
pub(super) fn becomes(build: &Build, path: &str) -> char {
    let tree = Tree {
        exists: &|path| path == "configure.ac",
        read: &|_| Some(b"AC_INIT([x],[1])\n"),
    };
    let remade = Remade::of(build, &tree);
    let file = Generated {
        path: path.into(),
        tool: None,
        from: &[],
        head: b"",
    };
    match fate(build, &remade, &file) {
        Fate::Discarded { .. } => 'D',
        Fate::Kept { .. } => 'K',
        Fate::Open { .. } => '?',
    }
}

pub(super) fn configure(build: &Build) -> char {
    becomes(build, "configure")
}

#[test]
fn dh_runs_autoreconf_from_compat_10_on() {
    let build = rules(DH);
    assert_eq!(build.doubts, []);
    assert!(runs(&build) && scripts(&build));
    assert_eq!((configure(&build), becomes(&build, "src/parse.c")), ('D', 'K'));
    let old = |rules: &str| {
        of(&[
            ("control", "Source: x\nBuild-Depends: dh-autoreconf\n"),
            ("compat", "9\n"),
            ("rules", rules),
        ])
    };
    assert_eq!(configure(&old(DH)), 'K');
    assert_eq!(configure(&old("%:\n\tdh $@ --with autoreconf,python3\n")), 'D');
    let sequence = "Source: x\nBuild-Depends: dh-sequence-autoreconf\n";
    assert_eq!(
        configure(&of(&[("control", sequence), ("compat", "9"), ("rules", DH)])),
        'D'
    );
    let indep = "Source: x\nBuild-Depends-Indep: dh-sequence-autoreconf\n";
    assert_eq!(
        configure(&of(&[("control", indep), ("compat", "9"), ("rules", DH)])),
        '?'
    );
}

#[test]
fn without_wins() {
    for options in [
        "--without autoreconf",
        "--without=python2,autoreconf",
        "--with autoreconf --without autoreconf",
        "$(X)",
    ] {
        let build = rules(&format!("X = --without autoreconf\n%:\n\tdh $@ {options}\n"));
        assert_eq!((configure(&build), scripts(&build)), ('K', true), "{options}");
    }
}

#[test]
fn options_that_are_computed_are_doubts() {
    for text in [
        "ifeq (a,a)\nX = --without autoreconf\nendif\n%:\n\tdh $@ $(X)\n",
        "X = $(shell echo --without autoreconf)\n%:\n\tdh $@ $(X)\n",
        "%:\n\tdh $@ $(shell cat x)\n",
        "X = --with\nX += autoreconf\n%:\n\tdh $@ $(X)\n",
        "%:\n\tdh $@ --until dh_auto_configure\n",
        "X = a\nX = b\n%:\n\tdh $@ --with $(X)\n",
        "binary:\n\tdh $@ --without autoreconf\n%:\n\tdh $@\n",
    ] {
        assert_eq!(configure(&rules(text)), '?', "{text}");
    }
    let xz = "opt_no_act =\nifneq (,$(findstring n,$(MAKEFLAGS)))\n\topt_no_act := --no-act\nendif\n%:\n\tdh $@ $(opt_no_act)\n";
    assert_eq!(configure(&rules(xz)), 'D');
}

#[test]
fn hidden_ways_to_disarm_are_seen() {
    // Surely not run: kept.
    for text in [
        "override_dh_autoreconf:\n",
        "override_dh_autoreconf:\n\t# dh_autoreconf\n",
        "override_dh_autoreconf:\n\ttrue dh_autoreconf\n",
        "override_dh_autoreconf:\n\t@echo dh_autoreconf\n",
        "override_dh_auto_test override_dh_autoreconf:\n",
        "override_dh_autoreconf: ;\n",
    ] {
        assert_eq!(configure(&with(text)), 'K', "{text}");
    }
    // Nobody can tell.
    for text in [
        "ifeq (a,b)\noverride_dh_autoreconf:\nendif\n",
        "override_dh_autoreconf:\nifeq (a,b)\n\tdh_autoreconf\nendif\n",
        "override_dh_autoreconf:\n\tdh_autoreconf\noverride_dh_autoreconf:\n\ttrue\n",
        "override_dh_autoreconf:\n\t-dh_autoreconf\n",
        "override_dh_autoreconf:\n\tdh_autoreconf || true\n",
        "override_dh_autoreconf:\n\tdh_autoreconf --no-act\n",
        "override_dh_autoreconf:\n\tdh_autoreconf true\n",
        "override_dh_autoreconf:\n\tdh_autoreconf ./autogen.sh\n",
        "override_dh_autoreconf:\n\tcd sub && dh_autoreconf\n",
        "override_dh_autoreconf:\n\tAUTOCONF=true dh_autoreconf\n",
        "override_dh_autoreconf-arch:\n\tdh_autoreconf\n",
        "override_dh_autoreconf: other\n\tdh_autoreconf\n",
        "override_dh_autoreconf::\n\tdh_autoreconf\n",
        "override_dh_%:\n\ttrue\n",
        ".PHONY: override_dh_autoreconf\n",
        "override_dh_autoreconf: X = 1\n",
        "override_dh_auto*:\n",
        "X = override_dh_autoreconf\n$(X):\n\ttrue\n",
        "include debian/more.mk\n",
        "$(eval override_dh_autoreconf: ; true)\n",
        "export AUTOCONF = true\n",
        "export PATH := debian/bin:$(PATH)\n",
        "DH_OPTIONS = --no-act\nexport DH_OPTIONS\n",
        "build:\n\t./configure\n\tmake\n",
        "build: configured\n",
        "execute_before_dh_autoreconf:\n\t./configure\n",
        "execute_before_dh_update_autotools_config:\n\tsh x/configure\n",
        "execute_after_dh_autoreconf:\n\tmv configure.orig configure\n",
        "execute_after_dh_autoreconf:\n\tcp upstream/configure .\n",
        "execute_after_dh_autoreconf:\n\tcp upstream/* .\n\tgit checkout .\n",
        "execute_after_dh_autoreconf:\n\ttouch configure\n",
        "execute_after_dh_autoreconf:\n\tcat upstream/configure >configure\n",
        "execute_after_dh_autoreconf:\n\tcat upstream/configure 2>/dev/null > $(X)\n",
        "override_dh_autoreconf:\n\tdh_autoreconf autoreconf -- -i\n",
        "override_dh_autoreconf:\n\tdh_autoreconf autoreconf -- -fin\n",
        ".ONESHELL:\n",
        ".RECIPEPREFIX = >\n",
        "load x.so\n",
    ] {
        assert_eq!(configure(&with(text)), '?', "{text}");
    }
    let planted = [("control", CONTROL), ("rules", DH), ("autoreconf.before", "")];
    assert_eq!(configure(&of(&planted)), '?');
}

#[test]
fn what_runs_surely_is_a_step() {
    for text in [
        "override_dh_autoreconf:\n\tdh_autoreconf --as-needed\n",
        "override_dh_autoreconf:\n\tmkdir -p m4\n\tdh_autoreconf autoreconf -- -f -i -v\n",
        "override_dh_autoreconf:\n\tautoreconf -vfi\n",
        "override_dh_autoreconf:\n\tdh_autoreconf autoreconf -- -i -f -I m4\n",
        "execute_before_dh_autoreconf:\n\techo 1.2 >.tarball-version 2>&1\n",
        "SHELL = /bin/bash -e\n",
        "override_dh_autoreconf:\n\techo 1.2 >.version && autoreconf --force --install -I m4\n",
        "override_dh_autoreconf:\n\tset -e; cd . && autoreconf \\\n\t  -fi\n",
        "execute_before_dh_autoreconf:\n\trm -f configure\n",
        "override_dh_auto_configure:\n\tdh_auto_configure -- --with-x=$(Y)\n",
        "override_dh_auto_clean:\n\t[ ! -f Makefile ] || $(MAKE) distclean\n\tfor i in a; do rm -f $$i; done\n",
        "override_dh_auto_build:\n\tdh_auto_build\n\ttar xf x.tar\n\tcp a $(B)\n",
        "include /usr/share/dpkg/default.mk\nexport DEB_BUILD_MAINT_OPTIONS = hardening=+all\n",
    ] {
        assert_eq!(configure(&with(text)), 'D', "{text}: {:?}", with(text).doubts);
    }
    let by_hand = "%:\n\tdh $@ --without autoreconf\noverride_dh_auto_configure:\n\tautoreconf -fi\n\tdh_auto_configure\n";
    assert_eq!(configure(&rules(by_hand)), 'D');
    let late = "%:\n\tdh $@ --without autoreconf\noverride_dh_auto_configure:\n\tdh_auto_configure\n\tautoreconf -fi\n";
    assert_eq!(configure(&rules(late)), '?');
    let no_force = "override_dh_autoreconf:\n\tautoreconf -i\n";
    assert_eq!(configure(&with(no_force)), '?');
}

#[test]
fn deletions_and_copies() {
    let clean = |text: &str, rules: &str| of(&[("control", CONTROL), ("clean", text), ("rules", rules)]);
    let build = clean("# no\nsrc/parse.c doc/\npo/*.gmo\nx/[ab].c\n", DH);
    assert_eq!(
        (becomes(&build, "src/parse.c"), becomes(&build, "doc/a/b")),
        ('D', 'D')
    );
    assert_eq!(
        (becomes(&build, "po/de.gmo"), becomes(&build, "src/scan.c")),
        ('D', 'K')
    );
    assert_eq!((becomes(&build, "x/a.c"), becomes(&build, "no")), ('?', 'K'));
    assert_eq!(becomes(&clean("#!/bin/sh\nx\n", DH), "x"), '?');
    for (recipe, fate) in [
        ("dh_clean", 'D'),
        ("true", 'K'),
        ("dh_clean -Xx", '?'),
        ("dh_clean || :", '?'),
    ] {
        let rules = format!("{DH}override_dh_clean:\n\t{recipe}\n");
        assert_eq!(becomes(&clean("x.c\n", &rules), "x.c"), fate, "{recipe}");
    }
    let build = with(
        "execute_before_dh_auto_configure:\n\trm -rf doc 'src/parse.c'\n\tcp -f /usr/share/misc/config.rpath aux/\n",
    );
    for path in ["doc/a/x.1", "src/parse.c", "aux/config.rpath"] {
        assert_eq!(becomes(&build, path), 'D', "{path}");
    }
    let late = with("override_dh_auto_build:\n\tdh_auto_build\n\trm -f src/parse.c\n");
    assert_eq!(becomes(&late, "src/parse.c"), '?');
    let up = with("override_dh_auto_clean:\n\trm -rf ../x.c /x.c\n");
    assert_eq!(becomes(&up, "x.c"), 'K');
}

#[test]
fn config_scripts_have_doubts_of_their_own() {
    let build = with("override_dh_update_autotools_config:\n");
    assert!(!scripts(&build) && build.doubts.is_empty());
    let build = with("override_dh_update_autotools_config:\n\tdh_update_autotools_config || true\n");
    assert_eq!((configure(&build), becomes(&build, "aux/config.sub")), ('D', '?'));
}

#[test]
fn directories_of_autoreconf() {
    let places = |build: &Build| -> Vec<String> {
        let directories = build.steps.iter().filter_map(|step| match step {
            Step::Autoreconf { directory, .. } => Some(directory.to_string()),
            _ => None,
        });
        directories.collect()
    };
    let listed = |text| of(&[("control", CONTROL), ("autoreconf", text), ("rules", DH)]);
    assert_eq!(places(&listed("lib/a\n# no\n.\n")), ["lib/a", "."]);
    assert_eq!(places(&listed("*\n")), [] as [&str; 0]);
    let twice = with("override_dh_autoreconf:\n\tdh_autoreconf -D a\n\tdh_autoreconf -D b\n");
    assert_eq!(places(&twice), ["a"]);
    assert_eq!(configure(&listed("*\n")), '?');
    assert_eq!(places(&rules("%:\n\tdh $@ --sourcedirectory=src\n")), ["src"]);
    assert_eq!(places(&rules("%:\n\tdh $@ -D../src\n")), [] as [&str; 0]);
}

#[test]
fn packages_without_dh_are_doubtful() {
    for text in [
        "",
        "build:\n\t./configure\n",
        "include /usr/share/cdbs/1/class/autotools.mk\n",
        "%:\n\tmake $@\n",
        "clean:\n\tdh clean\n",
    ] {
        assert_eq!(configure(&rules(text)), '?', "{text}");
    }
    assert_eq!(configure(&of(&[("rules", DH)])), '?');
    assert_eq!(
        configure(&of(&[("control", CONTROL), ("compat", "13"), ("rules", DH)])),
        '?'
    );
    // Without `%` make's own patterns count, by which debian/rules.sh becomes debian/rules.
    let listed = "build clean binary binary-arch binary-indep:\n\tdh $@\n";
    assert_eq!(configure(&rules(listed)), '?');
    assert_eq!(configure(&with(listed)), 'D');
    assert_eq!(
        configure(&rules("%:\n\tdh $@ --buildsystem=meson --without autoreconf\n")),
        '?'
    );
}

proptest! {
    #[test]
    fn nothing_panics(text in "(%:|dh \\$@|\t|\n|\n\t|\\\\\n|override_dh_autoreconf|dh_clean|:|=|\\$\\(|\\)|#|;|&&|define X\n|endef\n|ifeq|endif|rm -rf |cp |cd |[a-z./*\\[{']){0,40}") {
        let _ = of(&[("control", &text), ("rules", &text), ("clean", &text), ("autoreconf", &text)]);
        let _ = configure(&with(&text));
    }
}

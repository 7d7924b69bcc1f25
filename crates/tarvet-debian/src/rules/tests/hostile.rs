//! Tricks that were once believed, each beside an honest form that must still be.
//!
//! With each of the tricks dpkg-buildpackage ran the tarball's own configure, or installed the tarball's own manual page.

use super::tests::{CONTROL, DH, becomes, configure, of, rules, with, with_runnable};

/// Nobody can tell of any file.
fn doubted(text: &str) {
    assert_eq!(configure(&rules(text)), '?', "{text}");
}

/// configure is made anew for certain.
fn believed(text: &str) {
    let build = rules(text);
    assert_eq!(configure(&build), 'D', "{text}: {:?}", build.doubts);
}

fn before(recipe: &str) -> String {
    format!("{DH}execute_before_dh_autoreconf:\n\t{recipe}\n")
}

#[test]
fn the_first_line() {
    for first in [
        "#!/usr/bin/make -fdebian/real.mk",
        "#!/usr/bin/make -f debian/real.mk",
        "#!/usr/bin/make",
        "#!/usr/bin/env -S make -f",
        "#!/bin/sh",
        "#!/usr/bin/make -f -e",
        "#!/usr/bin/make\u{a0}-f",
    ] {
        doubted(&format!("{first}\n{DH}"));
    }
    for first in [
        "#!/usr/bin/make -f",
        "#! /usr/bin/make -f",
        "#!/usr/bin/make -f ",
        "#!/usr/bin/make  -f",
    ] {
        believed(&format!("{first}\n{DH}"));
    }
}

#[test]
fn patterns_and_targets_that_are_more_special() {
    for text in [
        "bu%:\n\tdh $@ --without autoreconf\n",
        "override_dh_autorec%:\n\ttrue\n",
        "debian/%:\n\ttrue\n",
        "debian/%.mk:\n\ttrue\n",
        "X := override_dh_autoreconf\n.PHONY: $(X)\n",
        ".PHONY: $(Y)\n",
        ".SECONDEXPANSION:\n",
        ".EXPORT_ALL_VARIABLES:\n",
        ".PHONY: build\n",
        "debian/rules: x\n\ttrue\n",
        "override_dh_autoreconf: export X = 1\n",
    ] {
        doubted(&format!("{DH}{text}"));
    }
    for text in [
        ".PHONY: override_dh_auto_test override_dh_strip\noverride_dh_auto_test:\n",
        "debian/%.png: debian/%.dot\n\tdot -T png -o $@ $<\n",
        ".NOTPARALLEL:\n",
        ".PHONY: build clean\nbuild clean:\n\tdh $@\n",
        "override_dh_auto_build: export http_proxy=127.0.0.1:9\noverride_dh_auto_build: export PATH=x\n",
    ] {
        believed(&format!("{DH}{text}"));
    }
    for rules in [
        "cle%:\n\ttrue\n",
        "clean:\n\tdh $@\nclean:\n\ttrue\n",
        ".PHONY: clean\n",
        "clean:\n\tdh $@ --no-act\n",
    ] {
        let build = of(&[
            ("control", CONTROL),
            ("clean", "x.1\n"),
            ("rules", &format!("{DH}{rules}")),
        ]);
        assert_eq!(becomes(&build, "x.1"), '?', "{rules}");
    }
    for rules in ["", "clean:\n\tdh $@\n", ".PHONY: clean\nclean:\n\tdh clean\n"] {
        let build = of(&[
            ("control", CONTROL),
            ("clean", "x.1\n"),
            ("rules", &format!("{DH}{rules}")),
        ]);
        assert_eq!(becomes(&build, "x.1"), 'D', "{rules}: {:?}", build.doubts);
    }
}

#[test]
fn what_programs_find_in_their_environment() {
    for text in [
        "export MAKEFILES := debian/x.mk\n",
        "MAKEFLAGS += --eval=override_dh_autoreconf:;true\n",
        "MAKEFLAGS += -j$(NUMJOBS)\nNUMJOBS = 1 --eval=x:\n",
        "export PERLLIB := debian\n",
        "export AUTOM4TE_CFG = debian/x\n",
        "export HOME = debian\n",
        "export LD_PRELOAD = debian/x.so\n",
        "export UNHEARD_OF = 1\n",
        "export PYBUILD_BEFORE_CLEAN = cp configure debian/x\n",
        "export PYTHONPATH = debian/x\n",
        "DPKG_BUILDFLAGS_EXPORT_ENVVAR = cp -t debian configure\n",
        "export override AUTOCONF = true\n",
        "override export AUTOCONF = true\n",
        "export\nAUTOFILES = 1\n",
        "RM = true\n",
        "dpkg_late_eval = cp configure debian/x\n",
        "DEB_CFLAGS_MAINT_APPEND = x\"; cp configure debian/x; \"\n",
        "DEB_CFLAGS_MAINT_APPEND = $(sort -o configure debian/x)\n",
        "include /usr/share/dpkg/$(X).mk\n",
        "unexport PATH\n",
        "override_dh_autoreconf:\n\texport AUTOCONF=true && dh_autoreconf\n",
        "override_dh_autoreconf:\n\tset -ea; AUTOCONF=true; dh_autoreconf\n",
        "override_dh_autoreconf:\n\tset -a && dh_autoreconf\n",
    ] {
        doubted(&format!("{DH}{text}"));
    }
    for text in [
        "export DEB_BUILD_MAINT_OPTIONS = hardening=+all\nexport LC_ALL=C.UTF-8\nexport CFLAGS += -g\n",
        "ifneq (,$(filter parallel=%,$(DEB_BUILD_OPTIONS)))\nNUMJOBS = $(patsubst parallel=%,%,$(filter parallel=%,$(DEB_BUILD_OPTIONS)))\nMAKEFLAGS += -j$(NUMJOBS)\nendif\n",
        "export DH_OPTIONS\n",
        "export PYBUILD_NAME = x\nexport PYTHONPATH = $(CURDIR)/src\nDPKG_EXPORT_BUILDFLAGS = 1\n",
        "AUTOFILES = x\nMAKE_OPTIONS = y\n",
        "export HOME=$(CURDIR)/debian/build\n",
        "export DEB_CFLAGS_MAINT_APPEND = -D_X=\\\"$(DEB_HOST_MULTIARCH)\\\"\n",
        "include /usr/share/dpkg/pkg-info.mk\n",
        "override_dh_autoreconf:\n\tset -e; cd . && dh_autoreconf\n",
    ] {
        believed(&format!("{DH}{text}"));
    }
    let home = [
        ("control", CONTROL),
        ("build/.autom4te.cfg", ""),
        ("rules", &*format!("{DH}export HOME=$(CURDIR)/debian/build\n")),
    ];
    assert_eq!(configure(&of(&home)), '?');
}

#[test]
fn what_make_runs_while_it_reads() {
    for text in [
        "X := $(shell cp debian/c configure)\n",
        "X := $(shell dpkg-architecture -qX > configure)\n",
        "X := $(shell sed -n wconfigure debian/c)\n",
        "X != cp debian/c configure\n",
        "X := $(call eval,override_dh_autoreconf:;true)\n",
        "$(info $(call eval,override_dh_autoreconf:;true))\n",
        "$(info $(shell cp debian/c configure))\n",
        "X := $(file >debian/x)\n",
        "A = dpkg-architecture\nX := $(shell $(A) $(B))\nB = cp configure debian/x\nC = $(A)\n",
        "X := $(shell $(A))\nA = cp configure debian/x\n",
        "define x\n$(shell\ncp configure debian/x)\nendef\n",
        "ifeq ($(shell cp configure debian/x),)\nendif\n",
    ] {
        doubted(&format!("{DH}{text}"));
    }
    for text in [
        "X := $(shell dpkg-parsechangelog -SVersion)\n",
        "X := $(shell dpkg-parsechangelog | sed -n 's/^Version: //p')\n",
        "A = DEB_CFLAGS_MAINT_STRIP='-O2 -O3'\nB = dpkg-buildflags --export=configure\nX = $(shell $(A) $(B))\n",
        "X := $(shell dpkg-query -W x 2>/dev/null)\n",
        "$(info building)\n",
        "X = $(shell echo $$(( $(N) * 4 )))\n",
    ] {
        believed(&format!("{DH}{text}"));
    }
}

#[test]
fn text_that_make_and_a_reader_take_differently() {
    for text in [
        "\u{a0}define\u{a0}x:\noverride_dh_autoreconf:\n\ttrue\n\u{a0}endef\u{a0}y:\n",
        "# x \\\r\r\noverride_dh_autoreconf: ; true\n",
        "define x\n\tendef\nexecute_before_dh_auto_configure:\n\trm -f foo.1\nendef :\n",
        "define x\nendef # y\nendef\n",
        "X = $(subst a#b,c)\n",
        "execute_after_dh_autoreconf:\n\t: # \\\n\tcp debian/x configure\n",
    ] {
        doubted(&format!("{DH}{text}"));
    }
    for text in [
        "# Größe \\\n# x\n",
        "define x\n\techo y\nendef\n",
        "execute_before_dh_autoreconf:\n\t# Größe\n\techo '# x'\n",
        "X = a # $(b)\n",
    ] {
        believed(&format!("{DH}{text}"));
    }
    let shell = "F != foo.1\nexecute_before_dh_auto_configure:\n\trm -f $(F)\n";
    let moved = "CURDIR := /tmp\nexecute_before_dh_auto_configure:\n\trm -f $(CURDIR)/foo.1\n";
    for text in [shell, moved] {
        assert_eq!(becomes(&with(text), "foo.1"), '?', "{text}");
    }
    let plain = "F = foo.1\nexecute_before_dh_auto_configure:\n\trm -f $(F) $(CURDIR)/x.1\n";
    assert_eq!(
        (becomes(&with(plain), "foo.1"), becomes(&with(plain), "x.1")),
        ('D', 'D')
    );
}

#[test]
fn bytes_that_are_saved_before_they_are_made_anew() {
    for recipe in [
        "cp configure debian/c",
        "cat configure > debian/c",
        "mv configure debian/c",
        "ln configure debian/c",
        "install configure debian/c",
        "tee debian/c < configure",
        "sed -n 'wdebian/c' configure",
        "sort -o debian/c configure",
        "sed -i.bak s/a/b/ configure",
        "find . -fprint configure",
        "find . -name configure -exec cp {} debian/c ';'",
        "diff --output=debian/c configure /dev/null",
        "awk '{print > \"debian/c\"}' configure",
        "echo $(if x,; cp configure debian/c)",
        "echo $(shell head -1 debian/x)",
        "echo $(X)",
        "for i in configure; do cp $$i debian/c; done",
        "sh debian/save",
        "git stash",
        "mkdir override_dh_autoreconf",
        "cat configure > sub/c",
        "cp -r . sub",
        "cp -r $(CURDIR) sub",
        "read i < debian/x; rm -f $$i",
        "echo > debian/autoreconf.before",
        "touch debian/autoreconf",
        "rm -f configure.ac",
        "X=configure.ac; rm -f $$X",
        "for i in configure.ac; do rm -f $$i; done",
        "rm -f conf*",
        "find . -name 'conf*' -delete",
        "cd debian && rm clean",
        "echo `cp configure debian/c`",
    ] {
        let value = if recipe == "echo $(X)" {
            "a; cp configure debian/c"
        } else {
            "a"
        };
        doubted(&format!("X = {value}\n{}", before(recipe)));
    }
    for recipe in [
        "echo 1.2 > .tarball-version",
        "sed -n 's/a/b/p' configure",
        "sort -u configure",
        "find . -name '*.pyc' -delete",
        "diff -u configure /dev/null",
        "echo $(Y)",
        "mkdir -p m4 $(BUILDDIR)",
        "for i in a b; do rm -f $$i; done",
        "rm -rf build/* *.log",
        "cp /usr/share/misc/config.rpath .",
        "test -d m4 || mkdir m4",
    ] {
        believed(&format!(
            "BUILDDIR = bd\nY = $(shell dpkg-parsechangelog -SVersion)\n{}",
            before(recipe)
        ));
    }
    // After dh_autoreconf there is nothing left to save, and a file of the tarball's own is looked at by itself.
    believed(&format!(
        "{DH}override_dh_auto_configure:\n\tsh debian/prepare\n\tdh_auto_configure\n"
    ));
    doubted(&format!(
        "{DH}override_dh_auto_configure:\n\tcp configure debian/c; autoreconf -fi; sh debian/c\n\tdh_auto_configure\n"
    ));
    doubted(&format!(
        "{DH}override_dh_auto_configure:\n\ttar xf ../x_1.orig.tar.xz\n\tdh_auto_configure\n"
    ));
}

#[test]
fn copies_from_debian() {
    let files = |text: &str| {
        of(&[
            ("control", CONTROL),
            ("x.1", ""),
            ("rules", &format!("{DH}{text}")),
        ])
    };
    let early = "execute_before_dh_autoreconf:\n\tcp debian/x.1 doc/x.1\n";
    assert_eq!(becomes(&files(early), "doc/x.1"), 'D');
    // debian/y.1 is nothing that the source package has; debian/x.1 is another by then.
    for text in [
        "execute_before_dh_autoreconf:\n\tcp debian/y.1 doc/y.1\n",
        "execute_before_dh_autoreconf:\n\tcp doc/x.1 debian/x.1\n\tcp debian/x.1 doc/x.1\n",
        "execute_before_dh_autoreconf:\n\tcp -n debian/x.1 doc/x.1\n",
        "execute_before_dh_autoreconf:\n\tcp configure debian/configure\nexecute_after_dh_autoreconf:\n\tcp debian/configure configure\n",
    ] {
        let build = files(text);
        assert!(
            becomes(&build, "doc/x.1") != 'D' && becomes(&build, "doc/y.1") != 'D',
            "{text}"
        );
    }
}

#[test]
fn options_and_add_ons_of_dh() {
    for options in [
        "--with 'tex;use lib qw(debian);use Evil'",
        "--with unheard-of",
        "--buildsystem='makefile;use Evil'",
        "--no-act",
        "-- --without autoreconf",
        "-O--no-act",
        "-O--exclude=x",
    ] {
        doubted(&format!("%:\n\tdh $@ {options}\n"));
    }
    for options in [
        "--with python3,sphinxdoc",
        "--with=tex",
        "-O--parallel",
        "--without unheard-of",
    ] {
        believed(&format!("%:\n\tdh $@ {options}\n"));
    }
    let old = "Source: x\nBuild-Depends: debhelper-compat (= 9)\n";
    let rules = "%:\n\tdh $@ -O--with=autoreconf\n";
    assert_eq!(configure(&of(&[("control", old), ("rules", rules)])), 'K');
    let sequence = "Source: x\nBuild-Depends: debhelper-compat (= 13), dh-sequence-unheard-of\n";
    assert_eq!(configure(&of(&[("control", sequence), ("rules", DH)])), '?');
}

#[test]
fn files_beside_the_rules() {
    let clean = [
        ("control", CONTROL),
        ("clean", "#\necho foo.1 >/dev/null\n"),
        ("rules", DH),
    ];
    assert_eq!(becomes(&with_runnable(&clean, &["clean"]), "foo.1"), '?');
    assert_eq!(becomes(&with_runnable(&clean, &["rules"]), "foo.1"), 'D');
    let listed = [("control", CONTROL), ("autoreconf", ".\n"), ("rules", DH)];
    assert_eq!(configure(&with_runnable(&listed, &["autoreconf"])), '?');
    let twice = "Source: x\nBuild-Depends: debhelper-compat (= 9)\nX-DH-Compat: 13\n";
    assert_eq!(configure(&of(&[("control", twice), ("rules", DH)])), '?');
}

#[test]
fn comments_of_debian_clean() {
    let clean = |text: &str| {
        becomes(
            &of(&[("control", CONTROL), ("rules", DH), ("clean", text)]),
            "pocket.1",
        )
    };
    for text in [
        "# pocket.1\n",
        " # pocket.1\n",
        "\t#pocket.1\n",
        "\u{b}# pocket.1\n",
    ] {
        assert_eq!(clean(text), 'K', "{text:?}");
    }
    for text in ["pocket.1\n", " pocket.1\n", "x # pocket.1\n", "# x\npocket.1"] {
        assert_eq!(clean(text), 'D', "{text:?}");
    }
}

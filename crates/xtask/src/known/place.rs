//! Which files of a package are standard build files, and of what class.

use tarvet_origin::known::Class;

/// Of a binary package's files.
pub fn installed(path: &str) -> Option<Class> {
    let path = path.strip_prefix("usr/share/")?;
    let (directory, name) = path.rsplit_once('/')?;
    let top = directory.split('/').next().unwrap_or_default();
    match top {
        _ if top.starts_with("aclocal") => name.ends_with(".m4").then_some(Class::Macro),
        // Beside makefile fragments, in am/, that automake itself reads.
        _ if top.starts_with("automake-") => (directory == top && is_aux(name)).then(|| aux(name)),
        "libtool" if name.ends_with(".c") || name.ends_with(".h") => Some(Class::Source),
        "gettext" if name.ends_with(".m4") => Some(Class::Macro),
        "gettext" if name == "gettext.h" => Some(Class::Source),
        "autoconf" | "libtool" => (directory.ends_with("build-aux") && is_aux(name)).then(|| aux(name)),
        "misc" => matches!(name, "config.guess" | "config.sub").then_some(Class::Script),
        "gettext" if directory.ends_with("/po") => Some(Class::Po),
        "gettext" => matches!(name, "config.rpath" | "mkinstalldirs" | "ABOUT-NLS").then(|| aux(name)),
        "intltool" => Some(if name.starts_with("Makefile") {
            Class::Po
        } else {
            Class::Script
        }),
        "texmf" => name.ends_with(".tex").then_some(Class::Script),
        "gtk-doc" | "gobject-introspection-1.0" | "vala" | "yelp-tools" => {
            (name.ends_with(".make") || name.starts_with("Makefile.")).then_some(Class::Make)
        }
        "common-licenses" => Some(Class::Text),
        _ => None,
    }
}

/// Of gnulib's repository.
pub fn gnulib(path: &str) -> Option<Class> {
    let (directory, rest) = path.split_once('/')?;
    let name = path.rsplit('/').next()?;
    match directory {
        "m4" => name.ends_with(".m4").then_some(Class::Macro),
        "build-aux" | "config" => match name.rsplit('.').next()? {
            "h" => Some(Class::Source),
            "m4" => None,
            _ if path.starts_with("build-aux/po/") => Some(Class::Po),
            "mk" | "GNUmakefile" => Some(Class::Make),
            _ => Some(aux(name)),
        },
        "lib" | "tests" => (!name.ends_with(".m4")).then_some(Class::Source),
        "top" => Some(Class::Make),
        "doc" => (!rest.contains('/') && is_text(name)).then_some(Class::Text),
        _ => None,
    }
}

/// Of an upstream tarball: not what tests and examples hold.
pub fn worth_reading(path: &str) -> bool {
    let directories = path.rsplit_once('/').map_or("", |(directories, _)| directories);
    !directories
        .split('/')
        .any(|part| part.contains("test") || part.contains("example"))
}

/// Scripts and licences have no common suffix; these are what is none of them.
fn is_aux(name: &str) -> bool {
    !matches!(
        name.rsplit_once('.'),
        Some((_, "am" | "in" | "pm" | "m4" | "m4f" | "pl"))
    ) && !name.starts_with("README")
}

fn aux(name: &str) -> Class {
    if is_text(name) { Class::Text } else { Class::Script }
}

fn is_text(name: &str) -> bool {
    [
        "COPYING",
        "INSTALL",
        "ABOUT-NLS",
        "fdl",
        "gpl",
        "lgpl",
        "agpl",
        "gendocs_template",
        "parse-datetime",
        "getdate",
        "regex",
    ]
    .iter()
    .any(|start| name.starts_with(start))
        && !name.ends_with(".sh")
}

#[cfg(test)]
mod tests {
    use super::{gnulib, installed, worth_reading};
    use tarvet_origin::known::Class;

    #[test]
    fn places_in_packages() {
        for (path, class) in [
            ("usr/share/aclocal-1.16/init.m4", Some(Class::Macro)),
            ("usr/share/aclocal/README", None),
            ("usr/share/automake-1.16/missing", Some(Class::Script)),
            ("usr/share/automake-1.16/COPYING", Some(Class::Text)),
            ("usr/share/automake-1.16/am/check.am", None),
            ("usr/share/autoconf/autoconf/c.m4", None),
            ("usr/share/libtool/build-aux/ltmain.sh", Some(Class::Script)),
            ("usr/share/gettext/po/Makefile.in.in", Some(Class::Po)),
            ("usr/share/gtk-doc/data/gtk-doc.make", Some(Class::Make)),
            ("usr/bin/aclocal", None),
        ] {
            assert_eq!(installed(path), class, "{path}");
        }
    }

    #[test]
    fn places_in_gnulib() {
        for (path, class) in [
            ("m4/iconv.m4", Some(Class::Macro)),
            ("m4/README", None),
            ("build-aux/config.guess", Some(Class::Script)),
            ("build-aux/snippet/warn-on-use.h", Some(Class::Source)),
            ("lib/unistr/u8-mbtouc.c", Some(Class::Source)),
            ("build-aux/po/Makefile.in.in", Some(Class::Po)),
            ("top/maint.mk", Some(Class::Make)),
            ("doc/COPYINGv3", Some(Class::Text)),
            ("doc/posix-functions/open.texi", None),
            ("modules/open", None),
        ] {
            assert_eq!(gnulib(path), class, "{path}");
        }
    }

    #[test]
    fn tests_are_not_read() {
        assert!(worth_reading("m4/iconv.m4") && worth_reading("configure"));
        assert!(!worth_reading("tests/m4/iconv.m4") && !worth_reading("doc/examples/hello/m4/nls.m4"));
    }
}

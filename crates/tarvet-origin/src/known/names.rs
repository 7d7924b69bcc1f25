//! File names: what kind of standard file a name stands for.

use bstr::{BStr, ByteSlice};

/// What a standard file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// A macro file, `*.m4`.
    Macro,
    /// A script or its kin that runs while a package is configured and built: `config.guess`, `ltmain.sh`, `missing`.
    Script,
    /// Infrastructure of translations: `Makefile.in.in`, `Rules-quot`.
    Po,
    /// A makefile for the top of a package, or to be included: `GNUmakefile`, `maint.mk`, `gtk-doc.make`.
    Make,
    /// Licences and general advice: `COPYING`, `INSTALL`, `ABOUT-NLS`. A package may well have its own.
    Text,
    /// A source file of gnulib. Its name is nobody's: other contents under it mean nothing.
    Source,
}

impl Class {
    /// Every class; a table stores the position.
    pub(super) const ALL: [Class; 6] = [
        Class::Macro,
        Class::Script,
        Class::Po,
        Class::Make,
        Class::Text,
        Class::Source,
    ];

    /// The class in a table's record.
    pub(super) fn from_code(code: u8) -> Option<Class> {
        Class::ALL.get(usize::from(code)).copied()
    }

    /// Whether other contents under a name of this class are suspicious.
    pub fn makes_impostors(self) -> bool {
        !matches!(self, Class::Text | Class::Source)
    }
}

/// Names that every package fills anew, with tools or by hand, so that contents under them are never "the" published
/// ones.
const GENERATED: [&[u8]; 24] = [
    b"AUTHORS",
    b"ChangeLog",
    b"Makefile",
    b"Makefile.am",
    b"Makefile.in",
    b"Makevars",
    b"NEWS",
    b"POTFILES.in",
    b"README",
    b"README-release",
    b"THANKS",
    b"TODO",
    b"VERSION",
    b"aclocal.m4",
    b"config.h",
    b"config.h.in",
    b"config.hin",
    b"configure",
    b"configure.ac",
    b"configure.in",
    b"gnulib-cache.m4",
    b"gnulib-comp.m4",
    b"package.m4",
    b"version.m4",
];

/// The last component of a path.
pub(super) fn basename(path: &BStr) -> &BStr {
    let start = path.rfind_byte(b'/').map_or(0, |slash| slash + 1);
    path.get(start..).unwrap_or_default().as_bstr()
}

/// Whether tools generate a file of that name anew in every package: it has no published contents.
pub fn is_generated(path: &BStr) -> bool {
    GENERATED.contains(&basename(path).as_bytes())
}

/// Whether a table may hold a file of that name.
pub(super) fn may_be_known(name: &[u8]) -> bool {
    !name.is_empty() && !name.contains(&b'/') && !name.contains(&0) && !GENERATED.contains(&name)
}

/// Whether projects write their own files of that name, though gnulib has one too: other contents mean nothing.
pub(super) fn is_anybodys(name: &[u8]) -> bool {
    matches!(
        name,
        b"bootstrap" | b"bootstrap.conf" | b"autogen.sh" | b"autopull.sh" | b"README-hacking"
    )
}

/// Whether the place says that the name is something else's: bison's skeletons are named after languages.
pub(super) fn unrelated_place(path: &BStr) -> bool {
    path.split(|byte| *byte == b'/')
        .rev()
        .skip(1)
        .any(|part| part == b"skeletons")
}

/// Whether the leading comment of such a file is C's.
pub(super) fn is_c(name: &[u8]) -> bool {
    [&b".c"[..], b".h", b".cc", b".hh", b".cpp"]
        .iter()
        .any(|ending| name.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::{Class, basename, is_c, may_be_known, unrelated_place};

    #[test]
    fn names_that_are_everywhere_are_never_known() {
        assert!(may_be_known(b"iconv.m4"));
        for name in [
            &b"configure"[..],
            b"Makefile.in",
            b"Makevars",
            b"NEWS",
            b"POTFILES.in",
            b"README",
            b"README-release",
            b"THANKS",
            b"TODO",
            b"VERSION",
            b"gnulib-comp.m4",
            b"",
            b"m4/iconv.m4",
            b"\0iconv.m4",
        ] {
            assert!(!may_be_known(name), "{name:?}");
        }
    }

    #[test]
    fn the_last_component() {
        assert_eq!(basename("m4/iconv.m4".into()), "iconv.m4");
        assert_eq!(basename("iconv.m4".into()), "iconv.m4");
        assert_eq!(basename("m4/".into()), "");
    }

    #[test]
    fn places() {
        assert!(unrelated_place("data/skeletons/c.m4".into()));
        assert!(!unrelated_place("m4/skeletons".into()));
        assert!(is_c(b"stdio.in.h") && !is_c(b"stdio_h.m4"));
    }

    #[test]
    fn only_what_builds_makes_impostors() {
        let makes: Vec<Class> = Class::ALL
            .into_iter()
            .filter(|class| class.makes_impostors())
            .collect();
        assert_eq!(makes, [Class::Macro, Class::Script, Class::Po, Class::Make]);
    }
}

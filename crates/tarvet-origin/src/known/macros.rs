//! The macros that a macro file defines.

use std::collections::BTreeSet;

use bstr::BStr;
use memchr::memmem;

/// Ends of the names of macros that define a macro: `AC_DEFUN`, `AC_DEFUN_ONCE`, `AU_DEFUN`, `m4_defun_init` … aclocal
/// honours the first three and `AU_ALIAS`, autoconf all of them.
const DEFINERS: [&[u8]; 3] = [b"DEFUN", b"defun", b"AU_ALIAS"];
const SUFFIXES: [&[u8]; 6] = [b"", b"_ONCE", b"_once", b"_STATIC", b"_init", b"_INIT"];

/// The names that `content` defines, as written, without quotes. Names with an expansion in them are left out.
/// Definitions behind a comment sign count too: a name too many does no harm.
pub fn defined_macros(content: &[u8]) -> BTreeSet<&BStr> {
    let mut found = BTreeSet::new();
    for definer in DEFINERS {
        for at in memmem::find_iter(content, definer) {
            let rest = content.get(at + definer.len()..).unwrap_or_default();
            found.extend(
                SUFFIXES
                    .iter()
                    .find_map(|suffix| name_after(rest.strip_prefix(*suffix)?)),
            );
        }
    }
    found
}

/// The name in `([NAME]`, `(NAME,` or `([[NAME]]`.
fn name_after(rest: &[u8]) -> Option<&BStr> {
    let rest = rest.strip_prefix(b"(")?;
    let start = rest
        .iter()
        .take(64)
        .position(|byte| *byte != b'[' && !byte.is_ascii_whitespace())?;
    let rest = rest.get(start..)?;
    let end = rest
        .iter()
        .take(200)
        .position(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'_'))?;
    let stop = rest.get(end)?;
    (end > 0 && matches!(stop, b']' | b',' | b')' | b' ' | b'\t' | b'\n')).then(|| BStr::new(&rest[..end]))
}

#[cfg(test)]
mod tests {
    use super::defined_macros;

    fn of(text: &str) -> Vec<String> {
        defined_macros(text.as_bytes())
            .into_iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn every_definer() {
        assert_eq!(
            of(
                "AC_DEFUN([gl_A],[x])\nAC_DEFUN_ONCE([gl_B], [y])\nAU_DEFUN([C],[])\nm4_defun([_D])\nAC_DEFUN(E,\n\
                AU_ALIAS([F], [G])\nm4_defun_once( [H],[])\n"
            ),
            ["C", "E", "F", "H", "_D", "gl_A", "gl_B"]
        );
    }

    #[test]
    fn what_defines_nothing() {
        assert_eq!(
            of("AC_DEFUN\nAC_REQUIRE([gl_A])\nAC_DEFUN([AX_$1_FOO],[])\nDEFUN("),
            [""; 0]
        );
    }

    proptest::proptest! {
        #[test]
        fn nothing_panics(content: Vec<u8>, tail in "[ACU_DEFUN(\\[\\])]{0,60}") {
            let mut content = content;
            content.extend_from_slice(tail.as_bytes());
            let _ = defined_macros(&content);
        }
    }
}

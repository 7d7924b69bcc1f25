//! A tracked file, or a template, with the release's stamps put in.
//!
//! Line by line the same, but for versions, dates and commit ids, and only in files whose names say that they are there
//! for that. A stamp may replace only what says nothing yet (a placeholder, or this very version marked as unreleased);
//! in macros that are the package's own by their names, and in the title of a manual page, also an older version or
//! date. So neither a limit nor a required version elsewhere can be raised under this name, and nothing outside the
//! strict alphabets comes in.

use bstr::{BStr, BString, ByteSlice};

use super::names::{self, Kind};
use super::pieces::{self, Piece, cut};
use super::words::{self, Means};
use super::{date, macros, texinfo, version};
use crate::derived::Release;

/// The most lines that may differ.
const MOST: usize = 200;

/// The changed lines, old and new by turns; None where anything else differs, or nothing does.
pub fn changes(path: &BStr, kind: Kind, old: &[u8], new: &[u8], release: &Release) -> Option<Vec<BString>> {
    // A NUL would make lines of it that are none.
    if new.contains(&0) || old.contains(&0) {
        return None;
    }
    let is_manual = names::is_manual(path);
    let mut old_lines = old.lines_with_terminator().peekable();
    let mut new_lines = new.lines_with_terminator().peekable();
    let mut shown = Vec::new();
    loop {
        let (before, after) = match (old_lines.next(), new_lines.next()) {
            (None, None) => break,
            (Some(before), Some(after)) => (before, after),
            _ => return None,
        };
        if before == after {
            continue;
        }
        let is_title = is_manual && before.starts_with(b".TH ") && after.starts_with(b".TH ");
        let is_sound =
            is_title && is_titled(before, after, release) || is_stamped(kind, before, after, release);
        if shown.len() >= 2 * MOST || !is_sound {
            return None;
        }
        shown.extend([BString::from(before.trim_end()), BString::from(after.trim_end())]);
        // Some tools put an empty line after the title.
        if is_title && new_lines.peek() == Some(&&b"\n"[..]) && old_lines.peek() != Some(&&b"\n"[..]) {
            new_lines.next();
        }
    }
    (!shown.is_empty()).then_some(shown)
}

/// Whether a text has placeholders that nobody filled: a template that is filled in part is no output of anything.
pub fn has_placeholders(text: &[u8]) -> bool {
    text.lines().filter(|line| line.contains(&b'@')).any(|line| {
        cut(line)
            .iter()
            .any(|piece| matches!(piece, Piece::Placeholder(text) if !pieces::is_unreleased(text)))
    })
}

/// Whether one line is another with stamps put in, as a file of that kind may have them.
fn is_stamped(kind: Kind, old: &[u8], new: &[u8], release: &Release) -> bool {
    match kind {
        Kind::Version => false,
        Kind::Header => macros::is_stamped(old, new, release),
        Kind::Texinfo => texinfo::is_stamped(old, new, release),
        Kind::Manual => old.starts_with(b".\\\"") && is_filled(old, new, false, release),
        Kind::Prose => is_filled(old, new, true, release) || is_link_to_tag(old, new, release),
        Kind::Template => is_filled(old, new, false, release),
    }
}

/// Whether one line is another with its placeholders filled.
fn is_filled(old: &[u8], new: &[u8], is_prose: bool, release: &Release) -> bool {
    let (before, after) = (cut(old), cut(new));
    before.len() == after.len()
        && before
            .iter()
            .zip(&after)
            .all(|(old, new)| old == new || may_become(old, new, is_prose, release))
}

/// Whether one piece of a line may become another.
fn may_become(old: &Piece<'_>, new: &Piece<'_>, is_prose: bool, release: &Release) -> bool {
    match (old, new) {
        (Piece::Version(old), Piece::Version(new)) => {
            is_prose && version::is_own(new, release) && version::is_before(old, new)
        }
        (Piece::Placeholder(text), new) => {
            if pieces::is_unreleased(text) {
                // Elsewhere the word may be a program's own.
                return is_prose
                    && [Means::Version, Means::Date]
                        .iter()
                        .any(|means| is_stamp(new, *means, release));
            }
            let means = pieces::name(text).and_then(|name| words::placeholder(name, release));
            means.is_some_and(|means| is_stamp(new, means, release))
        }
        _ => false,
    }
}

/// Whether a piece is what a placeholder stood for.
fn is_stamp(piece: &Piece<'_>, means: Means, release: &Release) -> bool {
    match (means, piece) {
        (Means::Version, Piece::Version(version)) => version::is_own(version, release),
        (Means::Date, Piece::Date(_, date)) => date::is_near(*date, release),
        (Means::Commit, Piece::Commit(commit)) => version::is_commit(commit, release),
        _ => false,
    }
}

/// Whether one title of a manual page is another with stamps put in.
fn is_titled(old: &[u8], new: &[u8], release: &Release) -> bool {
    let (before, after) = (cut(old), cut(new));
    titles(&before, release) == titles(&after, release)
        && after
            .iter()
            .all(|piece| before.contains(piece) || may_be_in_title(piece, release))
}

/// Whether a link to the log of a repository became one to the tag's log.
fn is_link_to_tag(old: &[u8], new: &[u8], release: &Release) -> bool {
    let added = new
        .trim_end()
        .strip_prefix(old.trim_end())
        .and_then(|added| added.strip_prefix(b"?h="));
    let is_link = old.starts_with(b"https://") && !old.trim_end().contains_str(" ");
    is_link
        && added
            .is_some_and(|tag| release.tag == tag && tag.iter().all(|&byte| version::is_version_byte(byte)))
}

/// A title without its versions, which may be put behind a name that had none, and with its dates made one.
fn titles(pieces: &[Piece<'_>], release: &Release) -> Vec<u8> {
    let means = |text: &[u8]| super::pieces::name(text).and_then(|name| words::placeholder(name, release));
    let mut title: Vec<u8> = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Version(_) => title.truncate(title.trim_end_with(|letter| letter == ' ').len()),
            Piece::Placeholder(text) if means(text) == Some(Means::Version) => {
                title.truncate(title.trim_end_with(|letter| letter == ' ').len());
            }
            Piece::Placeholder(text) if means(text) == Some(Means::Date) => title.push(0),
            Piece::Date(..) => title.push(0),
            Piece::Text(text) | Piece::Commit(text) | Piece::Placeholder(text) => {
                title.extend_from_slice(text)
            }
        }
    }
    title
}

/// Whether a piece may come into a title.
fn may_be_in_title(piece: &Piece<'_>, release: &Release) -> bool {
    match piece {
        Piece::Version(version) => version::is_own(version, release),
        Piece::Date(_, date) => date::is_past(*date, release),
        // Text is compared with the rest of the title.
        Piece::Text(_) => true,
        Piece::Commit(_) | Piece::Placeholder(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn release() -> Release {
        Release {
            name: "foo".into(),
            version: "8.21.0".into(),
            tag: "foo-8_21_0".into(),
            commit: "efc346430901b84f1f580a147191624d7ded0db6".into(),
            commit_time: Some(1_782_259_200),
            ..Release::default()
        }
    }

    fn is_derived(path: &str, old: &str, new: &str) -> bool {
        let kind = names::kind(path.into());
        kind.is_some_and(|kind| {
            changes(path.into(), kind, old.as_bytes(), new.as_bytes(), &release()).is_some()
        })
    }

    fn is_filled_template(path: &str, old: &str, new: &str) -> bool {
        changes(
            path.into(),
            Kind::Template,
            old.as_bytes(),
            new.as_bytes(),
            &release(),
        )
        .is_some()
    }

    #[test]
    fn a_version_header_is_stamped() {
        let old =
            "#define LIBFOO_VERSION \"8.21.0-DEV\"\n#define LIBFOO_TIMESTAMP \"[unreleased]\"\n#define X 1\n";
        let new = "#define LIBFOO_VERSION \"8.21.0\"\n#define LIBFOO_TIMESTAMP \"2026-06-24\"\n#define X 1\n";
        assert!(is_derived("include/foover.h", old, new));
        assert!(!is_derived("include/foo.h", old, new) && !is_derived("server.c", old, new));
        assert!(is_derived(
            "tool_version.h",
            "#define FOO_VERSION   LIBFOO_VERSION\n",
            "#define FOO_VERSION \"8.21.0\"\n"
        ));
        assert!(is_derived(
            "src/version.h",
            "#define FOO_VERSION \"unreleased\"\n",
            "#define FOO_VERSION \"8.21.0\"\n"
        ));
        assert!(is_derived(
            "doc/version.texi",
            "@set UPDATED 1 May 2026\n@set VERSION 8.20.0\n",
            "@set UPDATED 24 June 2026\n@set VERSION 8.21.0\n"
        ));
        assert!(!is_derived(
            "doc/version.texi",
            "@set MIN 8.20.0\n",
            "@set MIN 8.21.0\n"
        ));
    }

    #[test]
    fn no_macro_but_the_packages_own_is_stamped() {
        for (name, old) in [
            ("ENFORCE_VERSION", "check_peer_version(p)"),
            ("FOO_VERSION", "check_peer_version(p)"),
            ("FOO_VERSION", "HARDENED"),
            ("FOO_VERSION", "1"),
            ("FOO_VERSION", "\"9.0.0\""),
            ("FOO_VERSION", "\"1.3\""),
            ("HARDENED_VERSION", "1"),
            ("TLS_PROTOCOL_VERSION", "\"8.20.0\""),
            ("LOWEST_VERSION", "\"8.20.0\""),
            ("OLDEST_TLS_VERSION", "\"8.20.0\""),
            ("MIN_TLS_VERSION", "\"8.20.0\""),
            ("FOO_MIN_VERSION", "\"8.20.0\""),
        ] {
            let line = |value: &str| format!("#define {name} {value}\n");
            for path in ["driver.h", "version.h", "foover.h"] {
                assert!(!is_derived(path, &line(old), &line("\"8.21.0\"")), "{name} {old}");
            }
        }
        for name in ["KEY_EXPIRY_DATE", "BAN_UNTIL_DATE"] {
            let line = |date: &str| format!("#define {name} \"{date}\"\n");
            assert!(
                !is_derived("version.h", &line("2026-01-01"), &line("2026-06-24")),
                "{name}"
            );
        }
    }

    #[test]
    fn only_whole_words_are_placeholders() {
        for (old, new) in [
            (
                "if @validate_signature@; then exit 1; fi\n",
                "if 2026-06-24; then exit 1; fi\n",
            ),
            ("#define X \"@MIN_SSL_VERSION@\"\n", "#define X \"8.21.0\"\n"),
            ("#define Y \"@OPENSSL_VERSION@\"\n", "#define Y \"8.21.0\"\n"),
            ("@update@ \n", "2026-06-24 \n"),
            ("printf(\"%update%d\");\n", "printf(\"2026-06-24d\");\n"),
            ("x = y %version% z;\n", "x = y 8.21.0 z;\n"),
            ("x [unreleased]\n", "x 8.21.0\n"),
            ("x 8.21.0-dev\n", "x 8.21.0\n"),
            ("@VERSION@\n", "2026-06-24\n"),
        ] {
            assert!(!is_filled_template("check.sh", old, new), "{new}");
        }
        assert!(is_filled_template(
            "foo.pc",
            "Version: @VERSION@\n",
            "Version: 8.21.0\n"
        ));
        assert!(is_filled_template(
            "foo.h",
            "#define A \"@FOO_VERSION@\"\n",
            "#define A \"8.21.0\"\n"
        ));
        // A tracked source is none of a template, whatever its lines look like.
        assert!(!is_derived("a.m", "foo(@version@);\n", "foo(8.21.0);\n"));
    }

    #[test]
    fn templates_and_titles_are_stamped() {
        assert!(is_derived(
            "doc/README",
            "README for Foo @version@\n",
            "README for Foo 8.21.0\n"
        ));
        assert!(is_derived(
            "doc/foo.8.in",
            ".TH \"foo\" \"8\" \"@date@\" \"N\" \"foo @version@\"\n.SH X\n",
            ".TH \"foo\" \"8\" \"Jun 24, 2026\" \"N\" \"foo 8.21.0\"\n.SH X\n",
        ));
        assert!(is_derived(
            "foo.3",
            ".TH foo 3 \"12 Aug 2003\" \"libfoo 7.10\" \"M\"\n.SH\n",
            ".TH foo 3 \"January 30, 2023\" \"libfoo 8.21.0\" \"M\"\n\n.SH\n",
        ));
        let old = ".TH foo 3 \"12 Aug 2003\" \"libfoo\" \"M\"\n";
        assert!(is_derived(
            "foo.3",
            old,
            ".TH foo 3 \"12 Aug 2003\" \"libfoo 8.21.0\" \"M\"\n"
        ));
        for bad in [
            "libfoo 8.20.0",
            "libbar 8.21.0",
            "libfoo 8.21.0 \\*[x]",
            "libfoo 8.21.0;id",
        ] {
            assert!(!is_derived("foo.3", old, &old.replace("libfoo", bad)), "{bad}");
        }
        assert!(!is_derived(
            "foo.3",
            old,
            ".TH foo 3 \"12 Aug 2033\" \"libfoo\" \"M\"\n"
        ));
    }

    #[test]
    fn a_link_may_be_to_the_tags_log() {
        assert!(is_derived(
            "ChangeLog",
            "https://x/log\n",
            "https://x/log?h=foo-8_21_0\n"
        ));
        assert!(!is_derived(
            "ChangeLog",
            "https://x/log\n",
            "https://x/log?h=v1;id\n"
        ));
        assert!(!is_derived(
            "a.sh",
            "curl https://x/log\n",
            "curl https://x/log?h=foo-8_21_0\n"
        ));
    }

    #[test]
    fn no_other_change_passes() {
        for (path, old, new) in [
            // A shell substitution in the stamp's place, or beside it.
            (
                "configure.ac",
                "AC_INIT([foo],[8.21.0-dev])\n",
                "AC_INIT([foo],[8.21.0$(id)])\n",
            ),
            (
                "configure.ac",
                "AC_INIT([foo],[8.21.0-dev])\n",
                "AC_INIT([foo],[8.21.0`id`])\n",
            ),
            (
                "configure.ac",
                "AC_INIT([foo],[8.21.0-dev])\n",
                "AC_INIT([foo],[8.21.0]) id\n",
            ),
            (
                "configure.ac",
                "AC_INIT([foo],[8.21.0-dev])\n",
                "AC_INIT([foo],[8.21.1])\n",
            ),
            // Limits and requirements.
            (
                "main.c",
                "if (tls < 1.2) fail();\n",
                "if (tls < 8.21.0) fail();\n",
            ),
            (
                "configure.ac",
                "REQUIRED_SSL_VERSION=1.1.0\n",
                "REQUIRED_SSL_VERSION=8.21.0\n",
            ),
            (
                "main.c",
                "if (day > \"2020-01-01\")\n",
                "if (day > \"2026-06-24\")\n",
            ),
            (
                "version.h",
                "#define MIN_TLS_VERSION TLS_1_2\n",
                "#define MIN_TLS_VERSION \"8.21.0\"\n",
            ),
            (
                "version.h",
                "#define A_VERSION B\n",
                "#define A_VERSION system(\"id\")\n",
            ),
            (
                "version.h",
                "#define A_VERSION B\n",
                "#define A_VERSION \"8.21.0\" evil\n",
            ),
            (
                "version.h",
                "#define A_VERSION B\n",
                "#define C_VERSION \"8.21.0\"\n",
            ),
            (
                "tls_version.c",
                "if (version < \"1.2\") fail();\n",
                "if (version < \"8.21.0\") fail();\n",
            ),
            ("check-version.sh", "version=1.2\n", "version=8.21.0\n"),
            (
                "version.h",
                "#define TLS_MIN_VERSION \"1.2\"\n",
                "#define TLS_MIN_VERSION \"8.21.0\"\n",
            ),
            ("a.sh", "[ $x = unreleased ]\n", "[ $x = 8.21.0 ]\n"),
            ("a.c", "if (unreleased) reject();\n", "if (8.21.0) reject();\n"),
            ("README", "if unreleased\n", "if 8.21.0\n"),
            (
                "tools/check-version",
                "test \"$tls_version\" = 8.20.0\n",
                "test \"$tls_version\" = 8.21.0\n",
            ),
            (
                "server.xml",
                "<tls version=\"8.20.0\"/>\n",
                "<tls version=\"8.21.0\"/>\n",
            ),
            ("foo.3", ".SH @VERSION@\n", ".SH 8.21.0\n"),
            // Lines more or fewer, and other alphabets.
            ("version.h", "version 8.20.0\n", "version 8.21.0\nint x;\n"),
            ("version.h", "version 8.20.0\nint x;\n", "version 8.21.0\n"),
            ("version.h", "version 8.20.0\n", "version 8.21.0"),
            ("version.h", "version 8.20.0\n", "version 8.21.0\0\n"),
            ("version.h", "date 2020-01-01\n", "date 2029-01-01\n"),
            (
                "foo.3",
                ".TH foo 3 \"x\"\n.SH\n",
                ".TH foo 3 \"x\"\n.sy id\n.SH\n",
            ),
            ("a.in", "@evil@\n", "8.21.0\n"),
            ("a.in", "@commit@\n", "efc3465\n"),
        ] {
            assert!(!is_derived(path, old, new), "{path}: {new}");
        }
        assert!(!is_derived("version.h", "x\n", "x\n"));
    }

    #[test]
    fn a_commit_id_is_the_releases() {
        assert!(is_derived("doc/a.txt", "commit @commit@\n", "commit efc3464\n"));
    }
}

//! What a file is, by its name: only these may be stamped, or stand there without anything to say.

use bstr::{BStr, ByteSlice};

/// Kinds of tracked files into which a release puts its stamps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `VERSION` and the like: the version alone.
    Version,
    /// `version.h`, `NAME_version.h`, `NAMEver.h`: macros of C.
    Header,
    /// `version.texi`: settings of texinfo.
    Texinfo,
    /// A manual page.
    Manual,
    /// Text for people.
    Prose,
    /// `X.in`, `X.spec`, `X.plist`: only its placeholders are filled.
    Template,
}

/// Files that hold the version and nothing else.
const VERSIONS: [&str; 5] = [
    "VERSION",
    "version",
    ".version",
    ".tarball-version",
    "version.txt",
];
/// Texts for people that no tool takes orders from, by the name before the first dot.
const TEXTS: [&str; 14] = [
    "README",
    "NEWS",
    "INSTALL",
    "CHANGES",
    "CHANGELOG",
    "ChangeLog",
    "Changes",
    "HISTORY",
    "AUTHORS",
    "THANKS",
    "TODO",
    "RELEASE-NOTES",
    "RELEASE_NOTES",
    "ANNOUNCE",
];
/// Files that automake's GNU strictness wants though nobody has anything to write, and those of version control.
const NOTHING_TO_SAY: [&str; 10] = [
    "ABOUT-NLS",
    "AUTHORS",
    "ChangeLog",
    "NEWS",
    "README",
    "THANKS",
    "TODO",
    ".gitignore",
    ".gitmodules",
    ".dirstamp",
];

/// The last part of a path.
pub fn base(path: &BStr) -> &BStr {
    path.rsplit_str("/").next().unwrap_or_default().as_bstr()
}

/// The kind of a tracked file; None for a file in which no line may differ, as in all code.
pub fn kind(path: &BStr) -> Option<Kind> {
    let name = base(path);
    if holds_version(name) {
        return Some(Kind::Version);
    }
    if is_header(name) {
        return Some(Kind::Header);
    }
    if name == "version.texi" {
        return Some(Kind::Texinfo);
    }
    if is_manual(path) {
        return Some(Kind::Manual);
    }
    if is_prose(path, name) {
        return Some(Kind::Prose);
    }
    let is_template = name.ends_with(b".plist") || name.ends_with(b".spec");
    is_template.then_some(Kind::Template)
}

/// Whether a file of this name holds the version and nothing else.
pub fn holds_version(name: &BStr) -> bool {
    VERSIONS.iter().any(|own| own.as_bytes() == name)
}

/// Whether a file is a header of versions. That one is called `driver.h` is for its macros' names to make harmless.
pub fn is_header(name: &BStr) -> bool {
    let Some(stem) = name.strip_suffix(b".h") else {
        return false;
    };
    let is_plain = stem
        .iter()
        .all(|&byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte));
    let is_named = stem == b"version" || stem.ends_with(b"_version") || stem.ends_with(b"-version");
    is_plain && (is_named || stem.len() > 3 && stem.ends_with(b"ver"))
}

/// Whether a path is that of the settings automake writes for a manual of texinfo, or of their stamp.
pub fn is_texinfo(name: &BStr) -> bool {
    let is_word = |text: &[u8]| {
        text.iter()
            .all(|&byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    let settings = name
        .strip_prefix(b"vers")
        .and_then(|rest| rest.strip_suffix(b".texi"));
    settings.is_some_and(is_word) || name == "stamp-vti" || is_numbered(name)
}

fn is_numbered(name: &[u8]) -> bool {
    let number = name.strip_prefix(b"stamp-").unwrap_or_default();
    !number.is_empty() && number.len() < 4 && number.iter().all(u8::is_ascii_digit)
}

/// Whether a path is one of a reference manual's `version.xml`.
pub fn is_manuals_version(path: &BStr) -> bool {
    base(path) == "version.xml" && is_below(path, &["doc", "docs", "reference"])
}

/// Whether a file that only says `timestamp` has a name that gettext and automake give it.
pub fn is_stamp(name: &BStr) -> bool {
    ["stamp-po", "stamp-vti", "stamp-h", "stamp-h.in", "stamp-cat-id"]
        .iter()
        .any(|own| own.as_bytes() == name)
        || is_numbered(name)
        || name.strip_prefix(b"stamp-h").is_some_and(|rest| {
            is_numbered(&[&b"stamp-"[..], rest.strip_suffix(b".in").unwrap_or(rest)].concat())
        })
}

/// Whether a file that only says its own name is a stamp of documentation: `doc/stamp_functions`.
pub fn is_manuals_stamp(path: &BStr) -> bool {
    let is_word = |text: &[u8]| text.iter().all(|&byte| byte.is_ascii_lowercase() || byte == b'_');
    base(path).strip_prefix(b"stamp_").is_some_and(is_word) && is_below(path, &["doc", "docs"])
}

/// Whether a path is one of the files that automake tracks dependencies with.
pub fn in_deps(path: &BStr) -> bool {
    path.rsplit_str("/").nth(1) == Some(b".deps".as_slice())
        && (path.ends_with(b".Po") || path.ends_with(b".Plo"))
}

/// Whether a file of this name does nothing by being there and empty. An empty `GNUmakefile`, `config.site`, header,
/// macro file or `check.stamp` is there instead of another one, or of a step of the build.
pub fn may_be_empty(path: &BStr) -> bool {
    let name = base(path);
    let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end.as_bytes()));
    NOTHING_TO_SAY.iter().any(|own| own.as_bytes() == name)
        || in_deps(path)
        || ends(&[".texi"])
        || is_manuals_stamp(path)
        // What gtk-doc wants of those who override nothing.
        || ends(&["-overrides.txt"]) && is_below(path, &["doc", "docs", "reference"])
        // What autogen, bison and flex were run for.
        || ends(&["-options.stamp", "-parser.stamp", "-scanner.stamp"]) && is_below(path, &["src"])
}

/// Whether a file is the source of a manual page, by its name.
pub fn is_manual(path: &BStr) -> bool {
    let path = path.strip_suffix(b".in").unwrap_or(path);
    matches!(path, [.., b'.', b'1'..=b'9'])
}

/// Whether a file is text for people. A `requirements.txt` or a test's `expected.txt` is not.
fn is_prose(path: &BStr, name: &BStr) -> bool {
    let (stem, ending) = name.split_once_str(".").unwrap_or((name, b""));
    let is_text = [&b""[..], b"txt", b"md", b"rst"].contains(&ending);
    let is_known = TEXTS.iter().any(|text| text.as_bytes() == stem);
    is_text
        && (is_known
            || ending == b"md"
            || !ending.is_empty() && is_below(path, &["doc", "docs"]) && !orders(stem))
}

/// Whether a text of that name is read by a tool, wherever it is.
fn orders(stem: &[u8]) -> bool {
    let lower = stem.to_ascii_lowercase();
    [&b"require"[..], b"constraint", b"cmake", b"conan", b"meson"]
        .iter()
        .any(|word| lower.contains_str(word))
}

/// Whether one of a path's directories has one of these names.
fn is_below(path: &BStr, directories: &[&str]) -> bool {
    path.rsplit_str("/")
        .skip(1)
        .any(|part| directories.iter().any(|own| own.as_bytes() == part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_some_names_may_be_stamped() {
        for (path, expected) in [
            ("VERSION", Some(Kind::Version)),
            ("include/curl/curlver.h", Some(Kind::Header)),
            ("src/tool_version.h", Some(Kind::Header)),
            ("doc/version.texi", Some(Kind::Texinfo)),
            ("doc/foo.3", Some(Kind::Manual)),
            ("docs/INSTALL.md", Some(Kind::Prose)),
            ("README", Some(Kind::Prose)),
            ("foo.spec", Some(Kind::Template)),
        ] {
            assert_eq!(kind(path.into()), expected, "{path}");
        }
        for path in [
            "src/server.c",
            "tls_version.c",
            ".python-version",
            ".ruby-version",
            "rust-version",
            "MIN_VERSION",
            "conf/tls-version",
            "tools/check-version",
            "server.xml",
            "configure.ac",
            "m4/version.m4",
            "CMakeLists.txt",
            "doc/requirements.txt",
            "tests/expected.txt",
            "README.sh",
            "version.py",
            "ver.h",
        ] {
            assert_eq!(kind(path.into()), None, "{path}");
        }
    }

    #[test]
    fn only_some_names_are_those_of_stamps() {
        for name in [
            "stamp-po",
            "stamp-vti",
            "stamp-h.in",
            "stamp-h",
            "stamp-1",
            "stamp-h1",
            "stamp-h2.in",
        ] {
            assert!(is_stamp(name.into()), "{name}");
        }
        for name in [
            "stamp.py",
            "stamp.h",
            "stamp-env.sh",
            "stamp-check",
            "stamp-",
            "timestamp.h",
            "stamp-h.h",
        ] {
            assert!(!is_stamp(name.into()), "{name}");
        }
        assert!(
            is_manuals_stamp("doc/stamp_enums".into()) && is_manuals_stamp("doc/manpages/stamp_mans".into())
        );
        assert!(!is_manuals_stamp("stamp_enums".into()) && !is_manuals_stamp("doc/stamp_x.py".into()));
    }
}

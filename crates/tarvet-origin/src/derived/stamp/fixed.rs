//! Files that say a version, a date or that a step was done, and nothing else.

use bstr::{BStr, ByteSlice};

use super::names::{self, base, in_deps};
use super::words::{self, Means};
use super::{date, macros, pieces, texinfo, version};
use crate::derived::{Files, Release};

/// The longest such file, in bytes.
pub const LONGEST: usize = 4096;

/// Recomputes such a file, that the tree does not have, from the release; returns how.
pub fn explain(path: &BStr, content: &[u8], release: &Release, files: &dyn Files) -> Option<String> {
    let name = base(path);
    if content.len() > LONGEST {
        return None;
    }
    if is_stamp(path, content) || in_deps(path) && content == b"# dummy\n" {
        return Some("stamp: fixed contents of a stamp file".into());
    }
    if name == ".timestamp" {
        return is_seconds(content, release).then(|| "stamp: a time close to the release's".into());
    }
    if names::is_texinfo(name) && texinfo::is_settings(content, release) {
        return Some("stamp: this release's version and a date, for texinfo".into());
    }
    let holds = names::holds_version(name) || names::is_manuals_version(path);
    let is_sound = holds && is_values(name, content, release)
        // Beside a source, the header is found instead of the tree's own.
        || names::is_header(name) && macros::is_header(path, content, release) && !files.has_name(name);
    is_sound.then(|| "stamp: this release's version and nothing else".into())
}

/// Whether a tracked file of this name, that held a placeholder or a former version alone, has this release's now.
pub fn is_raised(path: &BStr, old: &[u8], new: &[u8], release: &Release) -> bool {
    let name = base(path);
    if !names::holds_version(name) || new.len() > LONGEST || !is_values(name, new, release) {
        return false;
    }
    let old = old.strip_suffix(b"\n").unwrap_or(old);
    let new = new.lines().next().unwrap_or_default();
    let is_open =
        pieces::name(old).is_some_and(|name| words::placeholder(name, release) == Some(Means::Version));
    is_open || version::is_before(old, new) || version::is_former(old, new)
}

/// Whether a path may be one of such a file.
pub fn claims(path: &BStr) -> bool {
    let name = base(path);
    names::holds_version(name)
        || names::is_header(name)
        || names::is_texinfo(name)
        || names::is_manuals_version(path)
        || in_deps(path)
        || name.to_ascii_lowercase().contains_str("stamp")
}

/// Whether the file is a stamp: the word `timestamp`, as gettext's and automake's are, or its own name.
fn is_stamp(path: &BStr, content: &[u8]) -> bool {
    let name = base(path);
    names::is_stamp(name) && content == b"timestamp\n"
        || names::is_manuals_stamp(path) && content.strip_suffix(b"\n") == Some(name.as_bytes())
}

fn is_seconds(content: &[u8], release: &Release) -> bool {
    let digits = content.strip_suffix(b"\n").unwrap_or(content);
    if digits.is_empty() || digits.len() > 11 || !digits.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let seconds = std::str::from_utf8(digits)
        .ok()
        .and_then(|digits| digits.parse().ok());
    seconds.is_some_and(|seconds| date::is_near_seconds(seconds, release))
}

/// Whether the file is the version alone; or, if it is `VERSION`, the version and the commit.
fn is_values(name: &BStr, content: &[u8], release: &Release) -> bool {
    let content = content.strip_suffix(b"\n").unwrap_or(content);
    let mut lines = content.split(|&byte| byte == b'\n');
    let first = lines.next().unwrap_or_default();
    version::is_own(first, release)
        && lines
            .next()
            .is_none_or(|commit| name == "VERSION" && version::is_commit(commit, release))
        && lines.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::derived::testing::Tree;

    fn is_derived(path: &str, content: &str) -> bool {
        let release = Release {
            name: "jq".into(),
            version: "1.8.2".into(),
            tag: "v1.8.2".into(),
            commit: "efc346430901b84f1f580a147191624d7ded0db6".into(),
            commit_time: Some(1_774_967_450),
            ..Release::default()
        };
        let tree = Tree::from([("include/jq_version.h", ""), ("a.c", "")]);
        explain(path.into(), content.as_bytes(), &release, &tree).is_some()
    }

    #[test]
    fn stamps_of_real_releases_are_derived() {
        for (path, content) in [
            (".tarball-version", "1.8.2"),
            (".version", "1.8.2\n"),
            ("VERSION", "1.8.2\nefc346430901b84f1f580a147191624d7ded0db6\n"),
            ("docs/version.xml", "1.8.2\n"),
            ("po/stamp-po", "timestamp\n"),
            ("stamp-h.in", "timestamp\n"),
            ("doc/stamp_functions", "stamp_functions\n"),
            (".timestamp", "1774967000\n"),
            ("doc/.deps/x.Po", "# dummy\n"),
            (
                "doc/version.texi",
                "@set UPDATED 24 September 2025\n@set UPDATED-MONTH September 2025\n@set EDITION 1.8.2\n@set VERSION 1.8.2\n",
            ),
            ("src/version.h", "#define JQ_VERSION \"1.8.2\"\n"),
            (
                "src/version.h",
                "#ifndef JQ_VERSION_H_\n#define JQ_VERSION_H_\n#define JQ_VERSION_MAJOR 1\n\n#endif\n",
            ),
            (
                "lib/jqver.h",
                "#pragma once\n#define VERSION \"1.8.2\"\n#define JQ_VERSION_MINOR 8\n",
            ),
        ] {
            assert!(is_derived(path, content), "{path}");
        }
    }

    #[test]
    fn a_stamp_that_says_more_is_not() {
        for (path, content) in [
            (".tarball-version", "1.8.2$(id)"),
            (".tarball-version", "1.8.2\n\n"),
            (".tarball-version", "1.8.3\n"),
            (".tarball-version", "1.8.2;id\n"),
            (".tarball-version", ""),
            ("VERSION", "1.8.2\nefc346430901b84f1f580a147191624d7ded0db7\n"),
            ("VERSION", "1.8.2\nefc3464\nx\n"),
            ("build.sh", "1.8.2\n"),
            ("po/stamp-po", "timestamp\nid\n"),
            ("po/stamp-po", "timestamp"),
            ("stamp;id", "stamp;id\n"),
            (".timestamp", "99999999999\n"),
            (".timestamp", "`id`\n"),
            (
                "doc/version.texi",
                "@set UPDATED 24 September 2025\n@set UPDATED-MONTH September 2025\n@set EDITION 1.8.2\n@set VERSION 1.8.2\n@include x\n",
            ),
            (
                "doc/version.texi",
                "@set UPDATED 24 September 2099\n@set UPDATED-MONTH September 2025\n@set EDITION 1.8.2\n@set VERSION 1.8.2\n",
            ),
            ("src/version.h", "#define JQ_VERSION \"1.8.2\" evil\n"),
            ("src/version.h", "#define malloc \"1.8.2\"\n"),
            ("src/version.h", "#define JQ_VERSION 9\n"),
            ("src/version.h", "#define JQ_VERSION_MINOR 1\n"),
            // Another header's guard, and one that stays open.
            (
                "src/version.h",
                "#define HARDENING_H\n#define JQ_VERSION \"1.8.2\"\n",
            ),
            (
                "src/version.h",
                "#ifndef HARDENING_H\n#define HARDENING_H\n#define JQ_VERSION \"1.8.2\"\n#endif\n",
            ),
            (
                "src/version.h",
                "#ifndef VERSION_H\n#define VERSION_H\n#define HARDENING_H\n#define JQ_VERSION \"1.8.2\"\n#endif\n",
            ),
            (
                "src/version.h",
                "#ifndef VERSION_H\n#define VERSION_H\n#endif\n#define JQ_VERSION \"1.8.2\"\n",
            ),
            ("src/version.h", "#define TLS1_3_VERSION \"1.8.2\"\n"),
            ("src/version.h", "#define FOO_VERSION \"1.8.2\"\n"),
            // The tree has one of that name, and the system too.
            ("src/jq_version.h", "#define JQ_VERSION \"1.8.2\"\n"),
            ("include/linux/version.h", "#define VERSION \"1.8.2\"\n"),
            ("src/driver.c", "#define VERSION \"1.8.2\"\n"),
            ("src/gnutls_version.h", "#define VERSION \"1.8.2\"\n"),
            ("src/driver.h", "#define VERSION \"1.8.2\"\n"),
            // Names of code.
            ("stamp.py", "timestamp\n"),
            ("src/stamp.h", "timestamp\n"),
            ("stamp-env.sh", "timestamp\n"),
            ("stamp-verify", "timestamp\n"),
            ("check.stamp", "timestamp\n"),
            ("stamp_checks", "stamp_checks\n"),
            (".python-version", "1.8.2\n"),
            ("rust-version", "1.8.2\n"),
            (
                ".tarball-version",
                "1.8.2\nefc346430901b84f1f580a147191624d7ded0db6\n",
            ),
            ("src/version.h", "#define MIN_VERSION \"1.8.2\"\n"),
            (
                "src/version.h",
                "#include <evil.h>\n#define JQ_VERSION \"1.8.2\"\n",
            ),
            ("src/version.h", "#define JQ_VERSION \"1.8.2\"\\\n"),
        ] {
            assert!(!is_derived(path, content), "{path}: {content}");
        }
    }

    #[test]
    fn a_tracked_version_is_raised() {
        let release = Release {
            name: "foo".into(),
            version: "1.3".into(),
            tag: "v1.3".into(),
            ..Release::default()
        };
        let ask = |path: &str, old: &str, new: &str| {
            is_raised(path.into(), old.as_bytes(), new.as_bytes(), &release)
        };
        for old in ["1.2\n", "1.3-dev\n", "@VERSION@\n", "1.2"] {
            assert!(ask("VERSION", old, "1.3\n"), "{old}");
        }
        for (path, old, new) in [
            ("VERSION", "1.4\n", "1.3\n"),
            ("VERSION", "1.2.1\n", "1.3\n"),
            ("VERSION", "@MIN_VERSION@\n", "1.3\n"),
            ("VERSION", "1.2\nMIN=3\n", "1.3\n"),
            ("VERSION", "set -e\nexit 1\n", "1.3\n"),
            ("VERSION", "1.2\n", "1.3;id\n"),
            (".python-version", "1.2\n", "1.3\n"),
            (".ruby-version", "1.2\n", "1.3\n"),
            ("rust-version", "1.2\n", "1.3\n"),
            ("MIN_VERSION", "1.2\n", "1.3\n"),
            ("tls_version", "TLS1.2\n", "1.3\n"),
            ("conf/tls-version", "1.2\n", "1.3\n"),
        ] {
            assert!(!ask(path, old, new), "{path}: {old}");
        }
    }
}

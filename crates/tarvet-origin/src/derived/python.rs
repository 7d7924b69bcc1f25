//! What setuptools writes into a source distribution.
//!
//! `setup.py` cannot be run. So a value is believed when the release says it (the version), when it names members, or when
//! the proven files that describe the package have the very text.

use bstr::{BStr, BString, ByteSlice};

use super::{Derived, Files, Question, Release, stamp};

/// The files that describe a package.
const SOURCES: [&str; 3] = ["pyproject.toml", "setup.cfg", "setup.py"];
/// The files that a description is taken from.
const READMES: [&str; 5] = [
    "README.md",
    "README.rst",
    "README.txt",
    "README",
    "README.markdown",
];
/// The largest such file, in bytes.
pub const LARGEST: usize = 1 << 20;
/// The largest file that describes a package, in bytes; each field is searched for in it.
const LARGEST_SOURCE: usize = 64 << 10;
/// The most fields.
const MOST_FIELDS: usize = 200;
/// What setuptools writes where there was no setup.cfg.
const SETUP_CFG: &[u8] = b"[egg_info]\ntag_build = \ntag_date = 0\n\n";

/// Whether a path is one that setuptools writes.
pub fn claims(path: &BStr) -> bool {
    let mut parts = path.rsplit_str("/");
    let name = parts.next().unwrap_or_default();
    match parts.next() {
        None => name == b"PKG-INFO" || name == b"setup.cfg",
        Some(directory) => directory.ends_with(b".egg-info"),
    }
}

/// Whether a path is one of a file that describes a package.
pub fn describes(path: &BStr) -> bool {
    SOURCES.iter().chain(&READMES).any(|own| path == own)
}

/// Proves such a file.
pub fn explain(member: &Question<'_>, release: &Release, files: &dyn Files) -> Option<Derived> {
    let is_tracked = member.tree.is_some() || files.in_tree(member.path);
    if !claims(member.path) || is_tracked || member.content.len() > LARGEST {
        return None;
    }
    let derived = |from: Vec<BString>, how: &str| Derived {
        from,
        how: how.to_owned(),
        shown: Vec::new(),
    };
    if member.path == "setup.cfg" {
        let is_written = member.content == SETUP_CFG;
        return is_written.then(|| {
            derived(
                Vec::new(),
                "setuptools: what it writes where there is no setup.cfg",
            )
        });
    }
    let from: Vec<BString> = SOURCES
        .iter()
        .filter(|path| files.proven((**path).into()).is_some())
        .map(|path| (*path).into())
        .collect();
    let texts = SOURCES.iter().filter_map(|path| files.proven((*path).into()));
    let texts: Vec<_> = texts.filter(|text| text.len() <= LARGEST_SOURCE).collect();
    let says = |value: &[u8]| says(&texts, value);
    match member.path.rsplit_str("/").next()? {
        b"dependency_links.txt" | b"not-zip-safe" | b"zip-safe" if member.content == b"\n" => {
            Some(derived(Vec::new(), "setuptools: an empty line"))
        }
        b"top_level.txt" => is_top_level(member.content, &says, files)
            .then(|| derived(from, "setuptools: the names of the package's modules")),
        b"PKG-INFO" => is_info(member.content, &says, release, files).then(|| {
            derived(
                from,
                "setuptools: each field is in the files that describe the package",
            )
        }),
        _ => None,
    }
}

/// Whether a text that describes the package has a value.
fn says(texts: &[std::borrow::Cow<'_, [u8]>], value: &[u8]) -> bool {
    value.len() >= 2
        && !value.iter().any(u8::is_ascii_control)
        && texts.iter().any(|text| text.contains_str(value))
}

/// Whether each line is a module: a member, or a name that a describing file has in quotes.
fn is_top_level(content: &[u8], says: &dyn Fn(&[u8]) -> bool, files: &dyn Files) -> bool {
    !content.is_empty()
        && content.lines().count() <= MOST_FIELDS
        && content.lines().all(|name| {
            let is_name = !name.is_empty()
                && name
                    .iter()
                    .all(|&byte| byte.is_ascii_alphanumeric() || byte == b'_');
            let has = |path: Vec<u8>| files.is_member(path.as_bstr());
            let quoted = |mark: &[u8]| says(&[mark, name, mark].concat());
            is_name
                && (has([name, b".py"].concat())
                    || has([name, b"/__init__.py"].concat())
                    || has([b"src/", name, b".py"].concat())
                    || has([b"src/", name, b"/__init__.py"].concat())
                    || quoted(b"\"")
                    || quoted(b"'"))
        })
}

/// Whether each field is proven, and what follows them is a README.
fn is_info(content: &[u8], says: &dyn Fn(&[u8]) -> bool, release: &Release, files: &dyn Files) -> bool {
    let (head, body) = content.split_once_str("\n\n").unwrap_or((content, b""));
    let body = body.trim();
    let is_readme = |path: &str| {
        files
            .proven(path.into())
            .is_some_and(|readme| readme.trim() == body)
    };
    if !body.is_empty() && body != b"UNKNOWN" && !READMES.iter().any(|path| is_readme(path)) {
        return false;
    }
    let has = |name: &str| head.lines().any(|line| line.starts_with(name.as_bytes()));
    has("Name: ")
        && has("Version: ")
        && head.lines().count() <= MOST_FIELDS
        && head.lines().all(|line| is_field(line, says, release, files))
}

fn is_field(line: &[u8], says: &dyn Fn(&[u8]) -> bool, release: &Release, files: &dyn Files) -> bool {
    let Some((name, value)) = line.split_once_str(": ") else {
        return false;
    };
    match name {
        b"Metadata-Version" => value.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.'),
        b"Version" => stamp::is_own_version(value, release),
        b"Platform" => value == b"UNKNOWN" || says(value),
        b"License-File" => files.is_member(value.as_bstr()),
        b"Description-Content-Type" => {
            value.starts_with(b"text/")
                && value
                    .iter()
                    .all(|&byte| byte.is_ascii_alphanumeric() || b"/-;= ".contains(&byte))
        }
        // setuptools writes a name with what it read; older versions put a project's links as `label, address`.
        b"Project-URL" => value
            .split_once_str(", ")
            .is_some_and(|(label, link)| says(label) && says(link)),
        b"Name" | b"Summary" | b"Home-page" | b"Download-URL" | b"Author" | b"Author-email"
        | b"Maintainer" | b"Maintainer-email" | b"License" | b"Classifier" | b"Requires-Python" => {
            says(value)
        }
        b"Keywords" => value.split(|&byte| byte == b',').all(|word| says(word.trim())),
        // Requirements, and whatever else a program acts on, are not believed by text alone.
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::derived::testing::Tree;

    const SETUP: &str = "setup(name='foo', version='0.36', description=\"\"\"\nA thing\n\"\"\", url='https://x.org', py_modules=['foo'], ext_modules=[Extension('_foo', [])], classifiers=['Topic :: A'])\n";
    const INFO: &str = "Metadata-Version: 2.1\nName: foo\nVersion: 0.36\nSummary: A thing\nHome-page: https://x.org\nPlatform: UNKNOWN\nClassifier: Topic :: A\nLicense-File: COPYING\n\nUNKNOWN\n\n";

    fn ask(path: &str, content: &str) -> Option<Derived> {
        let mut tree = Tree::from([("setup.py", SETUP), ("README", "Read me.\n"), ("COPYING", "x")]);
        tree.members = vec!["foo.py".into()];
        let release = Release {
            version: "0.36".into(),
            tag: "v0.36".into(),
            ..Release::default()
        };
        explain(
            &Question {
                path: path.into(),
                content: content.as_bytes(),
                tree: None,
            },
            &release,
            &tree,
        )
    }

    #[test]
    fn what_setuptools_writes_is_derived() {
        assert_eq!(ask("PKG-INFO", INFO).unwrap().from, ["setup.py"]);
        assert!(
            ask(
                "foo.egg-info/PKG-INFO",
                &INFO.replace("UNKNOWN\n\n", "Read me.\n")
            )
            .is_some()
        );
        assert!(ask("foo.egg-info/top_level.txt", "_foo\nfoo\n").is_some());
        assert!(ask("foo.egg-info/dependency_links.txt", "\n").is_some());
        assert!(ask("setup.cfg", "[egg_info]\ntag_build = \ntag_date = 0\n\n").is_some());
    }

    #[test]
    fn what_nothing_says_is_not() {
        for (from, to) in [
            ("Name: foo", "Name: bar"),
            ("0.36", "0.37"),
            ("A thing", "Another"),
            ("COPYING", "../COPYING"),
            ("Platform: UNKNOWN", "Requires-Dist: evil"),
            ("Platform: UNKNOWN", "Platform: `id`"),
            ("UNKNOWN\n\n", "Read you.\n"),
            ("Version: 0.36\n", ""),
        ] {
            assert_eq!(ask("PKG-INFO", &INFO.replace(from, to)), None, "{to}");
        }
        assert_eq!(ask("foo.egg-info/top_level.txt", "evil\n"), None);
        assert_eq!(ask("foo.egg-info/top_level.txt", "foo;id\n"), None);
        assert_eq!(ask("foo.egg-info/dependency_links.txt", "https://evil\n"), None);
        assert_eq!(ask("foo.egg-info/entry_points.txt", "\n"), None);
        assert_eq!(ask("setup.cfg", "[egg_info]\ntag_build = x\n"), None);
    }
}

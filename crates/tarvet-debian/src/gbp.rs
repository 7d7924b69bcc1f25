//! `debian/gbp.conf`: how git-buildpackage names tags and branches.
//!
//! Sources: gbp.conf(5), `gbp/config.py` and `gbp/pkg/pkgpolicy.py` (0.9.30). gbp takes the values raw: Python's own
//! interpolation has no part in it. gbp evaluates lists as Python; here a list of strings is read, nothing else.

mod ini;
#[cfg(test)]
mod tests;

use bstr::ByteSlice;

use crate::fault::{Fault, shown, tell};
use ini::{Ini, Value};

/// Where the file is.
pub const PLACE: &str = "debian/gbp.conf";

/// Sections that set what concerns us, the most specific first.
const SECTIONS: [&str; 4] = ["import-orig", "buildpackage", "export-orig", "DEFAULT"];

/// What is read of the file. None: not set, gbp's default holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gbp {
    /// Tag of an imported upstream release; default `upstream/%(version)s`.
    pub upstream_tag: Option<String>,
    /// Upstream's own tag.
    pub upstream_vcs_tag: Option<String>,
    /// Tag of a Debian release; default `debian/%(version)s`.
    pub debian_tag: Option<String>,
    /// Branch of upstream's sources.
    pub upstream_branch: Option<String>,
    /// Branch of the packaging.
    pub debian_branch: Option<String>,
    /// What the tarball is made of: `TAG`, `BRANCH`, `SLOPPY` or a tree.
    pub upstream_tree: Option<String>,
    /// `auto`, `on` or `off`.
    pub upstream_signatures: Option<String>,
    /// Tarballs come from pristine-tar.
    pub pristine_tar: Option<bool>,
    /// Tarballs go to pristine-tar.
    pub pristine_tar_commit: Option<bool>,
    /// Submodules are packed too.
    pub submodules: Option<bool>,
    /// Components with tarballs of their own.
    pub components: Vec<String>,
    /// Globs of files that an import leaves out.
    pub filter: Vec<String>,
    /// The tarball itself is filtered too: it is not upstream's any more.
    pub filter_pristine_tar: Option<bool>,
    /// Compressor of tarballs that gbp makes.
    pub compression: Option<String>,
    /// Its level.
    pub compression_level: Option<String>,
    /// What gbp would refuse, and what it takes in a way that was hardly meant.
    pub faults: Vec<Fault>,
}

impl Gbp {
    /// Reads the file.
    pub fn parse(text: &[u8]) -> Self {
        let mut faults = Vec::new();
        if text.to_str().is_err() {
            tell(&mut faults, 0, "expected UTF-8; gbp refuses the file; convert it");
        }
        let ini = Ini::parse(&text.to_str_lossy(), &mut faults);
        let mut read = Reading { ini, faults };
        Self {
            upstream_tag: read.text("upstream-tag"),
            upstream_vcs_tag: read.text("upstream-vcs-tag"),
            debian_tag: read.text("debian-tag"),
            upstream_branch: read.text("upstream-branch"),
            debian_branch: read.text("debian-branch"),
            upstream_tree: read.text("upstream-tree"),
            upstream_signatures: read.text("upstream-signatures"),
            pristine_tar: read.switch("pristine-tar"),
            pristine_tar_commit: read.switch("pristine-tar-commit"),
            submodules: read.switch("submodules"),
            components: read.list(["components", "component"]),
            filter: read.list(["filters", "filter"]),
            filter_pristine_tar: read.switch("filter-pristine-tar"),
            compression: read.text("compression"),
            compression_level: read.text("compression-level"),
            faults: read.faults,
        }
    }

    /// The tag of an imported upstream version.
    pub fn upstream_tag_of(&self, version: &str) -> Option<String> {
        tag(
            self.upstream_tag.as_deref().unwrap_or("upstream/%(version)s"),
            version,
        )
    }

    /// Upstream's own tag, if the file says how it is made.
    pub fn upstream_vcs_tag_of(&self, version: &str) -> Option<String> {
        tag(self.upstream_vcs_tag.as_deref()?, version)
    }

    /// The tag of a Debian version.
    pub fn debian_tag_of(&self, version: &str) -> Option<String> {
        tag(
            self.debian_tag.as_deref().unwrap_or("debian/%(version)s"),
            version,
        )
    }
}

/// The file while it is read.
struct Reading {
    ini: Ini,
    faults: Vec<Fault>,
}

impl Reading {
    fn value(&self, key: &str) -> Option<&Value> {
        SECTIONS.iter().find_map(|section| self.ini.get(section, key))
    }

    /// Quotes are part of a value for gbp. Whoever wrote them meant none.
    fn text(&mut self, key: &str) -> Option<String> {
        let Value { text, line } = self.value(key)?.clone();
        let unquoted = ['"', '\''].iter().find_map(|quote| {
            let inner = text.strip_prefix(*quote)?.strip_suffix(*quote)?;
            (!inner.contains(*quote)).then(|| inner.to_owned())
        });
        if unquoted.is_some() {
            tell(
                &mut self.faults,
                line,
                format!("{key}: gbp takes the quotes as part of the value; remove them"),
            );
        }
        Some(unquoted.unwrap_or(text)).filter(|text| !text.is_empty())
    }

    fn switch(&mut self, key: &str) -> Option<bool> {
        let Value { text, line } = self.value(key)?.clone();
        match text.to_ascii_lowercase().as_str() {
            "true" | "1" | "on" | "yes" => Some(true),
            "false" | "0" | "off" | "no" | "" => Some(false),
            _ => {
                tell(
                    &mut self.faults,
                    line,
                    format!("{key}: expected True or False, found \"{}\"", shown(&text)),
                );
                None
            }
        }
    }

    fn list(&mut self, keys: [&str; 2]) -> Vec<String> {
        for key in keys {
            let Some(Value { text, line }) = self.value(key).cloned() else {
                continue;
            };
            if !text.starts_with('[') {
                if text.contains('\n') {
                    let advice = format!(
                        "{key}: gbp takes several lines as one string; begin a list with [ beside the option"
                    );
                    tell(&mut self.faults, line, advice);
                }
                return Some(text).filter(|text| !text.is_empty()).into_iter().collect();
            }
            return ini::strings(&text).unwrap_or_else(|| {
                tell(
                    &mut self.faults,
                    line,
                    format!(
                        "{key}: expected a list of strings such as ['a', 'b'], found \"{}\"",
                        shown(&text)
                    ),
                );
                Vec::new()
            });
        }
        Vec::new()
    }
}

/// What DEP-14 makes of a version, so that git takes it in a tag: `:` to `%`, `~` to `_`, and `#` after a dot before a dot,
/// before the end, and before a final `lock`.
pub fn dep14(version: &str) -> String {
    let mut out = String::with_capacity(version.len());
    for (at, c) in version.char_indices() {
        match c {
            ':' => out.push('%'),
            '~' => out.push('_'),
            '.' => {
                out.push('.');
                let rest = version.get(at + 1..).unwrap_or_default();
                if rest.is_empty() || rest.starts_with('.') || rest == "lock" {
                    out.push('#');
                }
            }
            c => out.push(c),
        }
    }
    out
}

/// A tag from a format: `%(version)s`, `%(hversion)s` (dots become hyphens), `%(version%A%B)s` (A becomes B, each one
/// character) and `%%`. None for a format that gbp refuses, or that does not name the version.
pub fn tag(format: &str, version: &str) -> Option<String> {
    let mut version = version.to_owned();
    if let Some((from, to)) = Piece::split(format).find_map(|piece| match piece {
        Piece::Replaced(from, to) => Some((from, to)),
        _ => None,
    }) {
        // Only the first replacement of a format counts, and it counts everywhere.
        version = version.replace(from, to);
    }
    let version = dep14(&version);
    let mut out = String::new();
    let mut named = false;
    for piece in Piece::split(format) {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Percent => out.push('%'),
            Piece::Version | Piece::Replaced(..) => out.push_str(&version),
            Piece::Hyphened => out.push_str(&version.replace('.', "-")),
            Piece::Wrong => return None,
        }
        named |= matches!(piece, Piece::Version | Piece::Replaced(..) | Piece::Hyphened);
    }
    named.then_some(out)
}

/// A part of a format.
enum Piece<'a> {
    Text(&'a str),
    Percent,
    Version,
    Hyphened,
    Replaced(char, &'a str),
    Wrong,
}

impl<'a> Piece<'a> {
    fn split(format: &'a str) -> impl Iterator<Item = Piece<'a>> {
        let mut rest = format;
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let (piece, after) = Self::first(rest);
            rest = after;
            Some(piece)
        })
    }

    fn first(rest: &'a str) -> (Self, &'a str) {
        let fixed = [
            ("%%", Self::Percent),
            ("%(version)s", Self::Version),
            ("%(hversion)s", Self::Hyphened),
        ];
        for (text, piece) in fixed {
            if let Some(after) = rest.strip_prefix(text) {
                return (piece, after);
            }
        }
        if let Some(after) = rest.strip_prefix("%(version%") {
            return Self::replaced(after).unwrap_or((Self::Wrong, ""));
        }
        match rest.find('%') {
            Some(0) => (Self::Wrong, ""),
            Some(end) => (
                Self::Text(rest.get(..end).unwrap_or_default()),
                rest.get(end..).unwrap_or_default(),
            ),
            None => (Self::Text(rest), ""),
        }
    }

    /// `A%B)s`, where B may be `\%`. Of a longer B, gbp keeps the last character: its pattern captures in a loop.
    fn replaced(rest: &'a str) -> Option<(Self, &'a str)> {
        let from = rest.chars().next().filter(|c| *c != '%')?;
        let rest = rest.get(from.len_utf8()..)?.strip_prefix('%')?;
        let (to, after) = rest.split_once(")s")?;
        let last = to.char_indices().next_back()?;
        let to = match last {
            (at, '%') if at > 0 && to.get(..at)?.ends_with('\\') => "%",
            (_, '%') => return None,
            (at, _) => to.get(at..)?,
        };
        Some((Self::Replaced(from, to), after))
    }
}

//! `%forgemeta`: the variables that Fedora's macros compute from `forgeurl`, `tag`, `commit` and `version`.
//!
//! The macro is a program; what it computes is a small table of URL shapes, written down here from
//! `redhat-rpm-config`'s `macros.forge` (2022). A forge that is not in the table leaves the variables undefined, and so
//! what depends on them unresolved.

use bstr::{BString, ByteSlice};

use super::engine::Engine;
use super::table::{Body, Choice};
use super::value::Value;

/// What `%forgemeta` makes of one set of variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forge {
    /// The number of the set; empty for the one without.
    pub suffix: String,
    /// The project.
    pub url: Value,
    /// The tag, commit or branch that is packaged.
    pub reference: Value,
    /// Whether the reference is a commit id.
    pub is_commit: bool,
    /// What `%{forgesource}` gives.
    pub source: Value,
    /// The directory that the archive is said to unpack to.
    pub directory: Value,
    /// The line of the call.
    pub line: usize,
}

/// The arguments of a line that calls `%forgemeta`.
pub(super) fn is_call(line: &[u8]) -> Option<Vec<u8>> {
    let rest = line
        .strip_prefix(b"%")
        .map(|rest| rest.trim_start_with(|it| it == '{' || it == '?'))?;
    let rest = rest.strip_prefix(b"forgemeta")?;
    let is_end = rest
        .first()
        .is_none_or(|byte| byte.is_ascii_whitespace() || *byte == b'}');
    is_end.then(|| rest.trim_end_with(|it| it == '}' || it.is_whitespace()).to_vec())
}

/// Does what the call would do to the macros.
pub(super) fn meta(engine: &mut Engine, arguments: &[u8], line: usize) -> Vec<Forge> {
    let words: Vec<&[u8]> = arguments.fields().collect();
    let mut suffixes: Vec<String> = Vec::new();
    if words.contains(&&b"-a"[..]) {
        let all = std::iter::once(String::new()).chain((0..20).map(|number: u32| number.to_string()));
        suffixes.extend(all.filter(|suffix| {
            let name = format!("forgeurl{suffix}");
            engine.table.get(name.as_bytes().as_bstr()).is_some()
        }));
    } else {
        let at = words.iter().position(|word| *word == b"-z");
        let number = at.and_then(|at| words.get(at + 1)).map(|word| word.to_vec());
        let number = number.filter(|digits| digits.len() < 4 && digits.iter().all(u8::is_ascii_digit));
        suffixes.push(
            number
                .map(|digits| String::from_utf8_lossy(&digits).into_owned())
                .unwrap_or_default(),
        );
    }
    suffixes
        .into_iter()
        .filter_map(|suffix| one(engine, &suffix, line))
        .collect()
}

/// What a forge's archives look like.
struct Shape {
    extension: &'static str,
    name: &'static str,
    url: &'static str,
    directory: &'static str,
    /// Which parts of the path are owner and repository.
    owner: usize,
    repository: usize,
    mangles: bool,
    prefixes_version: bool,
}

const SHAPE: Shape = Shape {
    extension: "tar.gz",
    name: "%{repo@}-%{ref@}",
    url: "%{forgeurl@}/archive/%{ref@}/%{archivename@}.%{archiveext@}",
    directory: "%{archivename@}",
    owner: 0,
    repository: 1,
    mangles: false,
    prefixes_version: false,
};

fn shape(host: &[u8], path: &[&[u8]]) -> Option<Shape> {
    let is = |name: &[u8]| {
        let after = |end: &[u8]| host.strip_prefix(name).is_some_and(|rest| rest.starts_with(end));
        let within = |dot: &[u8]| host.contains_str([dot, name, b"."].concat());
        after(b".") || after(b"-") || within(b".") || within(b"-")
    };
    let long_enough = |count: usize| path.len() >= count;
    if is(b"github") && long_enough(2) {
        return Some(Shape {
            name: "%{repo@}-%{fileref@}",
            mangles: true,
            prefixes_version: true,
            ..SHAPE
        });
    }
    if is(b"gitlab") && long_enough(2) {
        return Some(Shape {
            extension: "tar.bz2",
            url: "%{forgeurl@}/-/archive/%{ref@}/%{archivename@}.%{archiveext@}",
            ..SHAPE
        });
    }
    match host {
        b"pagure.io" if path.len() == 1 => Some(Shape {
            repository: 0,
            ..SHAPE
        }),
        b"pagure.io" if path.len() == 2 && path.first() != Some(&&b"fork"[..]) => Some(Shape {
            name: "%{namespace@}-%{repo@}-%{ref@}",
            ..SHAPE
        }),
        b"gitea.com" if long_enough(2) => Some(Shape {
            name: "%{fileref@}",
            url: "%{forgeurl@}/archive/%{ref@}.%{archiveext@}",
            directory: "%{repo@}",
            mangles: true,
            ..SHAPE
        }),
        b"git.sr.ht" if long_enough(2) => Some(Shape {
            name: "%{repo@}-%{fileref@}",
            url: "%{forgeurl@}/archive/%{ref@}.%{archiveext@}",
            directory: "%{repo@}-%{ref@}",
            mangles: true,
            ..SHAPE
        }),
        _ => None,
    }
}

fn one(engine: &mut Engine, suffix: &str, line: usize) -> Option<Forge> {
    let is_main = suffix.is_empty() || suffix == "0";
    let other = if suffix.is_empty() { "0" } else { "" };
    if is_main {
        for name in [
            "forgeurl",
            "tag",
            "commit",
            "branch",
            "version",
            "archivename",
            "topdir",
            "archiveext",
        ] {
            alias(engine, name, suffix, other);
        }
    }
    let url = engine.value(format!("%{{forgeurl{suffix}}}").as_bytes(), line);
    let (scheme, rest) = url.plain()?.split_once_str("://")?;
    let (host, path) = rest.split_once_str("/")?;
    if scheme != b"https" && scheme != b"http" {
        return None;
    }
    let path: Vec<&[u8]> = path
        .split(|byte| b"/?#".contains(byte))
        .filter(|part| !part.is_empty())
        .collect();
    let shape = shape(host, &path)?;
    let text = |index: usize| path.get(index).map(|part| part.to_vec()).unwrap_or_default();
    let (owner, repository) = (text(shape.owner), text(shape.repository));
    let parts = path.len().min(shape.repository + 1);
    let url_text = [scheme, b"://", host, b"/", &path.get(..parts)?.join(&b'/')].concat();

    let (reference, is_commit) = reference(engine, suffix, &shape, line)?;
    set(engine, "forgeurl", suffix, &url_text, true);
    set(engine, "ref", suffix, &reference, false);
    let file_reference = if shape.mangles {
        file_reference(engine, &reference, is_commit, line)
    } else {
        reference
    };
    set(engine, "fileref", suffix, &file_reference, false);
    set(engine, "scm", suffix, b"git", false);
    set(engine, "owner", suffix, &owner, false);
    set(engine, "namespace", suffix, &owner, false);
    set(engine, "repo", suffix, &repository, false);
    for (name, body) in [
        ("archiveext", shape.extension),
        ("archivename", shape.name),
        ("archiveurl", shape.url),
        ("topdir", shape.directory),
        ("forgesource", "%{archiveurl@}"),
        ("extractdir", "%{topdir@}"),
    ] {
        let mut body = body.replace('@', suffix);
        if name == "forgesource" && !names_archive(engine, suffix, line) {
            body = format!("%{{archiveurl{suffix}}}#/%{{archivename{suffix}}}.%{{archiveext{suffix}}}");
        }
        set(engine, name, suffix, body.as_bytes(), false);
    }
    let unpack = if is_main {
        String::new()
    } else {
        format!("-T -D -b {suffix} ")
    };
    let arguments = format!("{unpack}-n %{{extractdir{suffix}}}");
    set(engine, "forgesetupargs", suffix, arguments.as_bytes(), false);
    if is_main {
        for name in [
            "forgeurl",
            "forgesource",
            "forgesetupargs",
            "archivename",
            "archiveext",
            "archiveurl",
            "topdir",
            "extractdir",
            "repo",
            "owner",
        ] {
            alias(engine, name, suffix, other);
        }
    }
    let mut value = |name: &str| engine.value(format!("%{{{name}{suffix}}}").as_bytes(), line);
    Some(Forge {
        suffix: suffix.into(),
        url: value("forgeurl"),
        reference: value("ref"),
        is_commit,
        source: value("forgesource"),
        directory: value("extractdir"),
        line,
    })
}

/// Whether the archive's URL ends with its name, so that no fragment is needed.
fn names_archive(engine: &mut Engine, suffix: &str, line: usize) -> bool {
    let url = engine.value(format!("%{{archiveurl{suffix}}}").as_bytes(), line);
    let name = engine.value(
        format!("%{{archivename{suffix}}}.%{{archiveext{suffix}}}").as_bytes(),
        line,
    );
    match (url.plain(), name.plain()) {
        (Some(url), Some(name)) => url.rsplit_str("/").next() == Some(name.as_bytes()),
        _ => true,
    }
}

/// The macro that names what is packaged: tag, commit, branch or version, in this order.
fn reference(engine: &mut Engine, suffix: &str, shape: &Shape, line: usize) -> Option<(Vec<u8>, bool)> {
    for name in ["tag", "commit", "branch", "version"] {
        let value = engine.value(format!("%{{?{name}{suffix}}}").as_bytes(), line);
        if value.plain().is_none_or(|text| text.is_empty()) {
            // A tag that may or may not be there leaves all open.
            value.plain()?;
            continue;
        }
        let v = if name == "version" && shape.prefixes_version {
            "v"
        } else {
            ""
        };
        return Some((format!("{v}%{{?{name}{suffix}}}").into_bytes(), name == "commit"));
    }
    None
}

/// GitHub leaves out the `v` before a digit, and writes `-` for `/`.
fn file_reference(engine: &mut Engine, reference: &[u8], is_commit: bool, line: usize) -> Vec<u8> {
    if is_commit {
        return reference.to_vec();
    }
    let value = engine.value(reference, line);
    let Some(text) = value.plain() else {
        return reference.to_vec();
    };
    match text.strip_prefix(b"v") {
        Some(rest) if rest.first().is_some_and(u8::is_ascii_digit) => rest.to_vec(),
        _ => text.replace("/", "-"),
    }
}

fn alias(engine: &mut Engine, name: &str, suffix: &str, other: &str) {
    let is_known = |engine: &Engine, name: &str| engine.table.get(name.as_bytes().as_bstr()).is_some();
    for (from, to) in [(suffix, other), (other, suffix)] {
        if is_known(engine, &format!("{name}{from}")) && !is_known(engine, &format!("{name}{to}")) {
            set(engine, name, to, format!("%{{?{name}{from}}}").as_bytes(), false);
        }
    }
}

/// Defines a variable, unless the spec has done so and may.
fn set(engine: &mut Engine, name: &str, suffix: &str, body: &[u8], always: bool) {
    let name: BString = format!("{name}{suffix}").into();
    if !always && engine.table.get(name.as_ref()).is_some() {
        return;
    }
    let option = Choice {
        body: Body::Text {
            text: body.into(),
            parameters: None,
        },
        picks: engine.place.picks(),
    };
    engine.define(name.as_ref(), vec![option], false);
}

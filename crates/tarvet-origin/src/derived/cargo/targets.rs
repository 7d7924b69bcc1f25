//! The targets of a manifest: the library and the lists of programs, examples, tests and benchmarks.

use std::collections::BTreeSet;

use bstr::BString;
use toml::{Table, Value};

/// Whether a published library is the source's, with its name and its path said.
pub fn library(
    published: &Table,
    source: Option<&Table>,
    name: &str,
    is_member: &dyn Fn(&str) -> bool,
) -> Option<()> {
    target(
        published,
        source,
        &name.replace('-', "_"),
        &["src/lib.rs".to_owned()],
        is_member,
    )
}

/// Whether each published target is one of the source's, or one that cargo finds by its place.
pub fn list(
    kind: &str,
    published: &[Value],
    source: Option<&Vec<Value>>,
    package: &str,
    is_member: &dyn Fn(&str) -> bool,
) -> Option<()> {
    let own: Vec<&Table> = source.into_iter().flatten().filter_map(Value::as_table).collect();
    for value in published {
        let entry = value.as_table()?;
        let name = entry.get("name")?.as_str()?;
        let source = own
            .iter()
            .find(|own| own.get("name").and_then(Value::as_str) == Some(name))
            .copied();
        target(entry, source, name, &places(kind, name, package), is_member)?;
    }
    let is_published = |own: &&Table| {
        published
            .iter()
            .any(|value| value.get("name").is_some() && value.get("name") == own.get("name"))
    };
    // cargo leaves out a target whose file is not packaged.
    let is_absent = |own: &&Table| {
        own.get("path")
            .and_then(Value::as_str)
            .is_some_and(|path| !is_member(path))
    };
    own.iter()
        .all(|own| is_published(own) || is_absent(own))
        .then_some(())
}

/// Whether each target that cargo would find in the package is listed, where the published manifest alone says that none
/// is looked for: else the tests of a package could be turned off. (Targets that are a directory with a `main.rs` are not
/// looked for.)
pub fn automatic(
    published: &Table,
    source: &Table,
    is_member: &dyn Fn(&str) -> bool,
    names_in: &dyn Fn(&str) -> Vec<BString>,
) -> Option<()> {
    let is_off = |key: &str| {
        let said = |table: &Table| table.get("package").and_then(|package| package.get(key)).cloned();
        said(published) == Some(Value::Boolean(false)) && said(source).is_none()
    };
    if is_off("autolib") && is_member("src/lib.rs") && !published.contains_key("lib") {
        return None;
    }
    for (key, kind) in [
        ("autobins", "bin"),
        ("autoexamples", "example"),
        ("autotests", "test"),
        ("autobenches", "bench"),
    ] {
        if !is_off(key) {
            continue;
        }
        let entries = published
            .get(kind)
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        let listed: BTreeSet<&[u8]> = entries
            .filter_map(|entry| Some(entry.get("path")?.as_str()?.as_bytes()))
            .collect();
        let directory = directory(kind);
        let names = names_in(directory);
        let mut found = names.iter().filter(|name| name.ends_with(b".rs"));
        let has_main = kind == "bin" && is_member("src/main.rs");
        let is_listed =
            |name: &BString| listed.contains([directory.as_bytes(), b"/", name].concat().as_slice());
        if !found.all(is_listed) || has_main && !listed.contains(b"src/main.rs".as_slice()) {
            return None;
        }
    }
    Some(())
}

/// Where cargo finds targets of a kind.
fn directory(kind: &str) -> &'static str {
    match kind {
        "bin" => "src/bin",
        "example" => "examples",
        "test" => "tests",
        _ => "benches",
    }
}

/// Where cargo finds a target of a name.
fn places(kind: &str, name: &str, package: &str) -> Vec<String> {
    let directory = directory(kind);
    let mut places = vec![
        format!("{directory}/{name}.rs"),
        format!("{directory}/{name}/main.rs"),
    ];
    if kind == "bin" && name == package {
        places.push("src/main.rs".to_owned());
    }
    places
}

/// Whether a published target says what the source says, and else only its name and a usual place that is packaged.
fn target(
    published: &Table,
    source: Option<&Table>,
    name: &str,
    places: &[String],
    is_member: &dyn Fn(&str) -> bool,
) -> Option<()> {
    for (key, value) in published {
        let is_own = source.and_then(|source| source.get(key)) == Some(value);
        let is_added = || match (key.as_str(), value.as_str()) {
            ("name", Some(own)) => own == name,
            ("path", Some(path)) => places.iter().any(|place| place == path) && is_member(path),
            _ => false,
        };
        let is_said = source.is_some_and(|source| source.contains_key(key));
        if !is_own && (is_said || !is_added()) {
            return None;
        }
    }
    let mut own = source.into_iter().flat_map(Table::keys);
    own.all(|key| published.contains_key(key)).then_some(())
}

//! A published manifest against the one it was made from.
//!
//! Source: The Cargo Book, "cargo package" and "The Manifest Format". cargo resolves what a workspace gives, takes paths
//! out of dependencies, names every target with its path, and says which automatic ones it must not look for. All else
//! must be equal; a key that cargo does not add by itself must be in the source.

use bstr::BString;
use toml::{Table, Value};

use super::{dependencies, targets};

/// What cargo adds so that nothing is looked for.
const NOT_AUTOMATIC: [&str; 5] = ["autolib", "autobins", "autoexamples", "autotests", "autobenches"];
/// Kinds of targets that are lists.
const LISTS: [&str; 4] = ["bin", "example", "test", "bench"];

/// Whether a published manifest says what its source says. `root` is the workspace's manifest, where it could be read;
/// `is_member` says whether the package has a file, `names_in` what files a directory of it has.
pub fn compare(
    published: &Table,
    source: &Table,
    root: Option<&Table>,
    is_member: &dyn Fn(&str) -> bool,
    names_in: &dyn Fn(&str) -> Vec<BString>,
) -> Option<()> {
    let workspace = [Some(source), root]
        .into_iter()
        .flatten()
        .find_map(|table| table.get("workspace")?.as_table());
    let name = source.get("package")?.get("name")?.as_str()?;
    for (key, value) in published {
        let own = source.get(key);
        match key.as_str() {
            "package" => package(value.as_table()?, own?.as_table()?, workspace, is_member)?,
            "lib" => targets::library(value.as_table()?, own.and_then(Value::as_table), name, is_member)?,
            "dependencies" | "dev-dependencies" | "build-dependencies" | "target" => {}
            "lints" => is_given(value, own?, workspace.and_then(|table| table.get("lints")))?,
            list if LISTS.contains(&list) => {
                targets::list(
                    list,
                    value.as_array()?,
                    own.and_then(Value::as_array),
                    name,
                    is_member,
                )?;
            }
            "features" | "profile" | "badges" => same(value, own?)?,
            _ => return None,
        }
    }
    dependencies::compare(published, source, workspace)?;
    targets::automatic(published, source, is_member, names_in)?;
    source
        .iter()
        .all(|(key, own)| published.contains_key(key) || is_left_out(key, own, name, is_member))
        .then_some(())
}

/// Whether cargo leaves out a section of the source. It takes `patch` away too, but then other code is built.
fn is_left_out(key: &str, own: &Value, name: &str, is_member: &dyn Fn(&str) -> bool) -> bool {
    match key {
        // These were compared, whether there or not.
        "dependencies" | "dev-dependencies" | "build-dependencies" | "dev_dependencies"
        | "build_dependencies" | "target" => true,
        "workspace" => true,
        list if LISTS.contains(&list) => targets::list(list, &[], own.as_array(), name, is_member).is_some(),
        _ => is_empty(own),
    }
}

/// Whether two values are equal.
fn same(left: &Value, right: &Value) -> Option<()> {
    (left == right).then_some(())
}

fn is_empty(value: &Value) -> bool {
    value.as_table().is_some_and(Table::is_empty)
}

/// Whether a value is the source's own, or the workspace's where the source says `workspace = true`.
fn is_given(value: &Value, own: &Value, given: Option<&Value>) -> Option<()> {
    let inherits = own
        .as_table()
        .is_some_and(|own| own.len() == 1 && own.get("workspace") == Some(&Value::Boolean(true)));
    same(value, if inherits { given? } else { own })
}

fn package(
    published: &Table,
    source: &Table,
    workspace: Option<&Table>,
    is_member: &dyn Fn(&str) -> bool,
) -> Option<()> {
    let given = workspace
        .and_then(|table| table.get("package"))
        .and_then(Value::as_table);
    for (key, value) in published {
        match (key.as_str(), source.get(key)) {
            (_, Some(own)) if is_given(value, own, given.and_then(|table| table.get(key))).is_some() => {}
            (key, _) if NOT_AUTOMATIC.contains(&key) && *value == Value::Boolean(false) => {}
            ("build", None) => is_found(value, &["build.rs"], is_member)?,
            ("readme", None) => is_found(value, &["README.md", "README.txt", "README"], is_member)?,
            // `readme = true` is the usual name.
            ("readme", Some(Value::Boolean(true))) => same(value, &Value::from("README.md"))?,
            _ => return None,
        }
    }
    // Nothing that cargo would take for something else when it is missing, but what cargo itself leaves out.
    let is_kept = |key: &str| !["workspace", "exclude", "include", "publish", "default-run"].contains(&key);
    source
        .keys()
        .all(|key| !is_kept(key) || published.contains_key(key))
        .then_some(())
}

/// Whether a value is the one that cargo finds: the first of some files that is there, or false where none is.
fn is_found(value: &Value, names: &[&str], is_member: &dyn Fn(&str) -> bool) -> Option<()> {
    match names.iter().find(|name| is_member(name)) {
        Some(name) => same(value, &Value::from(*name)),
        None => same(value, &Value::Boolean(false)),
    }
}

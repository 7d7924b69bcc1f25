//! The dependencies of a manifest, of every kind and for every target.

use toml::{Table, Value};

/// The tables of dependencies.
const KINDS: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];
/// What cargo takes out of a dependency: a registry knows only its version.
const LOCAL: [&str; 5] = ["path", "git", "branch", "tag", "rev"];

/// Whether all published dependencies are the source's, normalised, and none is missing.
pub fn compare(published: &Table, source: &Table, workspace: Option<&Table>) -> Option<()> {
    kinds(published, source, workspace)?;
    let empty = Table::new();
    let table = |table: &Table| {
        table
            .get("target")
            .map_or(Some(empty.clone()), |target| target.as_table().cloned())
    };
    let (published, source) = (table(published)?, table(source)?);
    for name in published.keys().chain(source.keys()) {
        let of = |targets: &Table| {
            targets
                .get(name)
                .map_or(Some(empty.clone()), |target| target.as_table().cloned())
        };
        let (published, source) = (of(&published)?, of(&source)?);
        if !published.keys().all(|key| KINDS.contains(&key.as_str())) {
            return None;
        }
        kinds(&published, &source, workspace)?;
    }
    Some(())
}

fn kinds(published: &Table, source: &Table, workspace: Option<&Table>) -> Option<()> {
    for kind in KINDS {
        // The older spelling is written anew.
        let spelled = source.get(kind).or_else(|| source.get(&kind.replace("-d", "_d")));
        // A registry takes no package that names another place for a dependency.
        if published.get(kind).is_some_and(names_a_place) {
            return None;
        }
        let published = normal(published.get(kind), None, kind)?;
        if published != normal(spelled, workspace, kind)? {
            return None;
        }
    }
    Some(())
}

/// Whether one of these dependencies says where it comes from, or leaves it to a workspace.
fn names_a_place(table: &Value) -> bool {
    let elsewhere = |key: &str| LOCAL.contains(&key) || key == "workspace" || key.starts_with("registry");
    let own = |value: &Value| {
        value
            .as_table()
            .is_none_or(|own| own.keys().any(|key| elsewhere(key)))
    };
    let plain = |value: &Value| value.is_str() || !own(value);
    table.as_table().is_none_or(|table| !table.values().all(plain))
}

/// A table of dependencies as cargo publishes it.
fn normal(table: Option<&Value>, workspace: Option<&Table>, kind: &str) -> Option<Table> {
    let mut normal = Table::new();
    let Some(table) = table else { return Some(normal) };
    for (name, value) in table.as_table()? {
        let mut own = as_table(value)?;
        if own.remove("workspace") == Some(Value::Boolean(true)) {
            own = inherited(own, as_table(workspace?.get("dependencies")?.get(name)?)?)?;
        }
        let is_local = LOCAL.iter().filter(|key| own.remove(**key).is_some()).count() > 0;
        for (old, new) in [("default_features", "default-features")] {
            if let Some(value) = own.remove(old) {
                own.insert(new.to_owned(), value);
            }
        }
        for (key, default) in [("optional", false), ("default-features", true)] {
            if own.get(key) == Some(&Value::Boolean(default)) {
                own.remove(key);
            }
        }
        if own
            .get("features")
            .and_then(Value::as_array)
            .is_some_and(Vec::is_empty)
        {
            own.remove("features");
        }
        // A dependency for development that has only a path cannot be published.
        if is_local && kind == "dev-dependencies" && !own.contains_key("version") {
            continue;
        }
        normal.insert(name.clone(), Value::Table(own));
    }
    Some(normal)
}

/// A dependency that is only a version, as a table.
fn as_table(value: &Value) -> Option<Table> {
    match value {
        Value::String(version) => Some(Table::from_iter([(
            "version".to_owned(),
            Value::from(version.as_str()),
        )])),
        Value::Table(table) => Some(table.clone()),
        _ => None,
    }
}

/// A workspace's dependency with what a member adds: features, and whether it is optional.
fn inherited(own: Table, mut given: Table) -> Option<Table> {
    for (key, value) in own {
        match (key.as_str(), &value) {
            ("features", Value::Array(more)) => {
                let features = given
                    .entry("features")
                    .or_insert_with(|| Value::Array(Vec::new()));
                let features = features.as_array_mut()?;
                features.extend(
                    more.iter()
                        .filter(|more| !features.contains(more))
                        .cloned()
                        .collect::<Vec<_>>(),
                );
            }
            ("optional", Value::Boolean(_)) => {
                given.insert(key, value);
            }
            // It can only be asked for again, never turned off.
            ("default-features", Value::Boolean(true)) => {
                given.remove("default-features");
            }
            _ => return None,
        }
    }
    Some(given)
}

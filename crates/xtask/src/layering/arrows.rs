//! Which package may depend on which.

use serde_json::Value;

use super::Breach;

/// The packages of the workspace, the outermost first. A package may depend on those after it.
const ORDER: [&str; 6] = [
    "tarvet",
    "tarvet-debian",
    "tarvet-rpm",
    "tarvet-core",
    "tarvet-origin",
    "tarvet-archive",
];

/// Neither of these may depend on the other though they stand in a row above.
const SIBLINGS: [&str; 2] = ["tarvet-debian", "tarvet-rpm"];

/// Serves the tests of every package and none of their code.
const TESTKIT: &str = "tarvet-testkit";

/// Runs chores and may use everything.
const XTASK: &str = "xtask";

/// Crates of the terminal: only the command talks to the user.
const TERMINAL: [&str; 8] = [
    "clap",
    "clap_mangen",
    "clap_complete",
    "anstream",
    "anstyle",
    "indicatif",
    "env_logger",
    "colored",
];

/// Signatures and git objects are judged in one package only. `gix-hash` is a type both sides need.
const JUDGED_IN_CORE: [&str; 3] = ["sequoia", "gix", "git2"];
const SHARED_TYPES: [&str; 1] = ["gix-hash"];

/// The breaches in what `cargo metadata` lists of the members of the workspace.
pub fn check(metadata: &Value) -> Vec<Breach> {
    let members: Vec<&str> = strings(&metadata["workspace_members"]);
    let mut breaches = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let (Some(name), Some(id)) = (package["name"].as_str(), package["id"].as_str()) else {
            continue;
        };
        if !members.contains(&id) || name == XTASK {
            continue;
        }
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let target = dependency["name"].as_str().unwrap_or_default();
            let dev = dependency["kind"].as_str() == Some("dev");
            if let Some(what) = refusal(name, target, dev) {
                breaches.push(Breach {
                    place: name.to_owned(),
                    what: format!("depends on {target}: {what}"),
                });
            }
        }
    }
    breaches
}

fn strings(list: &Value) -> Vec<&str> {
    list.as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

fn refusal(from: &str, to: &str, dev: bool) -> Option<&'static str> {
    if to == XTASK {
        return Some("nothing depends on the chores");
    }
    if to == TESTKIT {
        return (!dev).then_some("the testkit is for tests: make it a dev-dependency");
    }
    if let Some(above) = ORDER.iter().position(|name| *name == to) {
        let below = ORDER.iter().position(|name| *name == from);
        let turned = from == TESTKIT || below.is_none_or(|below| below >= above);
        let across = SIBLINGS.contains(&from) && SIBLINGS.contains(&to);
        return (turned || across).then_some("the arrow turns back");
    }
    if dev || from == TESTKIT {
        return None;
    }
    if from != "tarvet" && TERMINAL.contains(&to) {
        return Some("only the command talks to the terminal");
    }
    let judged = JUDGED_IN_CORE
        .iter()
        .any(|family| to == *family || to.strip_prefix(family).is_some_and(|rest| rest.starts_with('-')));
    let shared = SHARED_TYPES.contains(&to);
    (judged && !shared && from != "tarvet-core").then_some("signatures and git objects belong to tarvet-core")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::check;

    fn breaches(from: &str, to: &str, kind: Option<&str>) -> usize {
        check(&json!({
            "workspace_members": ["the-id"],
            "packages": [
                {"id": "the-id", "name": from, "dependencies": [{"name": to, "kind": kind}]},
                {"id": "elsewhere", "name": "stranger", "dependencies": [{"name": "clap", "kind": null}]},
            ],
        }))
        .len()
    }

    #[test]
    fn arrows_point_down() {
        assert_eq!(breaches("tarvet", "tarvet-core", None), 0);
        assert_eq!(breaches("tarvet", "tarvet-archive", None), 0);
        assert_eq!(breaches("tarvet-core", "tarvet-archive", None), 0);
        assert_eq!(breaches("tarvet-debian", "tarvet-core", None), 0);
        assert_eq!(breaches("tarvet-archive", "tarvet-core", None), 1);
        assert_eq!(breaches("tarvet-core", "tarvet", None), 1);
        assert_eq!(breaches("tarvet-core", "tarvet-rpm", None), 1);
        assert_eq!(breaches("tarvet-archive", "tarvet-core", Some("dev")), 1);
        assert_eq!(breaches("tarvet-debian", "tarvet-rpm", None), 1);
        assert_eq!(breaches("tarvet-testkit", "tarvet-core", None), 1);
    }

    #[test]
    fn the_testkit_is_for_tests() {
        assert_eq!(breaches("tarvet-core", "tarvet-testkit", Some("dev")), 0);
        assert_eq!(breaches("tarvet-core", "tarvet-testkit", None), 1);
        assert_eq!(breaches("tarvet-core", "tarvet-testkit", Some("build")), 1);
    }

    #[test]
    fn chores_may_use_everything_and_nobody_uses_chores() {
        assert_eq!(breaches("xtask", "tarvet-core", None), 0);
        assert_eq!(breaches("xtask", "tarvet-testkit", None), 0);
        assert_eq!(breaches("tarvet", "xtask", None), 1);
    }

    #[test]
    fn the_terminal_belongs_to_the_command() {
        assert_eq!(breaches("tarvet", "clap", None), 0);
        for crate_name in ["clap", "anstream", "indicatif"] {
            assert_eq!(breaches("tarvet-core", crate_name, None), 1);
            assert_eq!(breaches("tarvet-archive", crate_name, None), 1);
        }
    }

    #[test]
    fn signatures_and_objects_belong_to_the_core() {
        assert_eq!(breaches("tarvet-core", "sequoia-openpgp", None), 0);
        assert_eq!(breaches("tarvet-core", "gix", None), 0);
        assert_eq!(breaches("tarvet-archive", "gix-hash", None), 0);
        assert_eq!(breaches("tarvet-testkit", "sequoia-openpgp", None), 0);
        assert_eq!(breaches("tarvet-archive", "gix-pack", None), 1);
        assert_eq!(breaches("tarvet-debian", "sequoia-openpgp", None), 1);
        assert_eq!(breaches("tarvet", "gix", None), 1);
        assert_eq!(breaches("tarvet-debian", "gixture", None), 0);
    }
}

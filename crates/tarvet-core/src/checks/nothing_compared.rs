use super::{Check, Sink};
use crate::facts::Facts;
use crate::origin::Origin;

pub(super) static CHECK: Check = Check {
    code: "nothing-compared",
    summary: "no member of the tarball was found in the tree",
    level: crate::policy::Level::Error,
    since: "0.1.0",
    page: include_str!("nothing_compared.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    let equal = facts.comparison.origins.get(&Origin::Tree).copied().unwrap_or(0);
    if facts.tree.is_some() && equal == 0 {
        sink.push(
            format!(
                "{} members, {} tree entries, none equal",
                facts.comparison.members, facts.comparison.tree_entries
            ),
            "check that tarball and tag belong together",
        );
    }
}

use super::{Check, Sink};
use crate::facts::Facts;
use crate::origin::Origin;

pub(super) static CHECK: Check = Check {
    code: "top-directory-ambiguous",
    summary: "the tarball has several names at its top",
    level: crate::policy::Level::Error,
    since: "0.1.0",
    page: include_str!("top_directory_ambiguous.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    let tops = &facts.comparison.tops;
    // What there is no tree for cannot be misplaced in it: dpkg-source unpacks it as it is.
    if facts.tree.is_none()
        || tops.len() < 2
        || facts.comparison.origins.get(&Origin::Tree).copied().unwrap_or(0) > 0
    {
        return;
    }
    let names: Vec<String> = tops.iter().take(4).map(crate::escape::escape).collect();
    sink.push(
        format!("no single directory holds all members; the top has {} and perhaps more", names.join(", ")),
        "dpkg-source and rpmbuild then take the whole archive for the source tree; ask upstream for a clean tarball",
    );
}

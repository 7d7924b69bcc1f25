use super::{Check, Sink};
use crate::facts::Facts;

pub(super) static CHECK: Check = Check {
    code: "submodule-unproven",
    summary: "the tarball has files of a submodule for which nothing was given",
    level: crate::policy::Level::Warning,
    since: "0.1.0",
    page: include_str!("submodule_unproven.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    for path in &facts.comparison.unproven_submodules {
        sink.push_at(
            path.clone(),
            "the tree has a submodule here, and nothing was given to compare its files with",
            format!("give its repository or proof: --submodule {path}=REPO"),
        );
    }
}

use super::{Check, Sink};
use crate::facts::Facts;
use crate::upstream::FaultKind;

pub(super) static CHECK: Check = Check {
    code: "tree-malformed",
    summary: "a tree holds entries that git fsck refuses",
    level: crate::policy::Level::Error,
    since: "0.1.0",
    page: include_str!("tree_malformed.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_faults(
        facts,
        sink,
        FaultKind::TreeMalformed,
        "do not build: ask upstream how the tree came to be",
    );
}

use super::{Check, Sink};
use crate::facts::Facts;
use crate::upstream::FaultKind;

pub(super) static CHECK: Check = Check {
    code: "tree-mode-odd",
    summary: "a tree entry has a mode that git does not write",
    level: crate::policy::Level::Info,
    since: "0.1.0",
    page: include_str!("tree_mode_odd.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_faults(
        facts,
        sink,
        FaultKind::OddMode,
        "nothing, unless the file is executed",
    );
}

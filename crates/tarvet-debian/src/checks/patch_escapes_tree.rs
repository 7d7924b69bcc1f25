use super::{Check, Sink};
use crate::facts::Facts;
use crate::patches::PatchFaultKind;

pub(super) static CHECK: Check<Facts> = Check {
    code: "patch-escapes-tree",
    summary: "a patch that leaves the source tree or goes through a link",
    level: tarvet_core::Level::Error,
    since: "0.1.0",
    page: include_str!("patch_escapes_tree.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_patches(
        facts,
        sink,
        &[PatchFaultKind::EscapesTree, PatchFaultKind::ThroughSymlink],
    );
}

use super::{Check, Sink};
use crate::facts::Facts;
use crate::patches::PatchFaultKind;

pub(super) static CHECK: Check<Facts> = Check {
    code: "diff-outside-debian",
    summary: "a diff of format 1.0 changes upstream's files",
    level: tarvet_core::Level::Warning,
    since: "0.1.0",
    page: include_str!("diff_outside_debian.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_patches(facts, sink, &[PatchFaultKind::Outside]);
}

use super::{Check, Sink};
use crate::facts::Facts;
use crate::patches::PatchFaultKind;

pub(super) static CHECK: Check<Facts> = Check {
    code: "patch-adds-binary",
    summary: "a patch that adds what nobody can read",
    level: tarvet_core::Level::Warning,
    since: "0.1.0",
    page: include_str!("patch_adds_binary.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_patches(
        facts,
        sink,
        &[PatchFaultKind::AddsBinary, PatchFaultKind::AddsSymlink],
    );
}

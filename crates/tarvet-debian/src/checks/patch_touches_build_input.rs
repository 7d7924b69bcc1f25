use super::{Check, Sink};
use crate::facts::Facts;
use crate::patches::PatchFaultKind;

pub(super) static CHECK: Check<Facts> = Check {
    code: "patch-touches-build-input",
    summary: "a patch to a file that decides how the package is built",
    level: tarvet_core::Level::Info,
    since: "0.1.0",
    page: include_str!("patch_touches_build_input.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_patches(
        facts,
        sink,
        &[PatchFaultKind::TouchesBuildInput, PatchFaultKind::AddsExecutable],
    );
}

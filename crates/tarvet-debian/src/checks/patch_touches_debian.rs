use super::{Check, Sink};
use crate::facts::Facts;
use crate::patches::PatchFaultKind;

pub(super) static CHECK: Check<Facts> = Check {
    code: "patch-touches-debian",
    summary: "a patch to a file below debian/",
    level: tarvet_core::Level::Warning,
    since: "0.1.0",
    page: include_str!("patch_touches_debian.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_patches(facts, sink, &[PatchFaultKind::TouchesDebian]);
}

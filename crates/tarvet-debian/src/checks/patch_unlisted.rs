use super::{Check, Sink};
use crate::facts::Facts;
use crate::patches::PatchFaultKind;

pub(super) static CHECK: Check<Facts> = Check {
    code: "patch-unlisted",
    summary: "a patch that is not applied",
    level: tarvet_core::Level::Info,
    since: "0.1.0",
    page: include_str!("patch_unlisted.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_patches(facts, sink, &[PatchFaultKind::Unlisted]);
}

use super::{Check, Sink};
use crate::facts::Facts;
use crate::patches::PatchFaultKind;

pub(super) static CHECK: Check<Facts> = Check {
    code: "patch-malformed",
    summary: "a patch that does not parse, or that programs read in different ways",
    level: tarvet_core::Level::Error,
    since: "0.1.0",
    page: include_str!("patch_malformed.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_patches(
        facts,
        sink,
        &[PatchFaultKind::Malformed, PatchFaultKind::Ambiguous],
    );
}

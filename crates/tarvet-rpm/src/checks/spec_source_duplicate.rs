use super::{Check, Sink};
use crate::facts::Facts;
use crate::spec::fault::FaultKind;

pub(super) static CHECK: Check<Facts> = Check {
    code: "spec-source-duplicate",
    summary: "two Sources or Patches have one number",
    level: tarvet_core::Level::Error,
    since: "0.1.0",
    page: include_str!("spec_source_duplicate.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_faults(facts, sink, &[FaultKind::DuplicateNumber]);
}

use super::{Check, Sink};
use crate::facts::Facts;
use crate::spec::fault::FaultKind;

pub(super) static CHECK: Check<Facts> = Check {
    code: "spec-source-unresolved",
    summary: "a Source or Patch is known only by running the spec",
    level: tarvet_core::Level::Warning,
    since: "0.1.0",
    page: include_str!("spec_source_unresolved.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_faults(facts, sink, &[FaultKind::SourceUnresolved]);
}

use super::{Check, Sink};
use crate::facts::Facts;
use crate::spec::fault::FaultKind;

pub(super) static CHECK: Check<Facts> = Check {
    code: "spec-line-opaque",
    summary: "what a line adds to the spec is known only by running it",
    level: tarvet_core::Level::Warning,
    since: "0.1.0",
    page: include_str!("spec_line_opaque.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_faults(facts, sink, &[FaultKind::OpaqueLine, FaultKind::ScriptUnclear]);
}

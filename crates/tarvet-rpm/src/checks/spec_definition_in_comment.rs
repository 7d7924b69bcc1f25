use super::{Check, Sink};
use crate::facts::Facts;
use crate::spec::fault::FaultKind;

pub(super) static CHECK: Check<Facts> = Check {
    code: "spec-definition-in-comment",
    summary: "a macro is defined in a comment",
    level: tarvet_core::Level::Warning,
    since: "0.1.0",
    page: include_str!("spec_definition_in_comment.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_faults(facts, sink, &[FaultKind::DefinitionInComment]);
}

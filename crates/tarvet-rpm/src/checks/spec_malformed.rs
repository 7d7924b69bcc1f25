use super::{Check, Sink};
use crate::facts::Facts;
use crate::spec::fault::FaultKind;

pub(super) static CHECK: Check<Facts> = Check {
    code: "spec-malformed",
    summary: "a spec that rpm refuses, or that is beyond all limits",
    level: tarvet_core::Level::Error,
    since: "0.1.0",
    page: include_str!("spec_malformed.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    let kinds = [
        FaultKind::ExpansionLimit,
        FaultKind::Unclosed,
        FaultKind::ConditionUnbalanced,
    ];
    super::push_faults(facts, sink, &kinds);
    let spec = facts.source.spec_name.to_string();
    let all = facts.source.faults.iter();
    all.filter(|found| found.file == spec && found.fault.kind == FaultKind::TooLarge)
        .for_each(|found| super::push_fault(found, sink));
}

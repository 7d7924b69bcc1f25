use super::{Check, Sink};
use crate::facts::Facts;
use crate::spec::fault::FaultKind;

pub(super) static CHECK: Check<Facts> = Check {
    code: "spec-network-use",
    summary: "the build uses the network",
    level: tarvet_core::Level::Warning,
    since: "0.1.0",
    page: include_str!("spec_network_use.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_faults(facts, sink, &[FaultKind::NetworkUse]);
}

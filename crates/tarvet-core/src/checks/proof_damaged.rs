use super::{Check, Sink};
use crate::facts::Facts;
use crate::upstream::FaultKind;

pub(super) static CHECK: Check = Check {
    code: "proof-damaged",
    summary: "the proof is not a whole packfile of one release",
    level: crate::policy::Level::Error,
    since: "0.1.0",
    page: include_str!("proof_damaged.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_faults(
        facts,
        sink,
        FaultKind::ProofDamaged,
        "make it again with `tarvet prove`",
    );
}

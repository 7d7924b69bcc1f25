use super::{Check, Sink};
use crate::facts::Facts;
use crate::spec::fault::FaultKind;

pub(super) static CHECK: Check<Facts> = Check {
    code: "gpgverify-conditional",
    summary: "a signature is verified in some builds only",
    level: tarvet_core::Level::Warning,
    since: "0.1.0",
    page: include_str!("gpgverify_conditional.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_faults(facts, sink, &[FaultKind::VerificationConditional]);
}

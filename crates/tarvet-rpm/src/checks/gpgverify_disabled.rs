use super::{Check, Sink};
use crate::facts::Facts;
use crate::spec::fault::FaultKind;

pub(super) static CHECK: Check<Facts> = Check {
    code: "gpgverify-disabled",
    summary: "a signature is verified in a comment or a dead branch, or the outcome is ignored",
    level: tarvet_core::Level::Warning,
    since: "0.1.0",
    page: include_str!("gpgverify_disabled.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_faults(
        facts,
        sink,
        &[
            FaultKind::VerificationCommentedOut,
            FaultKind::VerificationDead,
            FaultKind::VerificationIgnored,
        ],
    );
}

use super::{Check, Sink};
use crate::facts::Facts;
use crate::srpm::FaultKind;

pub(super) static CHECK: Check<Facts> = Check {
    code: "srpm-odd",
    summary: "an SRPM made by an old rpm, or by none",
    level: tarvet_core::Level::Warning,
    since: "0.1.0",
    page: include_str!("srpm_odd.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_srpm(facts, sink, |kind| {
        matches!(kind, FaultKind::OddLead | FaultKind::WeakDigest)
    });
}

use super::{Check, Sink};
use crate::dsc::FaultKind;
use crate::facts::Facts;

pub(super) static CHECK: Check<Facts> = Check {
    code: "dsc-digests-weak",
    summary: "only MD5 or SHA-1 vouches for the files",
    level: tarvet_core::Level::Warning,
    since: "0.1.0",
    page: include_str!("dsc_digests_weak.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_faults(facts, sink, &[FaultKind::DscWeakDigests]);
}

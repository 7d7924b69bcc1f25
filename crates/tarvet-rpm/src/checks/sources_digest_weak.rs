use super::{Check, Sink};
use crate::facts::Facts;
use crate::spec::fault::FaultKind;

pub(super) static CHECK: Check<Facts> = Check {
    code: "sources-digest-weak",
    summary: "a file is known by MD5 or SHA-1 only",
    level: tarvet_core::Level::Warning,
    since: "0.1.0",
    page: include_str!("sources_digest_weak.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_faults(facts, sink, &[FaultKind::WeakDigest]);
}

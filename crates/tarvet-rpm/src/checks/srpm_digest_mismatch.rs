use super::{Check, Sink};
use crate::facts::Facts;
use crate::srpm::FaultKind;

pub(super) static CHECK: Check<Facts> = Check {
    code: "srpm-digest-mismatch",
    summary: "an SRPM's digests or sizes are wrong or missing",
    level: tarvet_core::Level::Error,
    since: "0.1.0",
    page: include_str!("srpm_digest_mismatch.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_srpm(facts, sink, |kind| {
        matches!(
            kind,
            FaultKind::HeaderDigest | FaultKind::MissingDigest | FaultKind::Size | FaultKind::PayloadDigest
        )
    });
}

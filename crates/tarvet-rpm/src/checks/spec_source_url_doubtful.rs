use super::{Check, Sink};
use crate::facts::Facts;
use crate::spec::fault::FaultKind;

pub(super) static CHECK: Check<Facts> = Check {
    code: "spec-source-url-doubtful",
    summary: "a Source is fetched without proof of who answers, or from elsewhere",
    level: tarvet_core::Level::Info,
    since: "0.1.0",
    page: include_str!("spec_source_url_doubtful.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_faults(
        facts,
        sink,
        &[FaultKind::SourceInsecure, FaultKind::SourceHostDiffers],
    );
}

use super::{Check, Sink};
use crate::facts::Facts;
use crate::spec::fault::FaultKind;

pub(super) static CHECK: Check<Facts> = Check {
    code: "spec-source-name-odd",
    summary: "a Source is another file than it seems to be",
    level: tarvet_core::Level::Warning,
    since: "0.1.0",
    page: include_str!("spec_source_name_odd.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_faults(
        facts,
        sink,
        &[FaultKind::SourceNameFromQuery, FaultKind::DuplicateName],
    );
}

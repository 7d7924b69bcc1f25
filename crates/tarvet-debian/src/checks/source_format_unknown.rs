use super::{Check, Sink};
use crate::dsc::FaultKind;
use crate::facts::Facts;

pub(super) static CHECK: Check<Facts> = Check {
    code: "source-format-unknown",
    summary: "a source format that is not looked into",
    level: tarvet_core::Level::Error,
    since: "0.1.0",
    page: include_str!("source_format_unknown.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_faults(facts, sink, &[FaultKind::UnknownFormat]);
}

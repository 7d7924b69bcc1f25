use super::{Check, Sink};
use crate::dsc::FaultKind;
use crate::facts::Facts;

pub(super) static CHECK: Check<Facts> = Check {
    code: "dsc-malformed",
    summary: "a .dsc or .changes that readers take apart in different ways",
    level: tarvet_core::Level::Error,
    since: "0.1.0",
    page: include_str!("dsc_malformed.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_faults(
        facts,
        sink,
        &[
            FaultKind::ClearsignFraming,
            FaultKind::DscMalformed,
            FaultKind::DscFieldDuplicate,
            FaultKind::ChangesMalformed,
        ],
    );
}

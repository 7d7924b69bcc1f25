use super::{Check, Sink};
use crate::dsc::FaultKind;
use crate::facts::Facts;

pub(super) static CHECK: Check<Facts> = Check {
    code: "dsc-files-disagree",
    summary: "the lists of a .dsc do not agree with each other or with the files",
    level: tarvet_core::Level::Error,
    since: "0.1.0",
    page: include_str!("dsc_files_disagree.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_faults(
        facts,
        sink,
        &[FaultKind::DscFilesDisagree, FaultKind::DscChecksumMismatch],
    );
}

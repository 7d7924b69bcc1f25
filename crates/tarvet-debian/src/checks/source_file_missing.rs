use super::{Check, Sink};
use crate::dsc::FaultKind;
use crate::facts::Facts;

pub(super) static CHECK: Check<Facts> = Check {
    code: "source-file-missing",
    summary: "a file of the package is not there",
    level: tarvet_core::Level::Error,
    since: "0.1.0",
    page: include_str!("source_file_missing.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_faults(
        facts,
        sink,
        &[
            FaultKind::FileMissing,
            FaultKind::OrigMissing,
            FaultKind::PackagingMissing,
        ],
    );
}

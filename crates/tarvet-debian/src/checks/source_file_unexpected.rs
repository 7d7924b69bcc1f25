use super::{Check, Sink};
use crate::dsc::FaultKind;
use crate::facts::Facts;

pub(super) static CHECK: Check<Facts> = Check {
    code: "source-file-unexpected",
    summary: "a listed file that dpkg-source refuses",
    level: tarvet_core::Level::Error,
    since: "0.1.0",
    page: include_str!("source_file_unexpected.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_faults(
        facts,
        sink,
        &[
            FaultKind::FileNameUnsafe,
            FaultKind::FileUnexpected,
            FaultKind::OrigDuplicate,
            FaultKind::SignatureWithoutTarball,
        ],
    );
}

use super::{Check, Sink};
use crate::dsc::FaultKind;
use crate::facts::Facts;

pub(super) static CHECK: Check<Facts> = Check {
    code: "source-file-unlisted",
    summary: "a tarball or signature lies beside the package and is not part of it",
    level: tarvet_core::Level::Warning,
    since: "0.1.0",
    page: include_str!("source_file_unlisted.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_faults(
        facts,
        sink,
        &[FaultKind::OrigUnlisted, FaultKind::SignatureUnlisted],
    );
}

use super::{Check, Sink};
use crate::facts::Facts;
use crate::package::LISTED;
use crate::spec::fault::FaultKind;

pub(super) static CHECK: Check<Facts> = Check {
    code: "sources-malformed",
    summary: "the file sources can be read in more than one way",
    level: tarvet_core::Level::Error,
    since: "0.1.0",
    page: include_str!("sources_malformed.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    let wrong = |kind| {
        matches!(
            kind,
            FaultKind::DuplicateEntry
                | FaultKind::MalformedDigest
                | FaultKind::NameUnsafe
                | FaultKind::UnknownLine
                | FaultKind::TooLarge
        )
    };
    let all = facts.source.faults.iter();
    all.filter(|found| found.file == LISTED && wrong(found.fault.kind))
        .for_each(|found| super::push_fault(found, sink));
}

use super::{Check, Sink};
use crate::facts::Facts;
use crate::package::{FileFault, SERVICE};
use crate::spec::fault::FaultKind;

pub(super) static CHECK: Check<Facts> = Check {
    code: "service-malformed",
    summary: "a source service or a RemoteAsset comment cannot be read",
    level: tarvet_core::Level::Warning,
    since: "0.1.0",
    page: include_str!("service_malformed.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    let kinds = [
        FaultKind::MalformedXml,
        FaultKind::DoctypeRefused,
        FaultKind::TooMany,
        FaultKind::UnknownMode,
    ];
    super::push_faults(facts, sink, &kinds);
    let spec = facts.source.spec_name.to_string();
    let also = |found: &FileFault| {
        let of_service = found.file == SERVICE && found.fault.kind == FaultKind::TooLarge;
        let of_comment = matches!(
            found.fault.kind,
            FaultKind::UnknownLine | FaultKind::MalformedDigest | FaultKind::DuplicateEntry
        );
        of_service || found.file == spec && of_comment
    };
    facts
        .source
        .faults
        .iter()
        .filter(|found| also(found))
        .for_each(|found| super::push_fault(found, sink));
}

use super::{Check, Sink};
use crate::cpio;
use crate::facts::Facts;
use crate::srpm::FaultKind;

pub(super) static CHECK: Check<Facts> = Check {
    code: "srpm-malformed",
    summary: "an SRPM that is damaged, or that readers take apart in different ways",
    level: tarvet_core::Level::Error,
    since: "0.1.0",
    page: include_str!("srpm_malformed.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_srpm(facts, sink, |kind| {
        matches!(
            kind,
            FaultKind::Malformed
                | FaultKind::NotSource
                | FaultKind::UnsupportedFormat
                | FaultKind::OutsideRegion
                | FaultKind::DuplicateTag
                | FaultKind::InjectedTag
                | FaultKind::Compression
                | FaultKind::FileList
                | FaultKind::Spec
                | FaultKind::Limit
                | FaultKind::Payload(
                    cpio::FaultKind::Malformed | cpio::FaultKind::TrailingData | cpio::FaultKind::Limit
                )
        )
    });
}

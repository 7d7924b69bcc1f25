use super::{Check, Sink};
use crate::cpio;
use crate::facts::Facts;
use crate::srpm::FaultKind;

pub(super) static CHECK: Check<Facts> = Check {
    code: "srpm-member-unexpected",
    summary: "an SRPM's payload does not hold what its header lists",
    level: tarvet_core::Level::Error,
    since: "0.1.0",
    page: include_str!("srpm_member_unexpected.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_srpm(facts, sink, |kind| {
        matches!(
            kind,
            FaultKind::UnlistedSource
                | FaultKind::UnlistedMember
                | FaultKind::MissingMember
                | FaultKind::MemberMismatch
                | FaultKind::Payload(
                    cpio::FaultKind::UnsafeName
                        | cpio::FaultKind::DuplicateMember
                        | cpio::FaultKind::HardLink
                        | cpio::FaultKind::UnsafeKind
                )
        )
    });
}

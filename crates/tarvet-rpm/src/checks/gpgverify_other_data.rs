use super::{Check, Sink};
use crate::facts::Facts;
use crate::prep::{SourceRef, Verification, VerificationState};

pub(super) static CHECK: Check<Facts> = Check {
    code: "gpgverify-other-data",
    summary: "a signature is verified over another file than the one that is unpacked",
    level: tarvet_core::Level::Error,
    since: "0.1.0",
    page: include_str!("gpgverify_other_data.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    let calls = &facts.source.prep.verifications;
    let of_tarball = |call: &Verification| match call.data {
        Some(SourceRef::Number(number)) => facts
            .unpacking
            .tarballs
            .iter()
            .any(|tarball| tarball.number == number),
        _ => false,
    };
    let unpacked = |call: &&Verification| {
        let unpacks = &facts.source.prep.unpacked;
        unpacks
            .iter()
            .any(|unpack| call.data.as_ref() == Some(&unpack.source))
    };
    if calls.iter().any(|call| unpacked(&call)) || facts.source.prep.unpacked.is_empty() {
        return;
    }
    for call in calls
        .iter()
        .filter(|call| call.state != VerificationState::CommentedOut)
    {
        if let (true, Some(SourceRef::Number(number))) = (of_tarball(call), &call.data) {
            sink.push_at(
                format!("{}:{}", facts.source.spec_name, call.line),
                format!(
                    "{} verifies Source{number}, which is not what %prep unpacks",
                    call.tool
                ),
                "verify the source that %setup unpacks",
            );
        }
    }
}

use super::{Check, Sink};
use crate::facts::Facts;
use crate::prep::{SourceRef, VerificationState};
use crate::spec::fault::FaultKind;

pub(super) static CHECK: Check<Facts> = Check {
    code: "gpgverify-unclear",
    summary: "the text does not tell what a verification verifies",
    level: tarvet_core::Level::Info,
    since: "0.1.0",
    page: include_str!("gpgverify_unclear.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_faults(facts, sink, &[FaultKind::VerificationUnclear]);
    let tarballs = &facts.unpacking.tarballs;
    for call in &facts.source.prep.verifications {
        let Some(SourceRef::Number(number)) = &call.data else {
            continue;
        };
        if call.state != VerificationState::CommentedOut
            && !tarballs.iter().any(|tarball| tarball.number == *number)
        {
            sink.push_at(
                format!("{}:{}", facts.source.spec_name, call.line),
                format!(
                    "{} verifies Source{number}, which is no tarball of the package",
                    call.tool
                ),
                "if it is a list of digests, that is well; else verify the tarball",
            );
        }
    }
}

use super::{Check, Sink};
use crate::facts::Facts;
use crate::prep::SourceRef;

pub(super) static CHECK: Check<Facts> = Check {
    code: "gpgverify-missing",
    summary: "a signature is shipped and the spec does not verify it",
    level: tarvet_core::Level::Info,
    since: "0.1.0",
    page: include_str!("gpgverify_missing.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    let is_verified = |number: u32| {
        let calls = &facts.source.prep.verifications;
        calls
            .iter()
            .any(|call| call.data == Some(SourceRef::Number(number)))
    };
    for tarball in facts
        .unpacking
        .tarballs
        .iter()
        .filter(|tarball| !tarball.signatures.is_empty())
    {
        if !is_verified(tarball.number) {
            sink.push_at(
                format!("{}:{}", facts.source.spec_name, tarball.line),
                format!(
                    "the signature of {} is shipped, and %prep does not verify it",
                    tarball.name
                ),
                "call %{gpgverify} first in %prep, with keyring, signature and data",
            );
        }
    }
}

use tarvet_core::keyring::SignatureState;

use super::{Check, Sink};
use crate::facts::Facts;

pub(super) static CHECK: Check<Facts> = Check {
    code: "dsc-signature-bad",
    summary: "the signature of the .dsc is wrong",
    level: tarvet_core::Level::Error,
    since: "0.1.0",
    page: include_str!("dsc_signature_bad.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    let wrong = |state| {
        matches!(
            state,
            SignatureState::Bad | SignatureState::Malformed | SignatureState::CertificateRevoked
        )
    };
    for signature in facts.signatures.iter().filter(|signature| wrong(signature.state)) {
        let advice = signature.advice.clone();
        sink.push(
            format!("{}: {}", signature.source, signature.detail),
            advice.unwrap_or_else(|| {
                "get the .dsc again from where it was published; do not build from this one".into()
            }),
        );
    }
}

use tarvet_core::keyring::SignatureState;

use super::{Check, Sink};
use crate::facts::Facts;

pub(super) static CHECK: Check<Facts> = Check {
    code: "srpm-signature-bad",
    summary: "the signature of an SRPM is wrong",
    level: tarvet_core::Level::Error,
    since: "0.1.0",
    page: include_str!("srpm_signature_bad.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    let wrong = |state| {
        matches!(
            state,
            SignatureState::Bad | SignatureState::Malformed | SignatureState::CertificateRevoked
        )
    };
    let envelope = facts.source.envelope.iter();
    let signatures = envelope.flat_map(|envelope| &envelope.signatures);
    for signature in signatures.filter(|signature| wrong(signature.state)) {
        let advice = signature.advice.clone();
        sink.push(
            format!("{}: {}", signature.source, signature.detail),
            advice.unwrap_or_else(|| "fetch the SRPM again; do not build from this one".into()),
        );
    }
}

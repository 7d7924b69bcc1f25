use tarvet_core::keyring::SignatureState;

use super::{Check, Sink};
use crate::facts::Facts;

pub(super) static CHECK: Check<Facts> = Check {
    code: "dsc-unproven",
    summary: "nobody in a keyring vouches for the .dsc",
    level: tarvet_core::Level::Info,
    since: "0.1.0",
    page: include_str!("dsc_unproven.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    if facts.source.package.dsc.is_none() || facts.signatures.iter().any(|s| s.state.is_evidence()) {
        return;
    }
    let wrong = |s: &&tarvet_core::keyring::SignatureReport| {
        matches!(
            s.state,
            SignatureState::Bad | SignatureState::Malformed | SignatureState::CertificateRevoked
        )
    };
    if facts.signatures.iter().any(|s| wrong(&s)) {
        return;
    }
    let message = match facts.signatures.first() {
        None if facts.source.signature().is_some() => {
            "the .dsc is signed, and there is no keyring to check it with".to_owned()
        }
        None => "the .dsc is not signed".to_owned(),
        Some(signature) => format!("the .dsc's signature proves nothing: {}", signature.detail),
    };
    sink.push(
        message,
        "install debian-keyring, or name the uploader's keyring with --dsc-keyring",
    );
}

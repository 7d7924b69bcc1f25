use super::{Check, Sink};
use crate::facts::Facts;
use crate::keyring::SignatureState;

pub(super) static CHECK: Check = Check {
    code: "certificate-expired-at-signing",
    summary: "the keyring says the certificate had expired when it signed",
    level: crate::policy::Level::Warning,
    since: "0.1.0",
    page: include_str!("certificate_expired_at_signing.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_signatures(
        facts,
        sink,
        SignatureState::CertificateExpiredAtSigning,
        "refresh the certificate in the keyring; upstream has probably extended it",
    );
}

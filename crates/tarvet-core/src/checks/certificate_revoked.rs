use super::{Check, Sink};
use crate::facts::Facts;
use crate::keyring::SignatureState;

pub(super) static CHECK: Check = Check {
    code: "certificate-revoked",
    summary: "the signer's certificate is revoked",
    level: crate::policy::Level::Error,
    since: "0.1.0",
    page: include_str!("certificate_revoked.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_signatures(
        facts,
        sink,
        SignatureState::CertificateRevoked,
        "find out why, and which certificate replaces it",
    );
}

use super::{Check, Sink};
use crate::facts::Facts;
use crate::keyring::SignatureState;

pub(super) static CHECK: Check = Check {
    code: "certificate-expired-since",
    summary: "the signer's certificate has expired since it signed",
    level: crate::policy::Level::Info,
    since: "0.1.0",
    page: include_str!("certificate_expired_since.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_signatures(
        facts,
        sink,
        SignatureState::GoodCertificateExpiredSince,
        "refresh the certificate in the keyring",
    );
}

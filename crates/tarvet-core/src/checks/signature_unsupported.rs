use super::{Check, Sink};
use crate::facts::Facts;
use crate::keyring::SignatureState;

pub(super) static CHECK: Check = Check {
    code: "signature-unsupported",
    summary: "a signature of a kind that is not supported",
    level: crate::policy::Level::Warning,
    since: "0.1.0",
    page: include_str!("signature_unsupported.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_signatures(
        facts,
        sink,
        SignatureState::Unsupported,
        "ask upstream for an OpenPGP or SSH signature",
    );
}

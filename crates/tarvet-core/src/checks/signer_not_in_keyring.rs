use super::{Check, Sink};
use crate::facts::Facts;
use crate::keyring::SignatureState;

pub(super) static CHECK: Check = Check {
    code: "signer-not-in-keyring",
    summary: "a signature by somebody who is not in the keyring",
    level: crate::policy::Level::Warning,
    since: "0.1.0",
    page: include_str!("signer_not_in_keyring.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_signatures(
        facts,
        sink,
        SignatureState::UnknownSigner,
        "find out who the signer is before adding them to the keyring",
    );
}

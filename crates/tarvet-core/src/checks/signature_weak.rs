use super::{Check, Sink};
use crate::facts::Facts;
use crate::keyring::SignatureState;

pub(super) static CHECK: Check = Check {
    code: "signature-weak",
    summary: "a signature rests on a broken algorithm",
    level: crate::policy::Level::Warning,
    since: "0.1.0",
    page: include_str!("signature_weak.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_signatures(
        facts,
        sink,
        SignatureState::Weak,
        "ask upstream to sign again with a current certificate",
    );
}

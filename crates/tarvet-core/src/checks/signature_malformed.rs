use super::{Check, Sink};
use crate::facts::Facts;
use crate::keyring::SignatureState;

pub(super) static CHECK: Check = Check {
    code: "signature-malformed",
    summary: "a signature cannot be read as one",
    level: crate::policy::Level::Error,
    since: "0.1.0",
    page: include_str!("signature_malformed.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_signatures(
        facts,
        sink,
        SignatureState::Malformed,
        "get the signature again; leave it out only if upstream has none",
    );
}

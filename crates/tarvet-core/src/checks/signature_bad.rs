use super::{Check, Sink};
use crate::facts::Facts;
use crate::keyring::SignatureState;

pub(super) static CHECK: Check = Check {
    code: "signature-bad",
    summary: "a signature does not match what it is said to sign",
    level: crate::policy::Level::Error,
    since: "0.1.0",
    page: include_str!("signature_bad.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_signatures(
        facts,
        sink,
        SignatureState::Bad,
        "do not build: get tarball and signature again from upstream",
    );
}

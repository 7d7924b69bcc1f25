use super::{Check, Sink};
use crate::facts::Facts;

pub(super) static CHECK: Check<Facts> = Check {
    code: "keyring-missing",
    summary: "the package has no keyring and none was given",
    level: tarvet_core::Level::Warning,
    since: "0.1.0",
    page: include_str!("keyring_missing.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    if facts.keyring_given || !facts.keyrings.is_empty() {
        return;
    }
    sink.push(
        "nobody's signatures can be checked: there is no debian/upstream/signing-key.asc and no debian/upstream/allowed-signers",
        "add upstream's certificates to the package, or give a keyring with --keyring",
    );
}

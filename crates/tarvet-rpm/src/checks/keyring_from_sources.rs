use super::{Check, Sink};
use crate::facts::Facts;

pub(super) static CHECK: Check<Facts> = Check {
    code: "keyring-from-sources",
    summary: "signatures are checked with a keyring that is a Source",
    level: tarvet_core::Level::Info,
    since: "0.1.0",
    page: include_str!("keyring_from_sources.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    if facts.keyring_given || facts.keyrings.is_empty() {
        return;
    }
    sink.push(
        format!(
            "the keyring is the package's own ({}): whoever made the package chose whom to trust",
            facts.keyrings.join(", ")
        ),
        "compare it with the one of the previous version, or give a keyring of your own with --keyring",
    );
}

use super::{Check, Sink};
use crate::facts::Facts;

pub(super) static CHECK: Check<Facts> = Check {
    code: "keyring-source-malformed",
    summary: "a keyring among the Sources cannot be used, or there are several",
    level: tarvet_core::Level::Warning,
    since: "0.1.0",
    page: include_str!("keyring_source_malformed.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    for (name, why) in &facts.keyring_faults {
        sink.push_at(
            name.as_str(),
            why.clone(),
            "export upstream's certificate again, armored or binary",
        );
    }
    let keyrings = facts.source.key_sources();
    let several: Vec<String> = keyrings
        .iter()
        .filter(|keyring| keyring.name.ends_with(b".keyring"))
        .map(|keyring| keyring.name.to_string())
        .collect();
    if several.len() > 1 {
        sink.push(
            format!(
                "several keyrings: {}; each of them is trusted",
                several.join(", ")
            ),
            "keep one, named after the package",
        );
    }
}

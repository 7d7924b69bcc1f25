use super::{Check, Sink};
use crate::facts::Facts;
use crate::package::SETTINGS;

pub(super) static CHECK: Check<Facts> = Check {
    code: "spec-settings-malformed",
    summary: "the tarvet.toml beside the spec cannot be read",
    level: tarvet_core::Level::Error,
    since: "0.1.0",
    page: include_str!("spec_settings_malformed.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    if let Err(error) = &facts.source.settings {
        sink.push_at(
            SETTINGS,
            error.message.clone(),
            "mend the file; tarvet.toml(5) has every key",
        );
    }
}

use super::{Check, Sink};
use crate::facts::Facts;

pub(super) static CHECK: Check<Facts> = Check {
    code: "settings-malformed",
    summary: "debian/tarvet.toml cannot be read",
    level: tarvet_core::Level::Error,
    since: "0.1.0",
    page: include_str!("settings_malformed.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    if let Err(error) = &facts.source.settings {
        sink.push_at(
            crate::source::SETTINGS,
            error.message.clone(),
            "mend the file; tarvet.toml(5) has every key",
        );
    }
}

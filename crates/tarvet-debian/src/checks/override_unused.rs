use super::{Check, Sink};
use crate::facts::Facts;

pub(super) static CHECK: Check<Facts> = Check {
    code: "override-unused",
    summary: "an override that silences nothing",
    level: tarvet_core::Level::Warning,
    since: "0.1.0",
    page: include_str!("override_unused.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    for unused in &facts.unused_overrides {
        let why = match unused.mismatched {
            true => "there is such a finding, with another context",
            false => "there is no such finding",
        };
        sink.push_at(
            format!("{}:{}", unused.file, unused.line),
            format!("{}: {why}", unused.text),
            "take the line out, or adapt its context",
        );
    }
}

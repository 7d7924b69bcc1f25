use super::{Check, Sink};
use crate::facts::Facts;

pub(super) static CHECK: Check<Facts> = Check {
    code: "spec-version-unresolved",
    summary: "name or version are known only by running the spec",
    level: tarvet_core::Level::Warning,
    since: "0.1.0",
    page: include_str!("spec_version_unresolved.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    let source = &facts.source;
    for (what, known) in [("Name", &source.name), ("Version", &source.version)] {
        if known.is_none() {
            sink.push_at(
                source.spec_name.clone(),
                format!("{what}: cannot be told without running the spec"),
                "say what the macro is with --define NAME=VALUE, name the tag with --tag, or write it out in the spec",
            );
        }
    }
}

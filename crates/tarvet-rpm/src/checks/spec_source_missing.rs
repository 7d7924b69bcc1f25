use super::{Check, Sink};
use crate::facts::Facts;
use crate::package::Absent;

pub(super) static CHECK: Check<Facts> = Check {
    code: "spec-source-missing",
    summary: "a file that the spec names is not there",
    level: tarvet_core::Level::Warning,
    since: "0.1.0",
    page: include_str!("spec_source_missing.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    for absent in facts.unpacking.absent.iter().filter(|absent| absent.is_needed) {
        let Absent {
            name, number, line, ..
        } = absent;
        sink.push_at(
            format!("{}:{line}", facts.source.spec_name),
            format!("Source{number}, {name}, is not there"),
            "fetch it beside the spec (spectool -g, fedpkg sources, osc service run), or say where it is with --sources",
        );
    }
}

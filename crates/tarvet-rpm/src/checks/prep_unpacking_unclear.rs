use super::{Check, Sink};
use crate::facts::Facts;

pub(super) static CHECK: Check<Facts> = Check {
    code: "prep-unpacking-unclear",
    summary: "the text does not tell all that is unpacked",
    level: tarvet_core::Level::Warning,
    since: "0.1.0",
    page: include_str!("prep_unpacking_unclear.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    for (line, what) in &facts.unpacking.unclear {
        sink.push_at(
            format!("{}:{line}", facts.source.spec_name),
            what.clone(),
            "name sources by their numbers, and have them as tarballs; until then the package is not proven",
        );
    }
}

use super::{Check, Sink};
use crate::facts::Facts;

pub(super) static CHECK: Check<Facts> = Check {
    code: "packaging-file-malformed",
    summary: "a line of a packaging file that its format does not allow, or that has no effect",
    level: tarvet_core::Level::Warning,
    since: "0.1.0",
    page: include_str!("packaging_file_malformed.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    for (file, line, message) in &facts.source.packaging_faults {
        let place = match line {
            0 => file.clone(),
            line => format!("{file}:{line}"),
        };
        sink.push_at(place, message.clone(), "mend the line");
    }
}

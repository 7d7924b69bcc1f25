use super::{Check, Sink};
use crate::facts::Facts;

pub(super) static CHECK: Check<Facts> = Check {
    code: "version-disagrees",
    summary: "debian/changelog and the .dsc name different packages or versions",
    level: tarvet_core::Level::Error,
    since: "0.1.0",
    page: include_str!("version_disagrees.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    if let Some((dsc, changelog)) = &facts.version_disagrees {
        sink.push_at(
            "debian/changelog",
            format!("the .dsc says {dsc}, the first entry of the changelog says {changelog}"),
            "have the source package made anew",
        );
    }
}

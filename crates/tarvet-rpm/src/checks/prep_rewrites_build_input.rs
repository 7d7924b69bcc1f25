use super::{Check, Sink};
use crate::facts::Facts;

pub(super) static CHECK: Check<Facts> = Check {
    code: "prep-rewrites-build-input",
    summary: "%prep writes over files that make the build",
    level: tarvet_core::Level::Warning,
    since: "0.1.0",
    page: include_str!("prep_rewrites_build_input.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_writes(
        facts,
        sink,
        true,
        "commands of %prep write over files that make the build",
        "make it a patch, which says what it changes; what was checked is the tarball as upstream made it",
    );
}

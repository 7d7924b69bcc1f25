use super::{Check, Sink};
use crate::facts::Facts;

pub(super) static CHECK: Check<Facts> = Check {
    code: "prep-rewrites-source",
    summary: "%prep writes over upstream's files",
    level: tarvet_core::Level::Info,
    since: "0.1.0",
    page: include_str!("prep_rewrites_source.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_writes(
        facts,
        sink,
        false,
        "commands of %prep write over the source",
        "what was checked is the tarball as upstream made it; read these lines yourself",
    );
}

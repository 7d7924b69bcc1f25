use super::{Check, Sink};
use crate::facts::Facts;
use crate::upstream::FaultKind;

pub(super) static CHECK: Check = Check {
    code: "tag-names-other-version",
    summary: "the signed tag names another release than the one wanted",
    level: crate::policy::Level::Error,
    since: "0.1.0",
    page: include_str!("tag_names_other_version.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_faults(
        facts,
        sink,
        FaultKind::TagNamesOther,
        "do not build: fetch the right tag, or find out who moved it",
    );
}

use super::{Check, Sink};
use crate::facts::Facts;
use crate::upstream::FaultKind;

pub(super) static CHECK: Check = Check {
    code: "replace-refs-present",
    summary: "the repository replaces objects by others",
    level: crate::policy::Level::Warning,
    since: "0.1.0",
    page: include_str!("replace_refs_present.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_faults(
        facts,
        sink,
        FaultKind::ReplacementsPresent,
        "remove refs/replace and info/grafts from the repository, or use a fresh clone",
    );
}

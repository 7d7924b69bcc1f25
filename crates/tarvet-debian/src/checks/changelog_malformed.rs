use super::{Check, Sink};
use crate::dsc::FaultKind;
use crate::facts::Facts;

pub(super) static CHECK: Check<Facts> = Check {
    code: "changelog-malformed",
    summary: "debian/changelog does not begin with an entry",
    level: tarvet_core::Level::Error,
    since: "0.1.0",
    page: include_str!("changelog_malformed.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_faults(facts, sink, &[FaultKind::ChangelogMalformed]);
}

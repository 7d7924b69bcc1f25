use super::{Check, Sink};
use crate::escape::has_deceptive;
use crate::facts::Facts;

pub(super) static CHECK: Check = Check {
    code: "deceptive-name",
    summary: "a member's name holds characters that deceive its reader",
    level: crate::policy::Level::Warning,
    since: "0.1.0",
    page: include_str!("deceptive_name.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    for member in facts
        .tarball
        .manifest
        .members
        .iter()
        .filter(|member| has_deceptive(&member.path))
    {
        sink.push_at(
            member.path.clone(),
            "the name holds control, bidirectional or invisible characters",
            "read the name in its escaped form",
        );
    }
}

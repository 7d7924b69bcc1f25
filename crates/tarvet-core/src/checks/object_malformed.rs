use super::{Check, Sink};
use crate::facts::Facts;
use crate::upstream::FaultKind;

pub(super) static CHECK: Check = Check {
    code: "object-malformed",
    summary: "a tag or commit is not in the form that git writes",
    level: crate::policy::Level::Error,
    since: "0.1.0",
    page: include_str!("object_malformed.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_faults(
        facts,
        sink,
        FaultKind::ObjectMalformed,
        "do not build: ask upstream how the object came to be",
    );
}

use super::{Check, Sink};
use crate::facts::Facts;
use crate::upstream::FaultKind;

pub(super) static CHECK: Check = Check {
    code: "object-of-wrong-kind",
    summary: "an object is of another kind than the one above it says",
    level: crate::policy::Level::Error,
    since: "0.1.0",
    page: include_str!("object_of_wrong_kind.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_faults(
        facts,
        sink,
        FaultKind::WrongKind,
        "ask for the tag of a commit, or give the right submodule path",
    );
}

use super::{Check, Sink};
use crate::facts::Facts;
use crate::upstream::FaultKind;

pub(super) static CHECK: Check = Check {
    code: "object-missing",
    summary: "an object that is needed is not in the repository or proof",
    level: crate::policy::Level::Error,
    since: "0.1.0",
    page: include_str!("object_missing.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_faults(
        facts,
        sink,
        FaultKind::ObjectMissing,
        "fetch the whole tag (a shallow clone is enough), or make the proof again",
    );
}

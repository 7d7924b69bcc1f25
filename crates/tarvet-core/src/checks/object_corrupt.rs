use super::{Check, Sink};
use crate::facts::Facts;
use crate::upstream::FaultKind;

pub(super) static CHECK: Check = Check {
    code: "object-corrupt",
    summary: "an object of the repository or proof is not what its id says",
    level: crate::policy::Level::Error,
    since: "0.1.0",
    page: include_str!("object_corrupt.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_faults(
        facts,
        sink,
        FaultKind::ObjectCorrupt,
        "fetch a fresh clone, or make the proof again from one",
    );
}

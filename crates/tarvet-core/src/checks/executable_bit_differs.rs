use super::{Check, Sink};
use crate::facts::Facts;

pub(super) static CHECK: Check = Check {
    code: "executable-bit-differs",
    summary: "a file is executable on one side only",
    level: crate::policy::Level::Warning,
    since: "0.1.0",
    page: include_str!("executable_bit_differs.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    for difference in facts
        .comparison
        .differences
        .iter()
        .filter(|difference| difference.executable_bit_differs)
    {
        sink.push_at(
            difference.path.clone(),
            difference.detail.clone(),
            "ask upstream which one is meant",
        );
    }
}

use super::{Check, Sink};
use crate::facts::Facts;
use crate::upstream::FaultKind;

pub(super) static CHECK: Check = Check {
    code: "upstream-limit-exceeded",
    summary: "reading upstream would cost more than the limits allow",
    level: crate::policy::Level::Error,
    since: "0.1.0",
    page: include_str!("upstream_limit_exceeded.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_faults(
        facts,
        sink,
        FaultKind::Limit,
        "check that this is the right upstream; then raise the limit",
    );
}

use super::{Check, Sink};
use crate::facts::Facts;
use crate::origin::Origin;

pub(super) static CHECK: Check = Check {
    code: "file-missing",
    summary: "a file of the signed tree is not in the tarball",
    level: crate::policy::Level::Warning,
    since: "0.1.0",
    page: include_str!("file_missing.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_differences(
        facts,
        sink,
        Origin::Missing,
        "nothing, if `make dist` leaves it out; else ask upstream",
    );
}

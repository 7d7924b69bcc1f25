use super::{Check, Sink};
use crate::facts::Facts;
use crate::origin::Origin;

pub(super) static CHECK: Check = Check {
    code: "file-not-upstream",
    summary: "a member that the signed tree does not account for",
    level: crate::policy::Level::Error,
    since: "0.1.0",
    page: include_str!("file_not_upstream.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_differences(
        facts,
        sink,
        Origin::Unexplained,
        "ask upstream how the file gets into the tarball",
    );
}

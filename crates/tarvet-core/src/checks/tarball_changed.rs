use super::{Check, Sink};
use crate::facts::Facts;

pub(super) static CHECK: Check = Check {
    code: "tarball-changed",
    summary: "the tarball changed while it was being checked",
    level: crate::policy::Level::Error,
    since: "0.1.0",
    page: include_str!("tarball_changed.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    if facts.tarball_changed {
        sink.push(
            format!(
                "{}: two readings of the file gave different bytes",
                facts.tarball_path
            ),
            "check a file that nobody else writes to",
        );
    }
}

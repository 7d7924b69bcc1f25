use super::{Check, Sink};
use crate::facts::Facts;
use tarvet_archive::OddityClass;

pub(super) static CHECK: Check = Check {
    code: "archive-limit-exceeded",
    summary: "reading the tarball would cost more than the limits allow",
    level: crate::policy::Level::Error,
    since: "0.1.0",
    page: include_str!("archive_limit_exceeded.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_oddities(
        facts,
        sink,
        OddityClass::Limit,
        "if the tarball is honest, raise the limit that the message names",
    );
}

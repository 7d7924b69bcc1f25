use super::{Check, Sink};
use crate::facts::Facts;
use tarvet_archive::OddityClass;

pub(super) static CHECK: Check = Check {
    code: "archive-member-unsafe",
    summary: "a member that no source archive should hold",
    level: crate::policy::Level::Error,
    since: "0.1.0",
    page: include_str!("archive_member_unsafe.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_oddities(facts, sink, OddityClass::Unsafe, "do not unpack it; ask upstream");
}

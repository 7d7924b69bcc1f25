use super::{Check, Sink};
use crate::facts::Facts;
use tarvet_archive::OddityClass;

pub(super) static CHECK: Check = Check {
    code: "archive-stowaway",
    summary: "the tarball carries bytes that are in no member",
    level: crate::policy::Level::Warning,
    since: "0.1.0",
    page: include_str!("archive_stowaway.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_oddities(
        facts,
        sink,
        OddityClass::Stowaway,
        "ask upstream for a tarball without them",
    );
}

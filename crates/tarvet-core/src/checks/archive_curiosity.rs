use super::{Check, Sink};
use crate::facts::Facts;
use tarvet_archive::OddityClass;

pub(super) static CHECK: Check = Check {
    code: "archive-curiosity",
    summary: "something unusual about the tarball that harms nobody",
    level: crate::policy::Level::Info,
    since: "0.1.0",
    page: include_str!("archive_curiosity.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_oddities(facts, sink, OddityClass::Curious, "nothing");
}

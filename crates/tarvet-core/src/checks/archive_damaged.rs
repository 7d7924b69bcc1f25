use super::{Check, Sink};
use crate::facts::Facts;
use tarvet_archive::OddityClass;

pub(super) static CHECK: Check = Check {
    code: "archive-damaged",
    summary: "the tarball is truncated or damaged",
    level: crate::policy::Level::Error,
    since: "0.1.0",
    page: include_str!("archive_damaged.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_oddities(
        facts,
        sink,
        OddityClass::Corrupt,
        "download it again; if it stays damaged, tell upstream",
    );
}

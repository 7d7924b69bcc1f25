use super::{Check, Sink};
use crate::facts::Facts;
use tarvet_archive::OddityClass;

pub(super) static CHECK: Check = Check {
    code: "archive-ambiguous",
    summary: "programs that read tar disagree on what the tarball holds",
    level: crate::policy::Level::Error,
    since: "0.1.0",
    page: include_str!("archive_ambiguous.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_oddities(
        facts,
        sink,
        OddityClass::Ambiguous,
        "do not build: ask upstream for a clean tarball",
    );
}

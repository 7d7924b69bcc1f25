use super::{Check, Sink};
use crate::facts::Facts;
use tarvet_archive::OddityClass;

pub(super) static CHECK: Check = Check {
    code: "archive-name-mismatch",
    summary: "the file name promises another compression than the contents have",
    level: crate::policy::Level::Warning,
    since: "0.1.0",
    page: include_str!("archive_name_mismatch.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_oddities(
        facts,
        sink,
        OddityClass::NameMismatch,
        "rename the file, or ask upstream which one is right",
    );
}

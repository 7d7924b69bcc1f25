use super::{Check, Sink};
use crate::facts::Facts;
use tarvet_archive::OddityClass;

pub(super) static CHECK: Check = Check {
    code: "archive-attributes",
    summary: "a member carries attributes that act when it is unpacked",
    level: crate::policy::Level::Warning,
    since: "0.1.0",
    page: include_str!("archive_attributes.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_oddities(
        facts,
        sink,
        OddityClass::Attributes,
        "unpack without preserving permissions or attributes, and ask upstream",
    );
}

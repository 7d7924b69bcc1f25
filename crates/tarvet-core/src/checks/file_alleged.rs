use super::{Check, Sink};
use crate::facts::Facts;
use crate::origin::Origin;

pub(super) static CHECK: Check = Check {
    code: "file-alleged",
    summary: "a generated file, by its looks; nothing proves it",
    level: crate::policy::Level::Warning,
    since: "0.1.0",
    page: include_str!("file_alleged.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    // With a package at hand, generated-file-not-rebuilt knows more.
    if facts.packaged.has_build {
        return;
    }
    super::push_differences(
        facts,
        sink,
        Origin::Alleged,
        "have the build make these files anew from what they are made from, instead of using them as they are",
    );
}

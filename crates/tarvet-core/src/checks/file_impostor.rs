use super::{Check, Sink};
use crate::facts::Facts;
use crate::origin::Origin;

pub(super) static CHECK: Check = Check {
    code: "file-impostor",
    summary: "a file passes itself off as a standard build file and is none that was published",
    level: crate::policy::Level::Error,
    since: "0.1.0",
    page: include_str!("file_impostor.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_differences(
        facts,
        sink,
        Origin::Impostor,
        "compare it with the published version; do not build before you know who changed it and why",
    );
}

use super::{Check, Sink};
use crate::facts::Facts;
use crate::origin::Origin;

pub(super) static CHECK: Check = Check {
    code: "file-relocated",
    summary: "a file of the signed tree at another path",
    level: crate::policy::Level::Info,
    since: "0.1.0",
    page: include_str!("file_relocated.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_differences(
        facts,
        sink,
        Origin::Relocated,
        "nothing, unless the place decides what the file does",
    );
}

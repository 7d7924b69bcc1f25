use super::{Check, Sink};
use crate::facts::Facts;
use crate::origin::Origin;

pub(super) static CHECK: Check = Check {
    code: "file-modified",
    summary: "a file of the signed tree has other bytes in the tarball",
    level: crate::policy::Level::Error,
    since: "0.1.0",
    page: include_str!("file_modified.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_differences(
        facts,
        sink,
        Origin::Modified,
        "compare the two: git show TAG:PATH against the member",
    );
}

use super::{Check, Sink};
use crate::facts::Facts;

pub(super) static CHECK: Check = Check {
    code: "excluded-file-present",
    summary: "a file that Files-Excluded leaves out is in the tarball",
    level: crate::policy::Level::Warning,
    since: "0.1.0",
    page: include_str!("excluded_file_present.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    for (path, pattern) in &facts.packaged.not_excluded {
        sink.push_at(
            path.clone(),
            format!("it matches {pattern}, which leaves it out, and is in the tarball"),
            "repack the tarball (mk-origtargz), or take the pattern out of debian/copyright",
        );
    }
}

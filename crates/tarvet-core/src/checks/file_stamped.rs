use super::{Check, Sink};
use crate::facts::Facts;
use crate::origin::Origin;

pub(super) static CHECK: Check = Check {
    code: "file-stamped",
    summary: "a file in which the release wrote its version, date or commit",
    level: crate::policy::Level::Info,
    since: "0.1.0",
    page: include_str!("file_stamped.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    let differences = facts.comparison.differences.iter();
    let stamped = differences.filter(|d| d.origin == Origin::Derived && !d.explanation.lines.is_empty());
    for difference in stamped {
        sink.push_at(
            difference.path.clone(),
            difference.detail.clone(),
            "nothing, unless one of the lines surprises you",
        );
    }
}

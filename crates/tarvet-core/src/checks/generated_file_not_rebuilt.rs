use tarvet_origin::rebuild::Fate;

use super::{Check, Sink};
use crate::facts::Facts;

pub(super) static CHECK: Check = Check {
    code: "generated-file-not-rebuilt",
    summary: "a generated file that the build uses as it is, or may",
    level: crate::policy::Level::Warning,
    since: "0.1.0",
    page: include_str!("generated_file_not_rebuilt.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    for (index, fate) in &facts.packaged.fates {
        let Some(difference) = facts.comparison.differences.get(*index) else {
            continue;
        };
        let (message, help) = match fate {
            Fate::Kept { remedy } => (
                format!("{}; the build uses it as it is", difference.detail),
                remedy.clone(),
            ),
            Fate::Open { why } => (
                format!(
                    "{}; cannot tell whether the build makes it anew: {why}",
                    difference.detail
                ),
                EVIDENCE.to_owned(),
            ),
            Fate::Discarded { .. } => continue,
        };
        sink.push_at(difference.path.clone(), message, help);
    }
}

const EVIDENCE: &str =
    "let the build tell: Build-Depends: dh-sequence-tarvet, or `tarvet rebuilt` with the finished packages";

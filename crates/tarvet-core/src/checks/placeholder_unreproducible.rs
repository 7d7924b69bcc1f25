use super::{Check, Sink};
use crate::facts::Facts;

pub(super) static CHECK: Check = Check {
    code: "placeholder-unreproducible",
    summary: "an export-subst placeholder that cannot be computed again",
    level: crate::policy::Level::Info,
    since: "0.1.0",
    page: include_str!("placeholder_unreproducible.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    for (path, what) in &facts.comparison.masked {
        sink.push_at(
            path.clone(),
            what.clone(),
            "ask upstream to use placeholders that do not depend on the repository",
        );
    }
}

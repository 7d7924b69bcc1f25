use super::{Check, Sink};
use crate::facts::Facts;

pub(super) static CHECK: Check = Check {
    code: "acceptance-unused",
    summary: "an accepted file that is not there, or is another file",
    level: crate::policy::Level::Warning,
    since: "0.1.0",
    page: include_str!("acceptance_unused.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    for (acceptance, why) in &facts.packaged.unused {
        sink.push_at(
            acceptance.path.clone(),
            format!("an acceptance matches nothing: {why}"),
            "take the entry out of tarvet.toml, or look at the file again and write down its new SHA-256",
        );
    }
}

use super::{Check, Sink};
use crate::facts::Facts;

pub(super) static CHECK: Check = Check {
    code: "policy-relaxed",
    summary: "the policy was relaxed for this run",
    level: crate::policy::Level::Warning,
    since: "0.1.0",
    page: include_str!("policy_relaxed.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    for relaxation in facts.policy.relaxations() {
        sink.push(
            format!("--{relaxation} is on"),
            "leave it out to see what the strict policy says",
        );
    }
}

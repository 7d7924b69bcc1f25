use super::{Check, Sink};
use crate::facts::Facts;
use crate::package::SERVICE;

pub(super) static CHECK: Check<Facts> = Check {
    code: "service-makes-sources",
    summary: "a source service makes or changes sources after they were checked",
    level: tarvet_core::Level::Warning,
    since: "0.1.0",
    page: include_str!("service_makes_sources.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    for service in facts.source.remaking_services() {
        sink.push_at(
            format!("{SERVICE}:{}", service.line),
            format!("the service {} runs on the server or while building, and may put other files in the place of these", service.name),
            "run it with mode=\"manual\" and commit what it makes",
        );
    }
}

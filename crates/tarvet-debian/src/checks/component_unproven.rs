use super::{Check, Sink};
use crate::facts::Facts;

pub(super) static CHECK: Check<Facts> = Check {
    code: "component-unproven",
    summary: "an additional tarball without proof of where it comes from",
    level: tarvet_core::Level::Warning,
    since: "0.1.0",
    page: include_str!("component_unproven.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    for tarball in facts.tarballs.iter().filter(|tarball| !tarball.has_upstream) {
        let Some(component) = &tarball.tarball.component else {
            continue;
        };
        sink.push_at(
            tarball.tarball.name.clone(),
            "it is unpacked into the source and nothing proves where it comes from",
            format!("ship debian/upstream/{}.{component}.gitproof (tarvet prove), or name a repository in debian/tarvet.toml", facts.name()),
        );
    }
}

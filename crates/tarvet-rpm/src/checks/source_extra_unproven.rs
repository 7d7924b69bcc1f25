use super::{Check, Sink};
use crate::facts::Facts;

pub(super) static CHECK: Check<Facts> = Check {
    code: "source-extra-unproven",
    summary: "a further tarball without proof of where it comes from",
    level: tarvet_core::Level::Warning,
    since: "0.1.0",
    page: include_str!("source_extra_unproven.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    for extra in facts
        .tarballs
        .iter()
        .filter(|one| !one.tarball.is_main && !one.has_upstream)
    {
        let name = &extra.tarball.name;
        sink.push_at(
            format!("{}:{}", facts.source.spec_name, extra.tarball.line),
            format!("{name} is a tarball beside the main one, and nothing proves where it comes from"),
            format!("ship {name}.gitproof as a Source (tarvet prove), or name its proof in tarvet.toml"),
        );
    }
}

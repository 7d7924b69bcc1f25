use super::{Check, Sink};
use crate::facts::Facts;

pub(super) static CHECK: Check<Facts> = Check {
    code: "spec-upstream-unknown",
    summary: "nothing says where upstream's signed tag is",
    level: tarvet_core::Level::Warning,
    since: "0.1.0",
    page: include_str!("spec_upstream_unknown.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    for tarball in facts
        .tarballs
        .iter()
        .filter(|one| one.tarball.is_main && !one.has_upstream)
    {
        let name = &tarball.tarball.name;
        let (message, help) = match &facts.repository {
            Some(url) => (
                format!(
                    "the package ships no proof; upstream may be at {url}, which is not fetched unless you ask"
                ),
                format!("make a proof (tarvet prove) and ship it as a Source; or give --git {url}"),
            ),
            None => (
                "the package ships no proof, and names no repository of upstream's".to_owned(),
                "give --git with upstream's repository, or --proof".to_owned(),
            ),
        };
        sink.push_at(name.clone(), message, help);
    }
}

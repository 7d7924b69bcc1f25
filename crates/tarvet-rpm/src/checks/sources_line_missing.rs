use super::{Check, Sink};
use crate::facts::Facts;
use crate::package::LISTED;

pub(super) static CHECK: Check<Facts> = Check {
    code: "sources-line-missing",
    summary: "a tarball is not in the file sources",
    level: tarvet_core::Level::Warning,
    since: "0.1.0",
    page: include_str!("sources_line_missing.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    let Some(listed) = &facts.source.listed else {
        return;
    };
    for tarball in &facts.unpacking.tarballs {
        if listed.named(tarball.name.as_ref()).next().is_none() {
            sink.push_at(
                LISTED,
                format!("{} is a Source and is not listed", tarball.name),
                "upload it, so that every build has the file that was reviewed",
            );
        }
    }
}

use std::collections::HashSet;

use bstr::BString;

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
    let names: HashSet<&BString> = listed.entries.iter().map(|entry| &entry.name).collect();
    for tarball in &facts.unpacking.tarballs {
        if !names.contains(&tarball.name) {
            sink.push_at(
                LISTED,
                format!("{} is a Source and is not listed", tarball.name),
                "upload it, so that every build has the file that was reviewed",
            );
        }
    }
}

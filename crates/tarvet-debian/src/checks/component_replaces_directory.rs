use super::{Check, Sink};
use crate::facts::Facts;

pub(super) static CHECK: Check<Facts> = Check {
    code: "component-replaces-directory",
    summary: "a component replaces files of upstream's tarball",
    level: tarvet_core::Level::Warning,
    since: "0.1.0",
    page: include_str!("component_replaces_directory.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    for tarball in facts.tarballs.iter().filter(|tarball| tarball.replaces > 0) {
        sink.push_at(
            tarball.tarball.component.clone().unwrap_or_default(),
            format!(
                "{} is unpacked in place of this directory of the main tarball, which has {} files",
                tarball.tarball.name, tarball.replaces
            ),
            "find out whether the component has upstream's files; a component should fill an empty directory or a new one",
        );
    }
}

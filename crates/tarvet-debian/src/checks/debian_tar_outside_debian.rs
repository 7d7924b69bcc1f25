use super::{Check, Sink};
use crate::facts::Facts;

pub(super) static CHECK: Check<Facts> = Check {
    code: "debian-tar-outside-debian",
    summary: "debian.tar has files outside of debian/",
    level: tarvet_core::Level::Error,
    since: "0.1.0",
    page: include_str!("debian_tar_outside_debian.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    for outside in &facts.source.debian.outside {
        sink.push_at(
            outside.path.clone(),
            "it is in debian.tar and not below debian/; dpkg-source unpacks it over upstream's source",
            "take it out; changes to upstream's files belong into debian/patches",
        );
    }
}

use super::{Check, Sink};
use crate::facts::Facts;

pub(super) static CHECK: Check<Facts> = Check {
    code: "repack-undeclared",
    summary: "a tarball that was repacked, and a version that does not say so",
    level: tarvet_core::Level::Warning,
    since: "0.1.0",
    page: include_str!("repack_undeclared.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    let Some(version) = &facts.source.package.version else {
        return;
    };
    let excludes = facts.tarballs.iter().find(|tarball| {
        !facts
            .source
            .exclusions
            .of(tarball.tarball.component.as_deref())
            .is_empty()
    });
    if let Some(tarball) = excludes.filter(|_| !version.is_repacked()) {
        sink.push_at(
            tarball.tarball.name.clone(),
            format!(
                "Files-Excluded takes files out of it, and version {} does not say that it was repacked",
                version.as_str()
            ),
            "add +dfsg, +ds or +repack to the upstream version",
        );
    }
}

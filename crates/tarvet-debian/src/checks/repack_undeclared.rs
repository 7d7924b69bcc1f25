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
    // Patterns that take nothing out of this release are no repacking; and the version speaks of the main tarball only.
    let excludes =
        (facts.tarballs.iter()).find(|tarball| tarball.tarball.component.is_none() && tarball.excluded > 0);
    if let Some(tarball) = excludes.filter(|_| !version.is_repacked()) {
        sink.push_at(
            tarball.tarball.name.clone(),
            format!(
                "Files-Excluded takes {} of its files out, and version {} does not say that it was repacked",
                tarball.excluded,
                version.as_str()
            ),
            "add +dfsg, +ds or +repack to the upstream version",
        );
    }
}

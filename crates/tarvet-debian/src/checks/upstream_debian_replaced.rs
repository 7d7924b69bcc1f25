use super::{Check, Sink};
use crate::facts::Facts;

pub(super) static CHECK: Check<Facts> = Check {
    code: "upstream-debian-replaced",
    summary: "upstream's own debian/ is thrown away",
    level: tarvet_core::Level::Info,
    since: "0.1.0",
    page: include_str!("upstream_debian_replaced.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    for tarball in facts.tarballs.iter().filter(|tarball| tarball.debian_files > 0) {
        sink.push_at(
            "debian",
            format!(
                "{} has {} files below debian/, which dpkg-source removes before it unpacks debian.tar",
                tarball.tarball.name, tarball.debian_files
            ),
            "nothing, as a rule; ask upstream to leave debian/ out of releases",
        );
    }
}

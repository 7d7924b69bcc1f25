use super::{Check, Sink};
use crate::facts::Facts;

pub(super) static CHECK: Check<Facts> = Check {
    code: "build-tree-differs",
    summary: "the unpacked tree is not what dpkg-source makes of the tarballs",
    level: tarvet_core::Level::Error,
    since: "0.1.0",
    page: include_str!("build_tree_differs.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    for (path, what) in &facts.tree_differences {
        sink.push_at(
            path.clone(),
            what.clone(),
            "unpack the source anew with dpkg-source -x, and look where the change comes from",
        );
    }
}

use super::{InTree, Rebuilt};
use crate::checks::{Check, Sink};

pub(super) static CHECK: Check<Rebuilt> = Check {
    code: "generated-file-unchanged",
    summary: "after the build, a generated file is still the tarball's",
    level: crate::policy::Level::Info,
    since: "0.1.0",
    page: include_str!("build_tree.md"),
    run,
};

fn run(rebuilt: &Rebuilt, sink: &mut Sink) {
    for file in &rebuilt.generated {
        if rebuilt.in_tree(file) != Some(InTree::Unchanged) {
            continue;
        }
        let by = match &file.tool {
            Some(tool) => format!("{tool} is said to have made it, and "),
            None => String::new(),
        };
        sink.push_at(
            file.path.clone(),
            format!("{by}the build has left it as it is in the tarball"),
            "if the build uses it, have it made anew; if nothing uses it, nothing needs to be done",
        );
    }
}

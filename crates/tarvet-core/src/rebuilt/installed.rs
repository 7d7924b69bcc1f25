use super::{InTree, Rebuilt};
use crate::checks::{Check, Sink};

pub(super) static CHECK: Check<Rebuilt> = Check {
    code: "generated-file-installed",
    summary: "a generated file of the tarball is in a package as it was",
    level: crate::policy::Level::Warning,
    since: "0.1.0",
    page: include_str!("installed.md"),
    run,
};

fn run(rebuilt: &Rebuilt, sink: &mut Sink) {
    for (index, package, path) in &rebuilt.installed {
        let Some(file) = rebuilt.generated.get(*index) else {
            continue;
        };
        if rebuilt.in_tree(file) == Some(InTree::Rewritten) {
            continue;
        }
        let by = match &file.tool {
            Some(tool) => format!(", which {tool} is said to have made"),
            None => String::new(),
        };
        sink.push_at(
            file.path.clone(),
            format!("{package} has it as {path}, with the tarball's contents{by}"),
            "have the build make it anew: delete it before the build (debian/clean, %prep) and build-depend on the tool",
        );
    }
}

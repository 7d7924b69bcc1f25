use super::{Check, Sink};
use crate::facts::Facts;
use crate::upstream::FaultKind;

pub(super) static CHECK: Check = Check {
    code: "tag-ref-symbolic",
    summary: "the tag is a symbolic ref",
    level: crate::policy::Level::Error,
    since: "0.1.0",
    page: include_str!("tag_ref_symbolic.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_faults(
        facts,
        sink,
        FaultKind::SymbolicTag,
        "fetch the tag again; a tag must name its object itself",
    );
}

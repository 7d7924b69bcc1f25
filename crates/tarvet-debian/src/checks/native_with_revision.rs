use super::{Check, Sink};
use crate::dsc::FaultKind;
use crate::facts::Facts;

pub(super) static CHECK: Check<Facts> = Check {
    code: "native-with-revision",
    summary: "a native package whose version has a Debian revision",
    level: tarvet_core::Level::Warning,
    since: "0.1.0",
    page: include_str!("native_with_revision.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_faults(facts, sink, &[FaultKind::NativeWithRevision]);
}

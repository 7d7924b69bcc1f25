use super::{Check, Sink};
use crate::facts::Facts;
use crate::upstream::FaultKind;

pub(super) static CHECK: Check = Check {
    code: "signature-block-odd",
    summary: "a tag has several signature blocks, or text behind its signature",
    level: crate::policy::Level::Warning,
    since: "0.1.0",
    page: include_str!("signature_block_odd.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_faults(
        facts,
        sink,
        FaultKind::SignatureOddity,
        "read the tag with git cat-file and ask upstream if the text surprises you",
    );
}

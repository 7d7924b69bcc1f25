use super::{Check, Sink};
use crate::facts::Facts;
use crate::patches::PatchFaultKind;

pub(super) static CHECK: Check<Facts> = Check {
    code: "patch-series-odd",
    summary: "a series that depends on who unpacks",
    level: tarvet_core::Level::Warning,
    since: "0.1.0",
    page: include_str!("patch_series_odd.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_patches(
        facts,
        sink,
        &[PatchFaultKind::VendorSeries, PatchFaultKind::SeriesOption],
    );
}

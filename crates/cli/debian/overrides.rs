//! debian/source/lintian-overrides: what it silences, and which of its lines silence nothing.

use std::collections::BTreeMap;

use tarvet_core::report::PackageReport;
use tarvet_core::{Level, checks};
use tarvet_debian::overrides::{Overrides, PLACES};
use tarvet_debian::{Facts, UnusedOverride};

use crate::lintian::{context, tag};

/// Silences findings, then tells of overrides that match none.
pub fn apply(report: &mut PackageReport, facts: &mut Facts, levels: &BTreeMap<String, Level>) {
    let overrides = std::mem::take(&mut facts.source.overrides);
    let told: Vec<(String, String)> = report
        .all_findings()
        .map(|finding| (tag(finding.code), context(finding)))
        .collect();
    report.silence(|finding| {
        let found = overrides.find(&tag(finding.code), &context(finding))?;
        Some(found.justification.clone())
    });
    facts.unused_overrides = unused(&overrides, facts, &told);
    let only: Vec<_> = tarvet_debian::checks::ALL
        .iter()
        .copied()
        .filter(|check| check.code == "override-unused")
        .collect();
    report.add(checks::run(&only, facts, levels));
    facts.source.overrides = overrides;
}

fn unused(overrides: &Overrides, facts: &Facts, told: &[(String, String)]) -> Vec<UnusedOverride> {
    let file = PLACES
        .iter()
        .find(|place| facts.source.debian_file(place).is_some())
        .unwrap_or(&PLACES[0]);
    let told = told.iter().map(|(tag, context)| (tag.as_str(), context.as_str()));
    let one = |unused: &tarvet_debian::overrides::Unused<'_>| UnusedOverride {
        file: (*file).to_owned(),
        line: unused.line.line,
        text: format!("{} {}", unused.line.tag, unused.line.pattern)
            .trim_end()
            .to_owned(),
        mismatched: unused.mismatched,
    };
    overrides.unused(told).iter().map(one).collect()
}

use tarvet_archive::OddityClass;

use super::{Check, Sink};
use crate::dsc::FaultKind;
use crate::facts::Facts;

pub(super) static CHECK: Check<Facts> = Check {
    code: "debian-dir-unreadable",
    summary: "debian/ could not be read in full",
    level: tarvet_core::Level::Error,
    since: "0.1.0",
    page: include_str!("debian_dir_unreadable.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    super::push_faults(facts, sink, &[FaultKind::DebianDirUnreadable]);
    let told = |class| {
        matches!(
            class,
            OddityClass::Ambiguous | OddityClass::Unsafe | OddityClass::Corrupt | OddityClass::Limit
        )
    };
    for oddity in facts
        .source
        .debian
        .oddities
        .iter()
        .filter(|oddity| told(oddity.class))
    {
        let message = format!("{}: {}", oddity.code, oddity.detail);
        match &oddity.member {
            Some(member) => sink.push_at(member.clone(), message, HELP),
            None => sink.push(message, HELP),
        }
    }
}

const HELP: &str = "have the source package made anew by dpkg-source";

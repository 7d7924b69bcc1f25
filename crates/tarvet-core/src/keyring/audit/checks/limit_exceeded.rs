use super::{Check, Level, Sink};
use crate::keyring::audit::Audit;

pub(super) static CHECK: Check<Audit> = Check {
    code: "keyring-limit-exceeded",
    summary: "the file is too large to be read whole",
    level: Level::Error,
    since: "0.1.0",
    page: include_str!("limit_exceeded.md"),
    run,
};

fn run(audit: &Audit, sink: &mut Sink) {
    for words in &audit.limits {
        sink.push(
            words.clone(),
            "split the file, or strip it: gpg --armor --import-options import-export,import-minimal --import FILE > NEW",
        );
    }
    for held in audit.certificates.iter().filter(|held| held.overfull) {
        sink.push(
            format!(
                "{}: {}",
                held.called(),
                held.why.as_deref().unwrap_or("it is too large")
            ),
            "get a clean copy from upstream; this one was not judged",
        );
    }
}

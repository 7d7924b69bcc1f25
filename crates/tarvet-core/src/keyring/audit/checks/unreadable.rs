use super::{Check, Level, Sink};
use crate::keyring::audit::Audit;

pub(super) static CHECK: Check<Audit> = Check {
    code: "keyring-unreadable",
    summary: "a file that should hold the keyring could not be read",
    level: Level::Error,
    since: "0.1.0",
    page: include_str!("unreadable.md"),
    run,
};

fn run(audit: &Audit, sink: &mut Sink) {
    if let Some(words) = &audit.trouble {
        sink.push(
            words.clone(),
            "look at the file or the package with another tool; nothing of it was judged",
        );
    }
}

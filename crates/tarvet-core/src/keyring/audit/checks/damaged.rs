use super::{Check, Level, Sink};
use crate::keyring::audit::Audit;

pub(super) static CHECK: Check<Audit> = Check {
    code: "keyring-damaged",
    summary: "part of the file cannot be read",
    level: Level::Error,
    since: "0.1.0",
    page: include_str!("damaged.md"),
    run,
};

fn run(audit: &Audit, sink: &mut Sink) {
    if audit.is_barren() && audit.secrets.is_empty() {
        return;
    }
    for words in &audit.damage {
        sink.push(
            words.clone(),
            "get a clean copy from upstream; what is behind the damage is not used",
        );
    }
    for held in audit.certificates.iter().filter(|held| held.unreadable > 0) {
        sink.push(
            format!(
                "{}: {} packets of it cannot be read",
                held.called(),
                held.unreadable
            ),
            held.naming("get a clean copy from upstream (gpg --recv-keys FINGERPRINT)"),
        );
    }
}

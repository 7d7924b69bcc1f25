use super::{Check, Level, Sink};
use crate::keyring::audit::Audit;
use crate::keyring::report::day;

pub(super) static CHECK: Check<Audit> = Check {
    code: "keyring-certificate-revoked",
    summary: "the certificate is revoked",
    level: Level::Error,
    since: "0.1.0",
    page: include_str!("certificate_revoked.md"),
    run,
};

fn run(audit: &Audit, sink: &mut Sink) {
    for held in &audit.certificates {
        let Some(revocation) = &held.revocation else {
            continue;
        };
        let when = revocation.time.map_or_else(|| "an unknown date".to_owned(), day);
        let reach = if revocation.hard {
            "no signature by it counts, whatever its date"
        } else {
            "signatures from before that day still count"
        };
        sink.push(
            format!("{}: revoked on {when} ({}); {reach}", held.called(), revocation.reason),
            "find out from upstream which certificate replaces it, and take this one out once no release needs it",
        );
    }
}

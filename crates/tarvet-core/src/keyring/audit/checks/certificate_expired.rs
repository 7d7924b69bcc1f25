use super::{Check, Level, Sink};
use crate::keyring::audit::{Audit, Standing};
use crate::keyring::report::day;

pub(super) static CHECK: Check<Audit> = Check {
    code: "keyring-certificate-expired",
    summary: "the copy of the certificate or key has expired",
    level: Level::Warning,
    since: "0.1.0",
    page: include_str!("certificate_expired.md"),
    run,
};

fn run(audit: &Audit, sink: &mut Sink) {
    for held in &audit.certificates {
        let expired = held.expires.filter(|end| *end <= audit.now);
        if let (Some(end), Standing::Expired | Standing::RefusedSha1 | Standing::RefusedWeak) =
            (expired, held.standing)
        {
            sink.push(
                format!("{}: this copy expired on {}", held.called(), day(end)),
                held.naming("get a newer copy (gpg --recv-keys FINGERPRINT, or sq network search FINGERPRINT): most owners have \
                 extended theirs"),
            );
        }
    }
    for key in &audit.keys {
        if let Some(end) = key.valid_before.filter(|end| *end <= audit.now) {
            sink.push(
                format!(
                    "line {}: {} {}: valid until {}",
                    key.line,
                    key.identity,
                    key.fingerprint,
                    day(end)
                ),
                "keep the line for older releases, and ask upstream who signs now",
            );
        }
    }
}

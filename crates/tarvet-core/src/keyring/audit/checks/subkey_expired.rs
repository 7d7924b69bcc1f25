use super::{Check, Level, Sink};
use crate::keyring::audit::{Audit, Standing};
use crate::keyring::report::day;

pub(super) static CHECK: Check<Audit> = Check {
    code: "keyring-subkey-expired",
    summary: "the certificate lives, but every key of it that may sign has expired",
    level: Level::Warning,
    since: "0.1.0",
    page: include_str!("subkey_expired.md"),
    run,
};

fn run(audit: &Audit, sink: &mut Sink) {
    for held in audit
        .certificates
        .iter()
        .filter(|held| held.standing == Standing::Expired)
    {
        if held.expires.is_some_and(|end| end <= audit.now) {
            continue;
        }
        let last = held
            .keys
            .iter()
            .filter(|key| key.for_signing && key.expired)
            .max_by_key(|key| key.expires);
        if let Some((key, end)) = last.and_then(|key| Some((key, key.expires?))) {
            sink.push(
                format!(
                    "{}: its last signing key {} expired on {}",
                    held.called(),
                    key.fingerprint,
                    day(end)
                ),
                "get a newer copy (sq network search FINGERPRINT): the owner has most likely a new subkey",
            );
        }
    }
}

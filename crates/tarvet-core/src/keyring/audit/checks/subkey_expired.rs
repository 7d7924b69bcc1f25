use super::{Check, Level, Sink};
use crate::keyring::audit::{Audit, CertificateFacts, Standing};
use crate::keyring::report::day;

pub(super) static CHECK: Check<Audit> = Check {
    code: "keyring-subkey-expired",
    summary: "the certificate lives, but its signing subkeys have expired",
    level: Level::Warning,
    since: "0.1.0",
    page: include_str!("subkey_expired.md"),
    run,
};

fn run(audit: &Audit, sink: &mut Sink) {
    let lives = |held: &&CertificateFacts| matches!(held.standing, Standing::CanSign | Standing::Expired);
    for held in audit.certificates.iter().filter(lives) {
        let of_subkeys = || held.keys.iter().filter(|key| !key.primary && key.for_signing);
        if held.expires.is_some_and(|end| end <= audit.now) || of_subkeys().any(|key| key.signs_now) {
            continue;
        }
        let last = of_subkeys()
            .filter(|key| key.expired && key.revocation.is_none())
            .max_by_key(|key| key.expires);
        if let Some((key, end)) = last.and_then(|key| Some((key, key.expires?))) {
            sink.push(
                format!(
                    "{}: its last signing subkey {} expired on {}",
                    held.called(),
                    key.fingerprint,
                    day(end)
                ),
                held.naming(
                    "get a newer copy (gpg --recv-keys FINGERPRINT): the owner has most likely a new subkey",
                ),
            );
        }
    }
}

use super::{Check, Level, Sink};
use crate::keyring::audit::{Audit, KeyFacts, Standing};
use crate::keyring::report::day;
use jiff::Timestamp;

pub(super) static CHECK: Check<Audit> = Check {
    code: "keyring-certificate-expires-soon",
    summary: "the copy of the certificate expires within ninety days",
    level: Level::Info,
    since: "0.1.0",
    page: include_str!("certificate_expires_soon.md"),
    run,
};

/// What "soon" is, in seconds.
const SOON: i64 = 90 * 86_400;

fn run(audit: &Audit, sink: &mut Sink) {
    for held in audit
        .certificates
        .iter()
        .filter(|held| held.standing == Standing::CanSign)
    {
        // The last day on which any key of it can sign.
        let ends = |key: &&KeyFacts| key.expires.map_or(i64::MAX, Timestamp::as_second);
        let Some(last) = held.keys.iter().filter(|key| key.signs_now).max_by_key(ends) else {
            continue;
        };
        let end = [last.expires, held.expires].into_iter().flatten().min();
        if let Some(end) = end.filter(|end| end.as_second() - audit.now.as_second() <= SOON) {
            sink.push(
                format!("{}: this copy cannot sign after {}", held.called(), day(end)),
                held.naming(
                    "look for an extended copy before the next release (gpg --recv-keys FINGERPRINT)",
                ),
            );
        }
    }
}

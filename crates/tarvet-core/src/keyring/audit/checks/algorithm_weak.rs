use super::{Check, Level, Sink};
use crate::keyring::audit::Audit;

pub(super) static CHECK: Check<Audit> = Check {
    code: "keyring-algorithm-weak",
    summary: "a key that may sign is of a kind or size that can be broken",
    level: Level::Warning,
    since: "0.1.0",
    page: include_str!("algorithm_weak.md"),
    run,
};

fn run(audit: &Audit, sink: &mut Sink) {
    for held in &audit.certificates {
        for key in held
            .keys
            .iter()
            .filter(|key| key.weak && (key.primary || key.for_signing))
        {
            sink.push(
                format!(
                    "{}: its key {} is {}",
                    held.called(),
                    key.fingerprint,
                    key.algorithm
                ),
                "ask upstream for a certificate of today (Ed25519, or RSA of 3072 bits and more)",
            );
        }
    }
    for key in audit.keys.iter().filter(|key| key.weak) {
        sink.push(
            format!(
                "{} {}: is {}",
                key.scheme.as_str(),
                key.fingerprint,
                key.algorithm
            ),
            "ask upstream for a key of today (ssh-keygen -t ed25519)",
        );
    }
}

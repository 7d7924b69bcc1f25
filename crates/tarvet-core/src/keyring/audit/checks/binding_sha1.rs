use super::{Check, Level, Sink};
use crate::keyring::audit::{Audit, Standing};

pub(super) static CHECK: Check<Audit> = Check {
    code: "keyring-binding-sha1",
    summary: "the certificate vouches for itself with SHA-1, which strict verifiers refuse",
    level: Level::Warning,
    since: "0.1.0",
    page: include_str!("binding_sha1.md"),
    run,
};

fn run(audit: &Audit, sink: &mut Sink) {
    for held in &audit.certificates {
        let keys: Vec<&str> = held
            .keys
            .iter()
            .filter(|key| key.sha1 && key.for_signing && !key.expired && key.revocation.is_none())
            .map(|key| key.fingerprint.as_str())
            .collect();
        if keys.is_empty() || held.standing == Standing::Revoked {
            continue;
        }
        let message = match keys.as_slice() {
            [one] if *one == held.fingerprint => format!("{}: its self-signatures use SHA-1", held.called()),
            some => format!("{}: it is bound by SHA-1 to {}", held.called(), some.join(", ")),
        };
        sink.push(
            message,
            held.naming("get a newer copy (gpg --recv-keys FINGERPRINT); if there is none, the owner can sign it anew \
             (gpg --edit-key FINGERPRINT expire); until then --accept-sha1-bindings"),
        );
    }
}

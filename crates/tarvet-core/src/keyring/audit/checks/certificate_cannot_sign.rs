use super::{Check, Level, Sink};
use crate::keyring::audit::{Audit, Standing};

pub(super) static CHECK: Check<Audit> = Check {
    code: "keyring-certificate-cannot-sign",
    summary: "no signature by the certificate or key can count",
    level: Level::Warning,
    since: "0.1.0",
    page: include_str!("certificate_cannot_sign.md"),
    run,
};

fn run(audit: &Audit, sink: &mut Sink) {
    for held in &audit.certificates {
        if held.standing == Standing::CannotSign {
            let why = held.why.as_deref().unwrap_or("no key of it may sign");
            sink.push(
                format!("{}: {why}", held.called()),
                held.naming("take it out, or get a whole copy from upstream (gpg --recv-keys FINGERPRINT)"),
            );
        }
    }
    for key in &audit.keys {
        if let Some(why) = &key.why {
            sink.push(
                format!("line {}: {} {}: {why}", key.line, key.identity, key.fingerprint),
                "add git to namespaces= if it is meant to sign tags, or take the line out",
            );
        }
    }
}

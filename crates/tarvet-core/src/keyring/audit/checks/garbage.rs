use super::{Check, Level, Sink};
use crate::keyring::audit::Audit;

pub(super) static CHECK: Check<Audit> = Check {
    code: "keyring-garbage",
    summary: "the file holds no certificate or key",
    level: Level::Error,
    since: "0.1.0",
    page: include_str!("garbage.md"),
    run,
};

fn run(audit: &Audit, sink: &mut Sink) {
    let idle = audit.is_barren() && audit.secrets.is_empty() && audit.limits.is_empty();
    if !idle || audit.size == 0 || audit.trouble.is_some() {
        return;
    }
    let (message, help) = if audit.is_signature {
        (
            "the file is a signature, not a keyring".to_owned(),
            "put the signer's certificate in its place",
        )
    } else {
        let mut message = format!("no certificate or key is in it: it looks like {}", audit.shape);
        if let Some(words) = audit.damage.first() {
            message.push_str(&format!("; {words}"));
        }
        (
            message,
            "download the certificate itself, not a page about it, and compare its fingerprint",
        )
    };
    sink.push(message, help);
}

use super::{Check, Level, Sink};
use crate::keyring::audit::{Audit, Standing};

pub(super) static CHECK: Check<Audit> = Check {
    code: "keyring-nobody-can-sign",
    summary: "no certificate or key of the file can verify anything",
    level: Level::Error,
    since: "0.1.0",
    page: include_str!("nobody_can_sign.md"),
    run,
};

fn run(audit: &Audit, sink: &mut Sink) {
    let useless = |standing| {
        matches!(
            standing,
            Standing::Revoked | Standing::RefusedWeak | Standing::CannotSign
        )
    };
    let any = audit.keys.iter().any(|key| !key.weak && key.why.is_none())
        || audit.certificates.iter().any(|held| !useless(held.standing));
    if !any && !audit.is_barren() {
        let count = audit.certificates.len() + audit.keys.len();
        sink.push(
            format!("of {count} certificates and keys none can verify a release"),
            "ask upstream which certificate signs releases now",
        );
    }
}

use super::{Check, Level, Sink};
use crate::keyring::audit::{Audit, Standing};

pub(super) static CHECK: Check<Audit> = Check {
    code: "keyring-certificate-unverifiable",
    summary: "the certificate could not be judged",
    level: Level::Warning,
    since: "0.1.0",
    page: include_str!("certificate_unverifiable.md"),
    run,
};

fn run(audit: &Audit, sink: &mut Sink) {
    for held in audit
        .certificates
        .iter()
        .filter(|held| held.standing == Standing::NotJudged)
    {
        let why = held.why.as_deref().unwrap_or("it could not be judged");
        sink.push(
            format!("{}: {why}", held.called()),
            "verify with another tool, or ask upstream for a certificate that every tool can read",
        );
    }
}

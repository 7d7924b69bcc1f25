use super::{Check, Level, Sink};
use crate::keyring::audit::Audit;

pub(super) static CHECK: Check<Audit> = Check {
    code: "keyring-secret-key-inside",
    summary: "the file holds secret key material",
    level: Level::Error,
    since: "0.1.0",
    page: include_str!("secret_key_inside.md"),
    run,
};

fn run(audit: &Audit, sink: &mut Sink) {
    const HELP: &str = "take the file out, treat the key as stolen, tell its owner to revoke it, and export the public \
                        part alone (gpg --armor --export FINGERPRINT)";
    for held in audit.certificates.iter().filter(|held| held.secret) {
        sink.push(
            format!("{}: comes with secret key material", held.called()),
            held.naming(HELP),
        );
    }
    let told = audit.certificates.iter().any(|held| held.secret);
    for words in audit
        .secrets
        .iter()
        .filter(|words| !told || !words.contains("OpenPGP"))
    {
        sink.push(format!("the file holds {words}"), HELP);
    }
}

use super::{Check, Level, Sink};
use crate::keyring::audit::Audit;

pub(super) static CHECK: Check<Audit> = Check {
    code: "keyring-backsig-missing",
    summary: "a signing subkey never agreed to belong to its certificate",
    level: Level::Warning,
    since: "0.1.0",
    page: include_str!("backsig_missing.md"),
    run,
};

fn run(audit: &Audit, sink: &mut Sink) {
    for held in &audit.certificates {
        for key in held.keys.iter().filter(|key| key.lacks_back_signature) {
            sink.push(
                format!("{}: its subkey {} is bound for signing without a back-signature", held.called(), key.fingerprint),
                held.naming("ask upstream to add it (gpg --edit-key FINGERPRINT cross-certify) and to publish the certificate again"),
            );
        }
    }
}

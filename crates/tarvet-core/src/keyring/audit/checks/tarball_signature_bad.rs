use super::{Check, Level, Sink};
use crate::keyring::SignatureState;
use crate::keyring::audit::roles::Roles;

pub(super) static CHECK: Check<Roles> = Check {
    code: "keyring-tarball-signature-bad",
    summary: "the tarball's signature is not over this tarball",
    level: Level::Error,
    since: "0.1.0",
    page: include_str!("tarball_signature_bad.md"),
    run,
};

fn run(roles: &Roles, sink: &mut Sink) {
    for refused in roles
        .refused
        .iter()
        .filter(|refused| refused.state == SignatureState::Bad)
    {
        sink.push(
            format!("{}: {}: {}", refused.tarball, refused.source, refused.detail),
            "do not use this tarball; get tarball and signature again from upstream, and tell upstream if it stays so",
        );
    }
}

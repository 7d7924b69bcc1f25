use super::{Check, Level, Sink};
use crate::keyring::audit::roles::Roles;

pub(super) static CHECK: Check<Roles> = Check {
    code: "keyring-signer-unseen",
    summary: "a certificate or key of the keyring was never seen signing",
    level: Level::Info,
    since: "0.1.0",
    page: include_str!("signer_unseen.md"),
    run,
};

/// One tarball is signed by one person, who says nothing about the others; and where no tag is signed there is nothing to see.
fn run(roles: &Roles, sink: &mut Sink) {
    let Some(tags) = roles.tags.filter(|tags| tags.signed > 0) else {
        return;
    };
    for role in &roles.signers {
        if role.tags.is_none() && role.tarballs.is_empty() {
            let tarball = if roles.tarballs > 0 {
                ", nor the tarball"
            } else {
                ""
            };
            sink.push(
                format!(
                    "{} ({}) signed none of the {} signed tags{tarball}",
                    role.fingerprint, role.identity, tags.signed
                ),
                "a certificate that nobody needs can still sign: ask upstream whether it is in use, and remove it if it is not",
            );
        }
    }
}

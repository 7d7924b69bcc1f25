use super::{Check, Level, Sink};
use crate::keyring::audit::roles::Roles;

pub(super) static CHECK: Check<Roles> = Check {
    code: "keyring-signer-outside",
    summary: "somebody whom the keyring does not have signed tags or the tarball",
    level: Level::Warning,
    since: "0.1.0",
    page: include_str!("signer_outside.md"),
    run,
};

fn run(roles: &Roles, sink: &mut Sink) {
    for outsider in roles.outsiders.iter().filter(|outsider| !outsider.earlier) {
        let mut what = Vec::new();
        if let Some(tags) = &outsider.tags {
            what.push(match tags.count {
                1 => format!("the tag {}", tags.first),
                count => format!("{count} tags, {} to {}", tags.first, tags.last),
            });
        }
        what.extend(outsider.tarballs.iter().cloned());
        let who = outsider
            .issuer
            .as_deref()
            .unwrap_or("a signer whom it does not name");
        sink.push(
            format!("{who} is not in the keyring, and claims to have signed {}", what.join(" and ")),
            "ask upstream whether this is one of theirs; add the certificate only on the word of somebody in the \
             keyring (tarvet keyring diff OLD NEW --git REPO)",
        );
    }
}

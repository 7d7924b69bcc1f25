use super::{Check, Sink};
use crate::facts::Facts;

pub(super) static CHECK: Check<Facts> = Check {
    code: "keyring-changed-with-tarball",
    summary: "a new upstream release comes together with new keys to check it with",
    level: tarvet_core::Level::Warning,
    since: "0.1.0",
    page: include_str!("keyring_changed_with_tarball.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    if let Some(version) = &facts.keyring_changed_since {
        sink.push(
            format!("the keyring has other certificates than with version {version}, and the tarball is new as well"),
            "look at each change (tarvet keyring diff), and find the hand-over in upstream's own words",
        );
    }
}

use super::{Check, Level, Sink};
use crate::keyring::audit::{Copies, Copy};
use crate::keyring::report::day;

pub(super) static CHECK: Check<Copies> = Check {
    code: "keyring-copy-stale",
    summary: "another file has a newer copy of the certificate",
    level: Level::Warning,
    since: "0.1.0",
    page: include_str!("copy_stale.md"),
    run,
};

fn run(copies: &Copies, sink: &mut Sink) {
    for (copy, newest) in copies.stale() {
        let ends = |copy: &Copy| copy.expires.map_or_else(|| "never".to_owned(), day);
        let difference = if copy.standing != newest.standing {
            format!(
                "here it is {}, there {}",
                copy.standing.as_str(),
                newest.standing.as_str()
            )
        } else if copy.expires != newest.expires {
            format!("here it expires {}, there {}", ends(copy), ends(newest))
        } else {
            let keys = |copy: &Copy| match copy.signing.join(", ") {
                none if none.is_empty() => "no key".to_owned(),
                keys => keys,
            };
            format!("here {} may sign, there {}", keys(copy), keys(newest))
        };
        sink.push_at(
            copy.label.as_bytes(),
            format!(
                "{} ({}): {} has a newer copy: {difference}",
                copy.fingerprint, copy.name, newest.label
            ),
            "take over the newer copy, after comparing the fingerprint",
        );
    }
}

use super::{Check, Level, Sink};
use crate::keyring::audit::Audit;

pub(super) static CHECK: Check<Audit> = Check {
    code: "keyring-not-minimal",
    summary: "the certificate carries signatures by others, or pictures",
    level: Level::Info,
    since: "0.1.0",
    page: include_str!("not_minimal.md"),
    run,
};

fn run(audit: &Audit, sink: &mut Sink) {
    for held in &audit.certificates {
        if held.certifications == 0 && held.attributes == 0 {
            continue;
        }
        sink.push(
            format!(
                "{}: {} signatures by others and {} pictures",
                held.called(),
                held.certifications,
                held.attributes
            ),
            "leave them out: gpg --armor --import-options import-export,import-minimal --import FILE > NEW",
        );
    }
}

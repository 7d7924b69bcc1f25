use super::{Check, Level, Sink};
use crate::keyring::audit::Audit;

pub(super) static CHECK: Check<Audit> = Check {
    code: "keyring-encoding-odd",
    summary: "some tools cannot read the file as it is encoded",
    level: Level::Info,
    since: "0.1.0",
    page: include_str!("encoding_odd.md"),
    run,
};

fn run(audit: &Audit, sink: &mut Sink) {
    if audit.is_barren() {
        return;
    }
    for words in &audit.oddities {
        sink.push(
            words.clone(),
            "write it anew, as lines that end in LF; OpenPGP: \
             gpg --armor --import-options import-export,import-minimal --import FILE > NEW",
        );
    }
}

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
            "write it anew: gpg --import-options show-only --import FILE shows what is in it, \
             sq packet armor FILE --output NEW.asc armors binary packets",
        );
    }
}

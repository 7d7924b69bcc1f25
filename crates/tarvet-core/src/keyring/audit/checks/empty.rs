use super::{Check, Level, Sink};
use crate::keyring::audit::Audit;

pub(super) static CHECK: Check<Audit> = Check {
    code: "keyring-empty",
    summary: "the file is empty",
    level: Level::Error,
    since: "0.1.0",
    page: include_str!("empty.md"),
    run,
};

fn run(audit: &Audit, sink: &mut Sink) {
    if audit.size == 0 && audit.trouble.is_none() {
        sink.push("the file is empty", "download or export it again");
    }
}

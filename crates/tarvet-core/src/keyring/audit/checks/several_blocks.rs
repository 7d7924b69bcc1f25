use super::{Check, Level, Sink};
use crate::keyring::audit::Audit;

pub(super) static CHECK: Check<Audit> = Check {
    code: "keyring-several-blocks",
    summary: "the file has several armored blocks",
    level: Level::Info,
    since: "0.1.0",
    page: include_str!("several_blocks.md"),
    run,
};

fn run(audit: &Audit, sink: &mut Sink) {
    if audit.blocks > 1 {
        sink.push(
            format!(
                "{} armored blocks; some tools read the first one only",
                audit.blocks
            ),
            "join them: gpg --armor --import-options import-export,import-minimal --import FILE > NEW",
        );
    }
}

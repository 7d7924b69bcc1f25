use super::{Check, Sink};
use crate::facts::Facts;

pub(super) static CHECK: Check<Facts> = Check {
    code: "signature-promised",
    summary: "upstream is said to sign its tarballs, and there is no signature",
    level: tarvet_core::Level::Warning,
    since: "0.1.0",
    page: include_str!("signature_promised.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    for tarball in facts
        .tarballs
        .iter()
        .filter(|tarball| tarball.promised && tarball.tarball.signature.is_none())
    {
        sink.push_at(
            tarball.tarball.name.clone(),
            "debian/watch says that upstream signs it, and the package has no signature of it",
            "ship the signature: build the source package with the .asc beside the tarball",
        );
    }
}

use super::{Check, Sink};
use crate::facts::Facts;

pub(super) static CHECK: Check = Check {
    code: "signer-not-in-role",
    summary: "a good signature by somebody who may not sign this here",
    level: crate::policy::Level::Warning,
    since: "0.1.0",
    page: include_str!("signer_not_in_role.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    let signers = &facts.policy.signers;
    let good = facts
        .signatures
        .iter()
        .filter(|signature| signature.state.is_evidence());
    for signature in good.filter(|signature| !signers.may_sign(signature)) {
        let who = signature
            .fingerprint
            .as_deref()
            .unwrap_or("somebody without a fingerprint");
        sink.push(
            format!(
                "{}: signed by {who}, whom tarvet.toml does not name for this",
                signature.source
            ),
            "find out why somebody else signed it; if it is right, add the fingerprint to tarvet.toml",
        );
    }
}

use super::{Check, Sink};
use crate::facts::Facts;

pub(super) static CHECK: Check = Check {
    code: "release-signed-by-commit-only",
    summary: "the commit is signed, but nobody signed its name",
    level: crate::policy::Level::Warning,
    since: "0.1.0",
    page: include_str!("release_signed_by_commit_only.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    let release = &facts.release;
    let tag_signed = release.tag.as_ref().is_some_and(|tag| tag.signature.is_some());
    let Some(commit) = release
        .commit
        .as_ref()
        .filter(|commit| commit.signature.is_some() && !tag_signed)
    else {
        return;
    };
    sink.push(
        format!("commit {} is signed, but that it is the wanted release is signed by nobody", commit.id),
        "ask upstream to sign its tags; --accept-commit-signature takes the commit's signature for the release's",
    );
}

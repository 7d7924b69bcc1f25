use super::{Check, Sink};
use crate::facts::Facts;

pub(super) static CHECK: Check = Check {
    code: "release-unsigned",
    summary: "neither the tag nor its commit is signed",
    level: crate::policy::Level::Warning,
    since: "0.1.0",
    page: include_str!("release_unsigned.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    let Some(commit) = &facts.release.commit else {
        return;
    };
    let tag = facts.release.tag.as_ref();
    if tag.is_some_and(|tag| tag.signature.is_some()) || commit.signature.is_some() {
        return;
    }
    let what = if tag.is_some() {
        "the annotated tag"
    } else {
        "the lightweight tag"
    };
    sink.push(
        format!(
            "{what} `{}` and its commit {} carry no signature",
            facts.release.tag_name, commit.id
        ),
        "ask upstream to sign its tags (git tag -s)",
    );
}

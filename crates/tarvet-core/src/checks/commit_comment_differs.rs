use super::{Check, Sink};
use crate::facts::Facts;

pub(super) static CHECK: Check = Check {
    code: "commit-comment-differs",
    summary: "the tarball says it was made from another commit",
    level: crate::policy::Level::Info,
    since: "0.1.0",
    page: include_str!("commit_comment_differs.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    let Some(commit) = &facts.release.commit else {
        return;
    };
    let Some(comment) = facts.tarball.pax_comments.first() else {
        return;
    };
    if is_object_id(comment) && !comment.eq_ignore_ascii_case(commit.id.to_string().as_bytes()) {
        sink.push(
            format!(
                "git archive noted commit {}, the tag leads to {}",
                crate::escape::escape(comment),
                commit.id
            ),
            "ask upstream whether the tag was moved after the tarball was made",
        );
    }
}

fn is_object_id(text: &[u8]) -> bool {
    matches!(text.len(), 40 | 64) && text.iter().all(u8::is_ascii_hexdigit)
}

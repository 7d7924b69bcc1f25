use super::{Check, Sink};
use crate::facts::Facts;
use crate::keyring::SignedThing;

pub(super) static CHECK: Check = Check {
    code: "signature-dates-incoherent",
    summary: "the dates of tag, commit and signature contradict each other",
    level: crate::policy::Level::Info,
    since: "0.1.0",
    page: include_str!("signature_dates_incoherent.md"),
    run,
};

/// Seconds by which a signature may differ from the date its object states.
const TOLERANCE: i64 = 7 * 24 * 3600;

fn run(facts: &Facts, sink: &mut Sink) {
    let release = &facts.release;
    let tag_time = release.tag.as_ref().and_then(|tag| tag.time);
    let commit_time = release.commit.as_ref().and_then(|commit| commit.time);
    if let (Some(tag), Some(commit)) = (tag_time, commit_time)
        && tag < commit.saturating_sub(TOLERANCE)
    {
        sink.push(
            format!(
                "the tag is dated {} days before the commit it names",
                commit.abs_diff(tag) / 86_400
            ),
            "ask upstream, if the release matters to you",
        );
    }
    for signature in facts.signatures.iter().filter(|s| s.over == SignedThing::Tag) {
        let signed = signature.time.map(|time| time.as_second());
        if let (Some(signed), Some(tag)) = (signed, tag_time)
            && signed.abs_diff(tag) > TOLERANCE.unsigned_abs()
        {
            sink.push(
                format!(
                    "the signature was made {} days from the date of the tag",
                    signed.abs_diff(tag) / 86_400
                ),
                "a tag that was signed again later is honest; ask upstream if it is not explained",
            );
        }
    }
}

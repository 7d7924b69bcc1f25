use super::{Check, Sink};
use crate::facts::Facts;
use crate::upstream::{TagWish, tag_fits};

pub(super) static CHECK: Check = Check {
    code: "version-differs-from-tag",
    summary: "the tag that was named does not fit the version of the tarball",
    level: crate::policy::Level::Warning,
    since: "0.1.0",
    page: include_str!("version_differs_from_tag.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    let (Some(TagWish::Named(tag)), Some(version)) = (&facts.wish, &facts.version) else {
        return;
    };
    if !tag_fits(tag, facts.name.as_deref(), version) {
        sink.push(
            format!("the tarball says it is version {version}, and `{tag}` does not spell that"),
            "check that the tag is of this version",
        );
    }
}

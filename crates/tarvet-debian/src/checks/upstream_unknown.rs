use super::{Check, Sink};
use crate::facts::Facts;

pub(super) static CHECK: Check<Facts> = Check {
    code: "upstream-unknown",
    summary: "nothing says where upstream is",
    level: tarvet_core::Level::Warning,
    since: "0.1.0",
    page: include_str!("upstream_unknown.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    let main = facts
        .tarballs
        .iter()
        .filter(|tarball| tarball.tarball.component.is_none());
    for tarball in main.filter(|tarball| !tarball.has_upstream) {
        let native = facts.source.is_native();
        let message = match &facts.repository {
            Some(url) => format!(
                "the package ships no proof; upstream may be at {url}, which is not fetched unless you ask"
            ),
            None if native => "a native package: its tarball is its own upstream".to_owned(),
            None => "the package ships no proof, and names no repository of upstream's".to_owned(),
        };
        let help = match &facts.repository {
            Some(url) => format!("`tarvet debian --import` makes a proof; or give --git {url}"),
            None => {
                "give --git with upstream's repository, or --proof; `tarvet debian --import` makes a proof"
                    .to_owned()
            }
        };
        sink.push_at(tarball.tarball.name.clone(), message, help);
    }
}

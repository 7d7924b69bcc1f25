use std::collections::HashSet;

use bstr::BStr;

use super::{Check, Sink};
use crate::facts::Facts;
use crate::spec::{Reach, Spec, file_name};

pub(super) static CHECK: Check<Facts> = Check {
    code: "srpm-header-disagrees",
    summary: "an SRPM's header says other things than its spec",
    level: tarvet_core::Level::Error,
    since: "0.1.0",
    page: include_str!("srpm_header_disagrees.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    let Some(envelope) = &facts.source.envelope else {
        return;
    };
    let (spec, header) = (&facts.source.spec, &envelope.header);
    let help = "make the SRPM anew with `rpmbuild -bs` from its spec";
    for (what, tags, headed) in [
        ("Name", &spec.name, &header.name),
        ("Version", &spec.version, &header.version),
    ] {
        if let Some(said) = Spec::plain(tags).filter(|said| said != headed) {
            sink.push_at(
                facts.source.spec_name.clone(),
                format!("{what} is {said} in the spec and {headed} in the header"),
                help,
            );
        }
    }
    let listed: HashSet<&BStr> = header.sources.iter().map(BStr::new).collect();
    for source in spec
        .sources
        .iter()
        .filter(|source| source.place.reach() == Reach::Always)
    {
        let name = source.value.plain().map(file_name);
        if let Some(name) = name.filter(|name| !listed.contains(*name)) {
            sink.push_at(
                format!("{}:{}", facts.source.spec_name, source.value.line),
                format!("{name} is a Source of the spec and not one of the header"),
                help,
            );
        }
    }
}

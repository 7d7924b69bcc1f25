use std::collections::HashMap;

use super::{Check, Sink};
use crate::facts::Facts;
use crate::package::LISTED;
use crate::spec::Source;

pub(super) static CHECK: Check<Facts> = Check {
    code: "sources-digest-mismatch",
    summary: "a file is not the one that its digest names",
    level: tarvet_core::Level::Error,
    since: "0.1.0",
    page: include_str!("sources_digest_mismatch.md"),
    run,
};

fn run(facts: &Facts, sink: &mut Sink) {
    let source = &facts.source;
    for entry in source.listed.iter().flat_map(|listed| &listed.entries) {
        let found = source.files.get(&entry.name).and_then(|file| {
            file.digests
                .iter()
                .find(|(algorithm, _)| *algorithm == entry.algorithm)
        });
        if found.is_some_and(|(_, digest)| *digest != entry.digest) {
            sink.push_at(
                format!("{LISTED}:{}", entry.line),
                format!(
                    "{} has another {:?} than the one listed",
                    entry.name, entry.algorithm
                ),
                "fetch the file again, or find out who uploaded another one",
            );
        }
    }
    let tags = source.spec.sources.iter().chain(&source.spec.patches);
    let mut by_line: HashMap<usize, Vec<&Source>> = HashMap::new();
    tags.for_each(|tag| by_line.entry(tag.value.line).or_default().push(tag));
    for asset in &source.assets {
        let Some(sha256) = asset.sha256 else { continue };
        for tag in by_line.get(&asset.tag_line).into_iter().flatten() {
            for file in tag
                .file_names()
                .into_iter()
                .filter_map(|name| source.files.get(name))
            {
                if file.sha256 != sha256 {
                    sink.push_at(
                        format!("{}:{}", source.spec_name, asset.line),
                        format!(
                            "the file of line {} has another SHA-256 than #!RemoteAsset demands",
                            asset.tag_line
                        ),
                        "fetch the file again, or find out who published another one",
                    );
                }
            }
        }
    }
    for name in facts.changed() {
        sink.push_at(
            name.clone(),
            "the file changed while it was checked",
            "check again, where nobody else writes",
        );
    }
}

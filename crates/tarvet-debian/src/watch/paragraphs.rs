//! Version 5: paragraphs. The first has the version and what holds for all, each further one is a source.

use bstr::ByteSlice;

use super::{Source, Template, Watch, forge, options};
use crate::fault::{Fault, shown, tell};
use crate::paragraph::{self, Field, Paragraph};

/// Sources that are read.
const MOST: usize = 1000;

/// Does the first line that is no comment say `Version:`?
pub(super) fn declared(text: &[u8]) -> bool {
    text.lines()
        .map(<[u8]>::trim)
        .find(|line| !line.is_empty() && !line.starts_with(b"#"))
        .and_then(|line| line.split_once_str(":"))
        .is_some_and(|(name, _)| name.trim().eq_ignore_ascii_case(b"version"))
}

pub(super) fn read(text: &[u8], package: &str) -> Watch {
    let mut watch = Watch::default();
    let paragraphs = paragraph::paragraphs(text, MOST + 2, &mut watch.faults);
    let Some((first, rest)) = paragraphs.split_first() else {
        return watch;
    };
    let version = first.get("Version");
    watch.version = version
        .and_then(|field| field.value.parse().ok())
        .unwrap_or_default();
    if watch.version != 5 {
        tell(
            &mut watch.faults,
            first.line(),
            format!(
                "expected \"Version: 5\", found \"{}\"",
                version.map_or_else(String::new, |field| shown(&field.value))
            ),
        );
        return watch;
    }
    let defaults: Vec<&Field> = first
        .fields
        .iter()
        .filter(|field| plain(&field.name) != "version")
        .collect();
    let own = |field: &&Field| matches!(plain(&field.name).as_str(), "source" | "template");
    let mut sources: Vec<&Paragraph> = rest.iter().collect();
    if let Some(field) = defaults.iter().copied().find(own) {
        if sources.is_empty() {
            // A file of one paragraph, as many are.
            sources.push(first);
        } else {
            tell(
                &mut watch.faults,
                field.line,
                format!(
                    "{} in the first paragraph, which is for all sources; put an empty line after Version",
                    field.name
                ),
            );
        }
    }
    if sources.len() > MOST {
        tell(
            &mut watch.faults,
            0,
            format!("more than {MOST} sources; the rest is not read"),
        );
        sources.truncate(MOST);
    }
    for paragraph in sources {
        let source = source(paragraph, &defaults, package, &mut watch.faults);
        watch.sources.push(source);
    }
    watch
}

fn source(paragraph: &Paragraph, defaults: &[&Field], package: &str, faults: &mut Vec<Fault>) -> Source {
    let mut source = Source {
        line: paragraph.line(),
        ..Source::default()
    };
    let mut template = None;
    let own: Vec<String> = paragraph.fields.iter().map(|field| plain(&field.name)).collect();
    let inherited = defaults
        .iter()
        .copied()
        .filter(|field| !own.contains(&plain(&field.name)));
    let fields: Vec<&Field> = inherited.chain(&paragraph.fields).collect();
    for field in &fields {
        let value = field.value.trim().replace("@PACKAGE@", package);
        match plain(&field.name).as_str() {
            "source" => source.url = value,
            "matchingpattern" => source.pattern = Some(value),
            "template" => template = Some(value.to_ascii_lowercase()),
            "versionschema" | "versionpolicy" => source.policy = options::policy(&value),
            // Of the templates.
            "owner" | "project" | "repository" | "dist" | "package" | "version" => {}
            name => options::set(&mut source, name, &value, field.line, faults),
        }
    }
    let value = |name: &str| {
        fields
            .iter()
            .rev()
            .find(|field| plain(&field.name) == name)
            .map(|field| field.value.trim().replace("@PACKAGE@", package))
    };
    source.template = template.map(|name| Template {
        repository: repository(&name, value),
        name,
    });
    if source.url.is_empty() && source.template.is_none() && !own.iter().any(|name| name == "untrackable") {
        tell(
            faults,
            source.line,
            "expected a field Source or Template, found neither",
        );
    }
    source
}

/// The repository of a template: GitHub's from Owner and Project or from Dist, GitLab's from Dist.
fn repository(template: &str, value: impl Fn(&str) -> Option<String>) -> Option<String> {
    match template {
        "github" => {
            let of_dist = value("dist").map(|dist| match dist.strip_prefix("https://github.com/") {
                Some(path) => path.to_owned(),
                None => dist,
            });
            let of_owner = || {
                let project = value("project").or_else(|| value("repository"))?;
                Some(format!("{}/{project}", value("owner")?))
            };
            forge::clone_url(&format!("https://github.com/{}", of_owner().or(of_dist)?))
        }
        // Whoever writes this template says that the host is a GitLab.
        "gitlab" => {
            let dist = value("dist")?;
            forge::clone_url(&dist).or_else(|| forge::safe(&dist))
        }
        _ => None,
    }
}

/// Names are compared in any case and without hyphens.
fn plain(name: &str) -> String {
    name.chars()
        .filter(|c| *c != '-')
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

//! A survey of specs: how much of Name, Version and Sources does the static reader resolve, why not the rest, and does
//! `rpmspec` agree?
//!
//! `rpmspec` runs what a spec says, so that only specs are given to it that have nothing to run.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use bstr::{BStr, BString, ByteSlice};
use tarvet_rpm::spec::{self, Spec, Tag, Value};

/// What makes rpm run something, or read another file.
const RUNS: [&[u8]; 8] = [
    b"%(",
    b"%{lua",
    b"%{shell",
    b"%{expand",
    b"%{load",
    b"%load",
    b"%include",
    b"%{uncompress",
];

/// Reasons that are listed.
const MOST_REASONS: usize = 12;

/// `[--rpmspec] PATH…`.
pub fn run(arguments: &[String]) -> Result<(), String> {
    let asks = arguments.iter().any(|argument| argument == "--rpmspec");
    let mut paths = Vec::new();
    for argument in arguments.iter().filter(|argument| *argument != "--rpmspec") {
        find(Path::new(argument), &mut paths)?;
    }
    paths.sort();
    let mut survey = Survey::default();
    for path in &paths {
        let text = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let read = spec::read(&text, &spec::Options::default());
        let whole = survey.count(&read);
        if asks && whole && !RUNS.iter().any(|runs| text.find(runs).is_some()) {
            survey.ask(path, &read);
        }
    }
    survey.print(paths.len());
    match survey.disagreements {
        0 => Ok(()),
        some => Err(format!("rpmspec says otherwise of {some} specs")),
    }
}

/// Every file below `path` that ends in `.spec`.
fn find(path: &Path, found: &mut Vec<PathBuf>) -> Result<(), String> {
    let failed = |error| format!("{}: {error}", path.display());
    let metadata = fs::symlink_metadata(path).map_err(failed)?;
    if metadata.is_dir() {
        for entry in fs::read_dir(path).map_err(failed)? {
            find(&entry.map_err(failed)?.path(), found)?;
        }
    } else if metadata.is_file() && path.extension().is_some_and(|end| end == "spec") {
        found.push(path.to_owned());
    }
    Ok(())
}

#[derive(Default)]
struct Survey {
    names: usize,
    versions: usize,
    /// Specs of which every source is resolved.
    with_all: usize,
    sources: usize,
    resolved: usize,
    reasons: BTreeMap<String, usize>,
    asked: usize,
    refused: usize,
    disagreements: usize,
}

impl Survey {
    /// Whether all of it is resolved.
    fn count(&mut self, read: &Spec) -> bool {
        let name = is_resolved(&read.name);
        let version = is_resolved(&read.version);
        self.names += usize::from(name);
        self.versions += usize::from(version);
        let resolved = read
            .sources
            .iter()
            .filter(|source| source.value.is_resolved())
            .count();
        self.sources += read.sources.len();
        self.resolved += resolved;
        let all = resolved == read.sources.len();
        self.with_all += usize::from(all);
        let tags = read.name.iter().chain(&read.version).map(|tag| &tag.value);
        for value in tags.chain(read.sources.iter().map(|source| &source.value)) {
            if let Some(why) = value.why() {
                *self.reasons.entry(kind(&why.why)).or_default() += 1;
            }
        }
        name && version && all
    }

    /// Compares with `rpmspec`.
    fn ask(&mut self, path: &Path, read: &Spec) {
        let format = "%{NAME}\\n%{VERSION}\\n[%{SOURCE}\\n]";
        let output = Command::new("rpmspec")
            .args(["-q", "--srpm", "--qf", format])
            .arg(path)
            .output();
        let Some(output) = output.ok().filter(|output| output.status.success()) else {
            self.refused += 1;
            return;
        };
        self.asked += 1;
        let mut lines = output.stdout.lines();
        let mut wrong = Vec::new();
        for (what, tags) in [("Name", &read.name), ("Version", &read.version)] {
            let said = lines.next().unwrap_or_default().as_bstr();
            if !tags
                .iter()
                .flat_map(|tag| texts(&tag.value))
                .any(|text| text == said)
            {
                wrong.push(format!("{what} {said}"));
            }
        }
        let ours: Vec<&BStr> = read
            .sources
            .iter()
            .flat_map(|source| source.file_names())
            .collect();
        let unknown = lines
            .map(|line| spec::file_name(line.as_bstr()))
            .filter(|name| !ours.contains(name));
        wrong.extend(unknown.map(|name| format!("Source {name}")));
        if !wrong.is_empty() {
            self.disagreements += 1;
            println!("{}: rpmspec says {}", path.display(), wrong.join(", "));
        }
    }

    fn print(&self, specs: usize) {
        println!(
            "{specs} specs: Name of {}, Version of {}, every Source of {}",
            self.names, self.versions, self.with_all
        );
        println!("{} of {} Sources resolved", self.resolved, self.sources);
        println!(
            "rpmspec asked of {}, could not read {}, says otherwise of {}",
            self.asked, self.refused, self.disagreements
        );
        let mut reasons: Vec<_> = self.reasons.iter().collect();
        reasons.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        for (why, count) in reasons.iter().take(MOST_REASONS) {
            println!("{count:7} {why}");
        }
    }
}

fn is_resolved(tags: &[Tag]) -> bool {
    !tags.is_empty() && tags.iter().all(|tag| tag.value.is_resolved())
}

fn texts(value: &Value) -> impl Iterator<Item = &BStr> {
    value.texts()
}

/// A reason without the names in it.
fn kind(why: &str) -> String {
    let bytes = BString::from(why);
    let mut kind = String::new();
    let mut quoted = false;
    for part in bytes.split_str("`") {
        kind.push_str(&if quoted {
            "`…`".to_owned()
        } else {
            part.to_str_lossy().into_owned()
        });
        quoted = !quoted;
    }
    kind
}

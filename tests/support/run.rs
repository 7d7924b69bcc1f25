//! Running the command and making its words comparable.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::people;

/// What one run of the command left behind.
#[must_use = "compare it, or the test proves nothing"]
#[derive(Debug)]
pub struct Outcome {
    /// The exit status; -1 for a signal.
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

/// The command under test with nothing in its environment.
pub fn tarvet(dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tarvet"));
    command.env_clear().current_dir(dir).stdin(Stdio::null());
    command
}

/// Runs it in `dir`.
pub fn run<I: AsRef<std::ffi::OsStr>>(dir: &Path, args: impl IntoIterator<Item = I>) -> Outcome {
    finish(tarvet(dir).args(args))
}

/// Runs a command that was made with [`tarvet`].
pub fn finish(command: &mut Command) -> Outcome {
    let output = command.output().expect("tarvet starts");
    let text = |bytes| String::from_utf8(bytes).expect("reports are UTF-8");
    Outcome {
        status: output.status.code().unwrap_or(-1),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

/// Stands stable words for what differs from run to run: the directory, keys, ids, digests, sizes, the version.
pub struct Normaliser {
    words: Vec<(String, String)>,
}

impl Normaliser {
    pub fn new(tmp: &Path) -> Self {
        let mut words = people::names();
        words.push((tmp.display().to_string(), "<TMP>".into()));
        let version = env!("CARGO_PKG_VERSION");
        words.push((
            format!("\"version\": \"{version}\"\n"),
            "\"version\": \"<VERSION>\"\n".into(),
        ));
        Self { words }
    }

    pub fn apply(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (word, placeholder) in &self.words {
            text = text.replace(word, placeholder);
        }
        let lines: Vec<String> = text.lines().map(|line| sizes(&digests(line))).collect();
        let mut text = lines.join("\n");
        if !text.is_empty() {
            text.push('\n');
        }
        text
    }
}

/// Lower-case hexadecimal words of the lengths of ids and digests.
fn digests(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(start) = rest.find(|c: char| c.is_ascii_alphanumeric()) {
        let tail = &rest[start..];
        let end = tail
            .find(|c: char| !c.is_ascii_alphanumeric())
            .unwrap_or(tail.len());
        let word = &tail[..end];
        out += &rest[..start];
        let hex = word
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        out += match word.len() {
            12 | 40 if hex => "<ID>",
            64 if hex => "<SHA256>",
            _ => word,
        };
        rest = &tail[end..];
    }
    out + rest
}

/// The size of the tarball's file, which follows the compressor.
fn sizes(line: &str) -> String {
    if line.trim_start().starts_with("\"size\": ") {
        let indent = &line[..line.len() - line.trim_start().len()];
        return format!("{indent}\"size\": \"<SIZE>\",");
    }
    if let Some((before, after)) = line.split_once(" bytes were expected, found ") {
        let digits = |c: char| c.is_ascii_digit();
        let (before, after) = (before.trim_end_matches(digits), after.trim_start_matches(digits));
        return format!("{before}<SIZE> bytes were expected, found <SIZE>{after}");
    }
    match line.split_once(" bytes, ") {
        Some((before, after)) if before.trim().bytes().all(|b| b.is_ascii_digit()) => {
            format!("    <SIZE> bytes, {after}")
        }
        _ => line.to_owned(),
    }
}

/// The paths below `dir`, one level.
pub fn children(dir: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(dir)
        .unwrap_or_else(|e| panic!("{}: {e}", dir.display()))
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    paths
}

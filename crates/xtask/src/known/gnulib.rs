//! gnulib's whole history, out of the git bundle that its Debian package carries.

use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::{fs, thread};

use tarvet_origin::known::{Builder, Class, Version};

use super::archive::Archive;
use super::manifest::Manifest;
use super::{place, unpacked};
use crate::apt;

/// Where the package has it.
const BUNDLE: &str = "usr/share/gnulib/gnulib.bundle";
/// Directories that hold what packages import. Histories of ChangeLog and NEWS are gigabytes.
const DIRECTORIES: [&str; 7] = ["m4", "build-aux", "lib", "tests", "doc", "top", "config"];
const NOTHING: &str = "0000000000000000000000000000000000000000";

/// When a blob was current under a file name: class and days by (blob, name).
type Days = BTreeMap<String, BTreeMap<(String, Class), (u16, u16)>>;

/// Adds every blob of the newest bundle that the suites have.
pub fn add(
    builder: &mut Builder,
    manifest: &mut Manifest,
    archive: &Archive,
    work: &Path,
) -> Result<(), String> {
    let Some(version) = archive.versions("gnulib").pop() else {
        println!("known: the archive has no gnulib");
        return Ok(());
    };
    let fetched = archive.binary("gnulib", &version)?;
    let git = work.join(format!("gnulib-{version}.git"));
    if !git.is_dir() {
        clone(archive, &fetched.path, &git)?;
    }
    let days = history(&git)?;
    println!("known: gnulib {version}: {} blobs", days.len());
    contents(&git, &days, &mut |project, version, class, name, content| {
        builder.add(project, version, class, name.as_bytes(), content);
    })?;
    let head = apt::run(
        Command::new("git")
            .arg("-C")
            .arg(&git)
            .args(["rev-parse", "master"]),
    )?;
    manifest.package(&fetched);
    manifest.gnulib(head.trim(), days.len());
    Ok(())
}

fn clone(archive: &Archive, deb: &Path, git: &Path) -> Result<(), String> {
    let scratch = archive.scratch()?;
    unpacked::deb(deb, &scratch)?;
    let unfinished = git.with_extension("part");
    let _ = fs::remove_dir_all(&unfinished);
    let mut clone = Command::new("git");
    clone
        .args(["clone", "--quiet", "--bare"])
        .arg(scratch.join(BUNDLE))
        .arg(&unfinished);
    apt::run(&mut clone)?;
    fs::rename(&unfinished, git).map_err(|error| format!("{}: {error}", git.display()))
}

/// Every blob that was ever in one of the directories, on master or on a stable branch.
fn history(git: &Path) -> Result<Days, String> {
    let mut days = Days::new();
    log(git, &["--first-parent", "master"], &mut days, true)?;
    log(git, &["--branches", "--not", "master"], &mut days, false)?;
    Ok(days)
}

/// Reads a log, oldest first. `lasting`: a blob is current until the next one at its path.
fn log(git: &Path, revisions: &[&str], days: &mut Days, lasting: bool) -> Result<(), String> {
    let mut log = Command::new("git");
    log.arg("-C").arg(git).args([
        "log",
        "-m",
        "--raw",
        "--no-abbrev",
        "--no-renames",
        "--reverse",
        "--format=%ct",
    ]);
    log.args(revisions)
        .arg("--")
        .args(DIRECTORIES)
        .stdout(Stdio::piped());
    let mut child = log
        .spawn()
        .map_err(|error| format!("cannot run git log: {error}"))?;
    let output = child.stdout.take().ok_or("git log has no output")?;
    let mut today = 0;
    let mut current: HashMap<String, (String, u16)> = HashMap::new();
    for line in BufReader::new(output).split(b'\n') {
        let line = line.map_err(|error| format!("git log: {error}"))?;
        let line = String::from_utf8_lossy(&line);
        if let Some((path, blob)) = changed(&line) {
            if let Some((old, since)) = current.remove(path) {
                note(days, path, &old, since, if lasting { today } else { since });
            }
            if let Some(blob) = blob {
                current.insert(path.to_owned(), (blob.to_owned(), today));
            }
        } else if let Ok(seconds) = line.parse::<u64>() {
            today = u16::try_from(seconds / 86_400).unwrap_or(u16::MAX);
        }
    }
    for (path, (blob, since)) in current {
        note(days, &path, &blob, since, if lasting { today } else { since });
    }
    let status = child.wait().map_err(|error| format!("git log: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err("git log failed".to_owned())
    }
}

/// Path and new blob of `:100644 100644 OLD NEW M<tab>path`; no blob when it is deleted or no regular file.
fn changed(line: &str) -> Option<(&str, Option<&str>)> {
    let (fields, path) = line.strip_prefix(':')?.split_once('\t')?;
    let mut fields = fields.split(' ');
    let mode = fields.nth(1)?;
    let blob = fields.nth(1)?;
    Some((path, (blob != NOTHING && mode.starts_with("100")).then_some(blob)))
}

fn note(days: &mut Days, path: &str, blob: &str, first: u16, last: u16) {
    let Some(class) = place::gnulib(path) else { return };
    let name = path.rsplit('/').next().unwrap_or(path).to_owned();
    let last = last.max(first);
    let entry = days
        .entry(blob.to_owned())
        .or_default()
        .entry((name, class))
        .or_insert((first, last));
    *entry = (entry.0.min(first), entry.1.max(last));
}

type Take<'a> = dyn FnMut(&'static str, &Version, Class, &str, &[u8]) + 'a;

/// Reads all blobs through one `git cat-file`.
fn contents(git: &Path, days: &Days, take: &mut Take<'_>) -> Result<(), String> {
    let mut cat = Command::new("git");
    cat.arg("-C")
        .arg(git)
        .args(["cat-file", "--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut child = cat
        .spawn()
        .map_err(|error| format!("cannot run git cat-file: {error}"))?;
    let mut input = child.stdin.take().ok_or("git cat-file has no input")?;
    let mut output = BufReader::new(child.stdout.take().ok_or("git cat-file has no output")?);
    let failed = |error: std::io::Error| format!("git cat-file: {error}");
    thread::scope(|scope| {
        // Written from another thread: both pipes fill up.
        scope.spawn(move || days.keys().try_for_each(|blob| writeln!(input, "{blob}")));
        for names in days.values() {
            let mut header = String::new();
            output.read_line(&mut header).map_err(failed)?;
            let size = header
                .trim_end()
                .rsplit(' ')
                .next()
                .and_then(|size| size.parse::<usize>().ok());
            let size = size.ok_or_else(|| format!("git cat-file: {header}"))?;
            let mut content = vec![0; size + 1];
            output.read_exact(&mut content).map_err(failed)?;
            content.pop();
            for ((name, class), (first, last)) in names {
                take(
                    "gnulib",
                    &Version::Days {
                        first: *first,
                        last: *last,
                    },
                    *class,
                    name,
                    &content,
                );
            }
        }
        Ok::<(), String>(())
    })?;
    child.wait().map(drop).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::changed;

    #[test]
    fn lines_of_a_raw_log() {
        let new = "f3f1a50d229c7b6472d11c8a5a19c43e9cf14527";
        let line = format!(":000000 100644 {} {new} A\tlib/a b.c", super::NOTHING);
        assert_eq!(changed(&line), Some(("lib/a b.c", Some(new))));
        let line = format!(":100644 000000 {new} {} D\tlib/a.c", super::NOTHING);
        assert_eq!(changed(&line), Some(("lib/a.c", None)));
        let line = format!(":000000 120000 {} {new} A\tlib/link", super::NOTHING);
        assert_eq!(changed(&line), Some(("lib/link", None)));
        assert_eq!(changed("1700000000"), None);
    }
}

//! `tarvet demo`: an honest and a doctored release of a small built-in upstream, both checked as `tarvet check` does.

#[path = "demo/build.rs"]
mod build;
#[path = "demo/sources.rs"]
mod sources;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anstyle::Style;
use clap::Parser;
use tarvet_core::Verdict;
use tarvet_core::report::Report;

use crate::args::{Cli, Command, DemoArgs};
use crate::error::CliError;
use crate::style::{BAD, FAINT, GOOD, STRONG};
use crate::{check, text};

/// Exit status when a verdict is not the expected one.
const NOT_AS_EXPECTED: u8 = 1;

/// Runs the demo: 0 when both verdicts are as they must be, else 1.
pub fn run(args: &DemoArgs) -> Result<u8, CliError> {
    // Held to the end: dropping it removes the directory.
    let temporary;
    let directory = match &args.keep {
        Some(directory) => new_directory(directory)?,
        None => {
            let unwritable = |error| CliError::new(format!("cannot make a temporary directory: {error}"));
            temporary = tempfile::Builder::new()
                .prefix("tarvet-demo-")
                .tempdir()
                .map_err(unwritable)?;
            temporary.path().to_owned()
        }
    };
    let files = build::write_files(&directory)?;
    let honest = command_line(&files.honest, &files)?;
    let doctored = command_line(&files.doctored, &files)?;
    let (good, bad) = (check_with(&honest)?, check_with(&doctored)?);
    let as_expected = is_verified(&good) && is_rejected_for_the_macro(&bad);

    let mut out = anstream::stdout().lock();
    introduce(&mut out)?;
    show(
        "1. The honest tarball is what `make dist` makes of the signed tag, and nothing else.",
        &honest,
        &good,
        &mut out,
    )?;
    show(
        "2. The doctored tarball is the same and has one file more: m4/build-to-host.m4, a well-known macro's\n   \
         name, with a higher serial than any published one. `autoreconf -fi` would keep it, and every build would\n   \
         run it. The xz backdoor (CVE-2024-3094) was launched by such a file.",
        &doctored,
        &bad,
        &mut out,
    )?;
    conclude(as_expected, args.keep.as_deref(), &mut out)?;
    out.flush()?;
    Ok(if as_expected { 0 } else { NOT_AS_EXPECTED })
}

/// The directory to keep the files in. Nothing in it is ever overwritten.
fn new_directory(directory: &Path) -> Result<PathBuf, CliError> {
    fs::create_dir_all(directory).map_err(|error| CliError::file(directory, "make the directory", &error))?;
    let mut entries =
        fs::read_dir(directory).map_err(|error| CliError::file(directory, "read the directory", &error))?;
    if entries.next().is_some() {
        let message = format!("{}: the directory is not empty", directory.display());
        return Err(CliError::new(message).hint("--keep takes a directory that is new or empty"));
    }
    Ok(directory.to_owned())
}

/// The words of the equivalent `tarvet check`; what is run is made from them and nothing else.
fn command_line(tarball: &Path, files: &build::Files) -> Result<Vec<String>, CliError> {
    let word = |path: &Path| match path.to_str() {
        Some(word) => Ok(word.to_owned()),
        None => Err(CliError::new(format!(
            "{}: the demo prints command lines and needs a directory whose name is UTF-8",
            path.display()
        ))),
    };
    Ok(vec![
        "tarvet".into(),
        "check".into(),
        word(tarball)?,
        "--proof".into(),
        word(&files.proof)?,
        "--keyring".into(),
        word(&files.keyring)?,
    ])
}

fn check_with(words: &[String]) -> Result<Report, CliError> {
    match Cli::try_parse_from(words).map(|cli| cli.command) {
        Ok(Command::Check(args)) => check::report(&args),
        Ok(_) => Err(CliError::new("the demo's command line is not a check")),
        Err(error) => Err(CliError::new(error.to_string())),
    }
}

fn is_verified(report: &Report) -> bool {
    report.verdict == Verdict::Verified && report.findings.is_empty()
}

fn is_rejected_for_the_macro(report: &Report) -> bool {
    let findings: Vec<_> = report
        .findings
        .iter()
        .map(|finding| (finding.code, finding.path.as_deref()))
        .collect();
    let expected = ["m4-serial-ahead", "file-impostor"].map(|code| (code, Some(sources::ADDED.path)));
    report.verdict == Verdict::Rejected && findings == expected
}

fn introduce(out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "pocket is a small made-up upstream: a git tree of {} files, and a tag {} that its maintainer signed.\n\
         Two tarballs claim to be {}. Here is what tarvet makes of them, with no network and no git.",
        sources::UPSTREAM.len(),
        sources::TAG,
        sources::RELEASE,
    )
}

fn show(words: &str, command: &[String], report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let command: Vec<_> = command.iter().map(|word| quoted(word)).collect();
    writeln!(out, "\n{words}\n\n{STRONG}$ {}{STRONG:#}", command.join(" "))?;
    text::report(report, false, out)
}

fn conclude(as_expected: bool, kept: Option<&Path>, out: &mut dyn Write) -> io::Result<()> {
    let (colour, words): (Style, &str) = if as_expected {
        (GOOD, "Both verdicts are as they must be.")
    } else {
        (BAD, "A verdict is not as it must be: this tarvet is broken.")
    };
    writeln!(out, "\n{colour}{words}{colour:#}")?;
    match kept {
        Some(directory) => writeln!(
            out,
            "The files are in {}; the two command lines above check them again.",
            quoted(&directory.display().to_string())
        ),
        None => writeln!(
            out,
            "{FAINT}The files are gone now; `tarvet demo --keep DIRECTORY` keeps them.{FAINT:#}"
        ),
    }
}

/// A word as a shell would need it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=:,@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", tarvet_core::escape::escape(word).replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn words_are_quoted_for_a_shell() {
        assert_eq!(quoted("demo/a-1.tar.gz"), "demo/a-1.tar.gz");
        assert_eq!(quoted("my files"), "'my files'");
        assert_eq!(quoted("it's"), "'it'\\''s'");
        assert_eq!(quoted(""), "''");
    }
}

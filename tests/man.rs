//! The manual: fresh, complete, and every example in it and in README.md is a command line that works.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says when it is skipped"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Parser;
use tarvet_core::Claim;
use tarvet_core::keyring::SignatureState;
use tarvet_core::origin::Origin;

#[allow(
    dead_code,
    missing_docs,
    reason = "the command's own file; only its definition is used here"
)]
#[path = "../crates/cli/args.rs"]
mod args;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).expect(name)
}

fn pages() -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join("man")).expect("man/");
    let mut pages: Vec<_> = entries.map(|entry| entry.expect("readable").path()).collect();
    pages.sort();
    pages
}

/// Runs the generator itself. In a published package, which has no xtask, there is nothing to generate from.
#[test]
fn the_pages_are_fresh() {
    if !root().join("crates/xtask/Cargo.toml").exists() {
        eprintln!("skipped: this is a package without xtask");
        return;
    }
    let output = Command::new(env!("CARGO"))
        .args([
            "run",
            "--quiet",
            "--offline",
            "-p",
            "xtask",
            "--",
            "man",
            "--check",
        ])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn every_page_has_the_sections_that_a_reader_looks_for() {
    for page in pages() {
        let text = fs::read_to_string(&page).expect("readable");
        let command = page.extension().is_some_and(|section| section == "1");
        let wanted: &[&str] = match command {
            true => &[
                "NAME",
                "SYNOPSIS",
                "DESCRIPTION",
                "EXIT STATUS",
                "EXAMPLES",
                "WHAT A PASS DOES NOT PROVE",
                "SEE ALSO",
            ],
            false => &["NAME", "DESCRIPTION", "WHAT A PASS DOES NOT PROVE", "SEE ALSO"],
        };
        for section in wanted {
            let plain = format!(".SH {section}\n");
            let quoted = format!(".SH \"{section}\"\n");
            assert!(
                text.contains(&plain) || text.contains(&quoted),
                "{}: no {section}",
                page.display()
            );
        }
    }
}

/// References of the SEE ALSO sections to pages of ours lead somewhere.
#[test]
fn pages_that_are_named_exist() {
    for page in pages() {
        let text = fs::read_to_string(&page).expect("readable").replace("\\-", "-");
        for (at, _) in text.match_indices("\\fBtarvet") {
            let rest = &text[at + 3..];
            let Some((name, tail)) = rest.split_once("\\fR") else {
                continue;
            };
            if let Some(section) = tail.strip_prefix('(').and_then(|tail| tail.get(..1)) {
                assert!(
                    root().join(format!("man/{name}.{section}")).exists(),
                    "{}: {name}({section}) does not exist",
                    page.display()
                );
            }
        }
    }
}

/// The examples of a page: the lines between `.nf` and `.fi`, unescaped.
fn examples_of_page(text: &str) -> Vec<String> {
    let mut shown = false;
    let mut examples = Vec::new();
    for line in text.lines() {
        match line {
            ".nf" => shown = true,
            ".fi" => shown = false,
            _ if shown => examples.push(
                line.replace("\\-", "-")
                    .replace("\\*(Aq", "'")
                    .replace("\\\\", "\\"),
            ),
            _ => {}
        }
    }
    examples
}

/// The examples of README.md: indented, or behind a prompt in a transcript.
fn examples_of_readme() -> Vec<String> {
    let readme = read("README.md");
    let examples = readme
        .lines()
        .filter_map(|line| line.strip_prefix("    ").or_else(|| line.strip_prefix("$ ")));
    examples.map(ToOwned::to_owned).collect()
}

fn commands() -> Vec<String> {
    let mut examples = examples_of_readme();
    for page in pages() {
        examples.extend(examples_of_page(&fs::read_to_string(page).expect("readable")));
    }
    examples.retain(|line| line.starts_with("tarvet "));
    examples
}

#[test]
fn every_example_is_a_command_line() {
    let commands = commands();
    assert!(commands.len() > 20, "the examples were not found: {commands:?}");
    for command in commands {
        if let Err(error) = args::Cli::try_parse_from(command.split(' ')) {
            panic!("{command}\n{error}");
        }
    }
}

/// What needs no files, or those of the demo, is run. 2 is "could not run".
#[test]
fn examples_that_can_be_run_do_run() {
    let directory = tempfile::tempdir().expect("a directory");
    let run = |command: &str| {
        let words = command.split(' ').skip(1);
        let mut process = Command::new(env!("CARGO_BIN_EXE_tarvet"));
        process.args(words).current_dir(directory.path()).env_clear();
        process.output().expect("the command runs")
    };
    let keep = "tarvet demo --keep demo";
    assert!(run(keep).status.success());
    let commands: BTreeSet<String> = commands().into_iter().filter(|command| command != keep).collect();
    let mut count = 0;
    for command in commands {
        let needs_nothing = ["tarvet demo", "tarvet explain ", "tarvet checks"]
            .iter()
            .any(|start| command.starts_with(start));
        if !needs_nothing && !command.contains(" demo/") {
            continue;
        }
        count += 1;
        let output = run(&command);
        let expected = if command.contains("demo/doctored/") { 1 } else { 0 };
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(expected), "{command}\n{stderr}");
    }
    assert!(count >= 8, "only {count} examples were run");
    assert!(
        directory.path().join("demo/report.json").exists(),
        "--output wrote nothing"
    );
}

/// README.md has a row for each name that a report can show, and no other.
#[test]
fn the_tables_of_the_readme_are_complete() {
    let readme = read("README.md");
    let rows = |heading: &str| -> BTreeSet<String> {
        let section = readme.split(heading).nth(1).expect(heading);
        let section = section.split("\n### ").next().expect("a section");
        let names = section
            .lines()
            .filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
        names.map(|(name, _)| name.to_owned()).collect()
    };
    let names = |all: &[&str]| -> BTreeSet<String> { all.iter().map(|name| (*name).to_owned()).collect() };
    assert_eq!(rows("### Claims\n"), names(&Claim::ALL.map(Claim::as_str)));
    assert_eq!(rows("### Origins\n"), names(&Origin::ALL.map(Origin::as_str)));
    let states = [
        SignatureState::Good,
        SignatureState::GoodCertificateExpiredSince,
        SignatureState::CertificateExpiredAtSigning,
        SignatureState::CertificateRevoked,
        SignatureState::Weak,
        SignatureState::UnknownSigner,
        SignatureState::Bad,
        SignatureState::Malformed,
        SignatureState::Unsupported,
    ];
    assert_eq!(
        rows("### Signature states\n"),
        names(&states.map(SignatureState::as_str))
    );
}

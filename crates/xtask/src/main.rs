//! Chores of the workspace, run as `cargo xtask NAME`.
#![forbid(unsafe_code)]
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "chores talk to whoever runs them"
)]

mod apt;
#[allow(
    dead_code,
    missing_docs,
    reason = "the command's own file; only its definition is used here"
)]
#[path = "../../cli/args.rs"]
mod args;
#[path = "../../cli/catalogue.rs"]
mod catalogue;
mod completions;
mod corpus;
mod known;
mod layering;
mod lintian;
mod man;
mod specs;
mod workspace;

use std::process::ExitCode;

/// A chore takes the arguments after its name; its error is a message for whoever ran it.
type Chore = fn(&[String]) -> Result<(), String>;

/// Every chore, one file each.
const CHORES: &[(&str, &str, Chore)] = &[
    (
        "completions",
        "DIRECTORY: write completions for every shell",
        completions::run,
    ),
    (
        "corpus",
        "do real releases get the answers they are known to deserve?",
        corpus::run,
    ),
    (
        "known",
        "[--sample]: build the table of known files, or rebuild a part and compare",
        known::run,
    ),
    (
        "layering",
        "do dependencies and sources keep to the layers?",
        layering::run,
    ),
    (
        "lintian",
        "DIRECTORY: write lintian's tag files, from the checks' pages",
        lintian::run,
    ),
    (
        "man",
        "[--check]: write man/, or say whether it is up to date",
        man::run,
    ),
    (
        "specs",
        "[--rpmspec] PATH…: how much of real specs is resolved, and does rpmspec agree?",
        specs::run,
    ),
];

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();
    let Some((_, _, chore)) = CHORES.iter().find(|(known, _, _)| *known == name) else {
        eprintln!("usage: cargo xtask CHORE\n");
        for (name, about, _) in CHORES {
            eprintln!("  {name:12} {about}");
        }
        return ExitCode::from(2);
    };
    match chore(&rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{name}: {message}");
            ExitCode::FAILURE
        }
    }
}

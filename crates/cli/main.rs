//! The `tarvet` command: arguments, files, progress and rendering. What is judged is in `tarvet-core`.
#![forbid(unsafe_code)]

mod args;
mod catalogue;
mod check;
mod debian;
mod demo;
mod differing;
mod error;
mod explain;
mod fetch;
mod index;
mod inputs;
mod keyring;
mod known;
mod lintian;
mod naming;
mod output;
mod progress;
mod prove;
mod rebuilt;
mod remote;
mod rpm;
mod signers;
mod style;
mod text;

use std::process::ExitCode;

use clap::Parser;

use args::{Cli, Command};

/// Exit status for "could not run": the caller, not the package, got something wrong.
const COULD_NOT_RUN: u8 = 2;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let result = match cli.command {
        Command::Check(args) => check::run(&args),
        Command::Debian(args) => debian::run(&args),
        Command::Rpm(args) => rpm::run(&args),
        Command::Prove(args) => prove::run(&args),
        Command::Rebuilt(args) => rebuilt::run(&args),
        Command::Known(args) => known::run(&args),
        Command::Keyring(args) => keyring::run(&args),
        Command::Signers(args) => signers::run(&args),
        Command::Explain(args) => explain::explain(&args),
        Command::Checks(args) => explain::list(&args),
        Command::Demo(args) => demo::run(&args),
    };
    match result {
        Ok(status) => ExitCode::from(status),
        // The reader of our output went away: it has seen what it wanted, but we cannot vouch for the rest.
        Err(error) if error.is_broken_pipe() => ExitCode::from(COULD_NOT_RUN),
        Err(error) => {
            anstream::eprintln!("{error}");
            ExitCode::from(COULD_NOT_RUN)
        }
    }
}

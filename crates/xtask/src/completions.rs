//! `cargo xtask completions DIRECTORY`.

use std::fs;
use std::path::Path;

use clap::{CommandFactory, ValueEnum};
use clap_complete::{Shell, generate_to};

use crate::args::Cli;

/// Writes one file for each shell that is known.
pub fn run(arguments: &[String]) -> Result<(), String> {
    let [directory] = arguments else {
        return Err("expected one argument, the directory to write to".into());
    };
    let directory = Path::new(directory);
    let failed = |error: std::io::Error| format!("{}: {error}", directory.display());
    fs::create_dir_all(directory).map_err(failed)?;
    for shell in Shell::value_variants() {
        let path = generate_to(*shell, &mut Cli::command(), "tarvet", directory).map_err(failed)?;
        println!("{}", path.display());
    }
    Ok(())
}

//! `cargo xtask layering`: dependencies point one way, and what only one place may touch is touched only there.
//!
//! Two halves. [`arrows`] reads `cargo metadata`: which package may depend on which. [`rules`] reads the sources,
//! stripped of comments and strings by [`source`]: which paths and calls may occur where, and how long a file may be.

mod arrows;
mod rules;
mod source;

use std::fs;
use std::path::{Path, PathBuf};

use crate::workspace;

/// One departure from the layers: where, and what is wrong there.
#[derive(Debug, PartialEq, Eq)]
pub struct Breach {
    place: String,
    what: String,
}

/// Prints every breach and fails if there is one.
pub fn run(_arguments: &[String]) -> Result<(), String> {
    let root = workspace::root();
    let mut breaches = arrows::check(&workspace::metadata()?);
    let mut files = Vec::new();
    sources(&root.join("crates"), &mut files).map_err(|error| format!("cannot list crates/: {error}"))?;
    files.sort();
    for file in &files {
        let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
        let path = file.strip_prefix(&root).unwrap_or(file);
        breaches.extend(rules::check(&path.to_string_lossy(), &text));
    }
    for Breach { place, what } in &breaches {
        eprintln!("{place}: {what}");
    }
    match breaches.len() {
        0 => {
            println!("layering: {} source files keep to the layers", files.len());
            Ok(())
        }
        count => Err(format!("{count} breaches")),
    }
}

fn sources(directory: &Path, into: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            sources(&path, into)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
    Ok(())
}

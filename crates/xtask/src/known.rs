//! `cargo xtask known`: the table of known files, built only from Debian packages.
//!
//! Packages are fetched through apt ([`crate::apt`]), which checks them against the archive's signature. What is
//! taken: the whole history of gnulib ([`gnulib`]), every version of gettext's infrastructure ([`autopoint`]), the
//! files of tools' packages ([`packages`], [`place`]) and of their upstream tarballs ([`tools`]), and what releases of
//! several unrelated upstreams share though no project published it ([`upstreams`]). The manifest beside the table
//! says what went in ([`manifest`]). With the same packages the table is the same, byte for byte.

mod archive;
mod autopoint;
mod gnulib;
mod index;
mod manifest;
mod packages;
mod place;
mod sample;
mod tools;
mod unpacked;
mod upstreams;

use std::fs;
use std::path::{Path, PathBuf};

use tarvet_origin::known::{Builder, Table};

use crate::workspace;
use archive::Archive;
use manifest::Manifest;

/// Where the table and its manifest are committed.
pub const TABLE: &str = "crates/tarvet-origin/data/known.table";
const MANIFEST: &str = "crates/tarvet-origin/data/known.json";

/// The most that the table may add to the program, in bytes.
const LARGEST: usize = 4 << 20;

/// Builds the table, or a part of it with `--sample`, in `--work DIR` (`target/known`).
pub fn run(arguments: &[String]) -> Result<(), String> {
    let mut work = workspace::root().join("target/known");
    let mut sample = false;
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--sample" => sample = true,
            "--work" => {
                work = arguments
                    .next()
                    .map(PathBuf::from)
                    .ok_or("--work needs a directory")?
            }
            other => return Err(format!("unknown argument {other}; known [--work DIR] [--sample]")),
        }
    }
    if sample {
        return sample::run(&Archive::new(&work, "deb")?);
    }
    build(&Archive::new(&work, "deb deb-src")?, &work)
}

/// All of it. Of several projects that published the same contents the first one here is named, so the projects with
/// releases come before those that collect them.
fn build(archive: &Archive, work: &Path) -> Result<(), String> {
    let mut builder = Builder::new();
    let mut manifest = Manifest::default();
    for package in packages::PACKAGES {
        packages::add(&mut builder, &mut manifest, archive, package)?;
    }
    gnulib::add(&mut builder, &mut manifest, archive, work)?;
    for tool in tools::TOOLS {
        tools::add(&mut builder, &mut manifest, archive, tool)?;
    }
    upstreams::add(&mut builder, &mut manifest, archive)?;
    let bytes = builder.finish().map_err(|error| error.to_string())?;
    let table =
        Table::parse(bytes.clone()).map_err(|error| format!("what was built cannot be read: {error}"))?;
    manifest.count(&table);
    if bytes.len() > LARGEST {
        return Err(format!(
            "the table has {} bytes, more than {LARGEST}",
            bytes.len()
        ));
    }
    let root = workspace::root();
    for (path, contents) in [(TABLE, bytes), (MANIFEST, manifest.text()?.into_bytes())] {
        fs::write(root.join(path), contents).map_err(|error| format!("{path}: {error}"))?;
    }
    println!("known: {:?}", table.counts());
    Ok(())
}

//! `--sample`: proof that the committed table comes from where its manifest says. A few packages are fetched again,
//! and every file that they would add must be in the table.

use std::fs;

use tarvet_origin::known::{Tables, Version};

use super::archive::Archive;
use super::manifest::Manifest;
use super::packages::{self, PACKAGES};
use super::{MANIFEST, TABLE};
use crate::workspace;

/// A few megabytes: a tool, the archive of gettext's versions, and many small macros.
const SAMPLE: &[&str] = &["automake", "autopoint", "autoconf-archive", "libtool", "pkgconf"];

/// Fetches what the archive still has of the sample and compares.
pub fn run(archive: &Archive) -> Result<(), String> {
    let path = workspace::root().join(MANIFEST);
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let manifest: Manifest = serde_json::from_str(&text).map_err(|error| format!("{MANIFEST}: {error}"))?;
    let (mut compared, mut missing) = (0, Vec::new());
    for package in PACKAGES.iter().filter(|package| SAMPLE.contains(&package.name)) {
        let available = archive.versions(package.name);
        let listed = manifest
            .packages
            .iter()
            .filter(|input| input.name == package.name);
        for input in listed {
            if !available.contains(&input.version) {
                println!(
                    "known: the archive has moved on from {} {}",
                    input.name, input.version
                );
                continue;
            }
            let fetched = archive.binary(package.name, &input.version)?;
            if fetched.sha256 != input.sha256 {
                return Err(format!(
                    "{} {} is another file than the manifest says",
                    input.name, input.version
                ));
            }
            let tables = Tables::new();
            for (_, version, _, name, content) in packages::contents(archive, package, &fetched)? {
                // Names that every package generates anew are in no table.
                if tables.class(name.as_str().into()).is_none() || content.is_empty() {
                    continue;
                }
                compared += 1;
                if tables.known_by_content(name.as_str().into(), &content).is_none() {
                    let Version::Release(version) = version else {
                        continue;
                    };
                    missing.push(format!("{name} of {} {version}", package.project));
                }
            }
        }
    }
    println!(
        "known: {compared} files of the sample, {} of them not in {TABLE}",
        missing.len()
    );
    match missing.as_slice() {
        [] if compared > 1000 => Ok(()),
        [] => Err("too little of the sample could be fetched to prove anything".to_owned()),
        [first, ..] => Err(format!(
            "{first} is not in the table, nor are {} others: rebuild it",
            missing.len() - 1
        )),
    }
}

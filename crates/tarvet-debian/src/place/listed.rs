//! The files of a `.dsc`, beside it.

use super::{Described, Package, PlaceError, beside};
use crate::dsc::{Dsc, Fault, FaultKind, Faults};
use crate::files::{Base, Parts, Role};
use crate::version::Version;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The package that a `.dsc` describes.
pub(super) fn from_dsc(described: Described) -> Result<Package, PlaceError> {
    let reading = Dsc::read(&described.name, &described.bytes);
    let mut package = Package {
        faults: reading.faults,
        ..Package::default()
    };
    if let Some(dsc) = reading.dsc {
        let (parts, faults) = Parts::of(&described.name, &dsc);
        package.faults.extend(faults);
        package.parts = parts;
        for file in &dsc.files {
            let path = beside(&described.path, &file.name);
            let there = path.is_file();
            if !there {
                package.faults.push(missing(&described.name, &file.name));
            }
            package.files.insert(file.name.clone(), there.then_some(path));
        }
        let directory = described
            .path
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty());
        let directory = directory.unwrap_or(Path::new("."));
        let found = upstream_files(directory, &dsc.source, &dsc.version)?;
        package.faults.extend(unlisted(&described.name, &dsc, &found));
        package.source = Some(dsc.source.clone());
        package.version = Some(dsc.version.clone());
        package.format = Some(dsc.format.clone());
        package.dsc = Some(dsc);
    }
    package.described = Some(described);
    Ok(package)
}

pub(super) fn missing(description: &str, name: &str) -> Fault {
    let message = format!("{name} is listed and is no file beside it");
    let help = "fetch the whole package (dget, apt-get source --download-only)";
    Fault::new(FaultKind::FileMissing, description, None, message, help)
}

/// Upstream tarballs and signatures of that version in a directory, by name.
pub(super) fn upstream_files(
    directory: &Path,
    source: &str,
    version: &Version,
) -> Result<BTreeMap<String, Role>, PlaceError> {
    let base = Base::of(source, version);
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(directory).map_err(|error| PlaceError::io(directory, error))? {
        let entry = entry.map_err(|error| PlaceError::io(directory, error))?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        let role = base.role(name).map(|(role, _)| role);
        if let Some(role @ (Role::Orig | Role::Component(_) | Role::Signature(_))) = role
            && entry.path().is_file()
        {
            found.insert(name.to_owned(), role);
        }
    }
    Ok(found)
}

/// What lies beside the `.dsc` under the name of a part of the package, and is none.
fn unlisted(description: &str, dsc: &Dsc, found: &BTreeMap<String, Role>) -> Vec<Fault> {
    let mut faults = Faults::of(description);
    for (name, role) in found.iter().filter(|(name, _)| dsc.file(name).is_none()) {
        let (kind, help) = match role {
            Role::Signature(_) => (
                FaultKind::SignatureUnlisted,
                "build the source package with the signature beside the tarball, so that it is part of it",
            ),
            _ => (
                FaultKind::OrigUnlisted,
                "move it away, or build the source package with it: the next build would pick it up",
            ),
        };
        faults.push(
            kind,
            None,
            format!("{name} lies beside it and is not listed"),
            help,
        );
    }
    faults.found
}

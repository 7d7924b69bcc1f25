//! An unpacked tree, and its tarballs around it.

use super::{Package, PlaceError, listed, read};
use crate::changelog;
use crate::debian_dir::{Content, DebianDir, Room};
use crate::dsc::{Fault, FaultKind, Format};
use crate::files::{Base, Parts, Role};
use crate::version::Version;
use std::fs;
use std::path::{Path, PathBuf};

const CHANGELOG: &str = "debian/changelog";
const FORMAT: &str = "debian/source/format";

/// The package that a tree with debian/ is the source of.
pub(super) fn find(tree: &Path) -> Result<Package, PlaceError> {
    let debian =
        DebianDir::from_directory(tree, Room::default()).map_err(|error| PlaceError::io(tree, error))?;
    let mut faults = debian.faults.clone();
    let format = format(&debian, &mut faults);
    let entry = match debian.content(CHANGELOG) {
        Content::Bytes(text) => changelog::first(CHANGELOG, text),
        Content::Absent => Err(unreadable("there is no such file".to_owned())),
        Content::Unknown(why) => Err(unreadable(why)),
    };
    let mut package = Package {
        tree: Some(tree.to_owned()),
        format,
        ..Package::default()
    };
    match entry {
        Ok(entry) => {
            around(tree, &mut package, &entry.package, &entry.version, &mut faults)?;
            package.source = Some(entry.package);
            package.version = Some(entry.version);
        }
        Err(fault) => faults.push(fault),
    }
    package.debian = Some(debian);
    package.faults.append(&mut faults);
    Ok(package)
}

fn unreadable(why: String) -> Fault {
    let help = "name and version of the package are read there";
    Fault::new(FaultKind::ChangelogMalformed, CHANGELOG, None, why, help)
}

/// The first line of debian/source/format; 1.0 where there is no such file (dpkg-source(1)).
fn format(debian: &DebianDir, faults: &mut Vec<Fault>) -> Option<Format> {
    match debian.content(FORMAT) {
        Content::Bytes(text) => {
            let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
            Some(Format::parse(String::from_utf8_lossy(line).trim()))
        }
        Content::Absent => Some(Format::V1),
        Content::Unknown(why) => {
            let help = "make it a file with one line, such as 3.0 (quilt)";
            faults.push(Fault::new(FaultKind::UnknownFormat, FORMAT, None, why, help));
            None
        }
    }
}

/// Looks for the `.dsc` and the upstream tarballs.
fn around(
    tree: &Path,
    package: &mut Package,
    source: &str,
    version: &Version,
    faults: &mut Vec<Fault>,
) -> Result<(), PlaceError> {
    let description = format!("{}.dsc", Base::of(source, version).full);
    let mut tarballs = None;
    for directory in places(tree)? {
        let dsc = directory.join(&description);
        if package.described.is_none() && dsc.is_file() {
            let beside = listed::from_dsc(read(&dsc)?)?;
            package.described = beside.described;
            package.dsc = beside.dsc;
            package.files = beside.files;
            package.faults.extend(beside.faults);
        }
        if tarballs.is_none() {
            let found = listed::upstream_files(&directory, source, version)?;
            if found.values().any(|role| *role == Role::Orig) {
                tarballs = Some((directory, found));
            }
        }
    }
    // A .dsc of this very version says which files are meant.
    if let Some(dsc) = &package.dsc {
        package.parts = Parts::of(&description, dsc).0;
        return Ok(());
    }
    let Some(format) = package
        .format
        .as_ref()
        .filter(|format| **format != Format::Native)
    else {
        return Ok(());
    };
    let Some((directory, found)) = tarballs else {
        if *format == Format::V1 && version.revision().is_none() {
            return Ok(());
        }
        let message = format!(
            "no {}.orig.tar.* in .., ../build-area or ../tarballs",
            Base::of(source, version).upstream
        );
        let help =
            "fetch it (origtargz, uscan --download-current-version, gbp export-orig), or give the .dsc";
        faults.push(Fault::new(FaultKind::OrigMissing, CHANGELOG, None, message, help));
        return Ok(());
    };
    let names = found.keys().map(String::as_str);
    let (parts, trouble) = Parts::sort(CHANGELOG, format, source, version, names);
    // There is no packaging tarball yet: debian/ is the packaging.
    faults.extend(
        trouble
            .into_iter()
            .filter(|fault| fault.kind != FaultKind::PackagingMissing),
    );
    package.parts = parts;
    package.files = found
        .into_keys()
        .map(|name| (name.clone(), Some(directory.join(name))))
        .collect();
    Ok(())
}

/// The directories around a tree that exist.
fn places(tree: &Path) -> Result<Vec<PathBuf>, PlaceError> {
    // `..` of a link is not the directory that the user sees; the real one is where dpkg-source puts its files.
    let real = fs::canonicalize(tree).map_err(|error| PlaceError::io(tree, error))?;
    let Some(up) = real.parent() else {
        return Ok(Vec::new());
    };
    let all = [up.to_owned(), up.join("build-area"), up.join("tarballs")];
    Ok(all.into_iter().filter(|place| place.is_dir()).collect())
}

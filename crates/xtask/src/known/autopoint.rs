//! gettext's infrastructure of all versions, in the archive that autopoint carries.

use std::path::Path;
use std::process::Command;

use tarvet_origin::known::{Class, Version};

use super::packages::Entry;
use super::unpacked;
use crate::apt;

/// Below the root of the package.
const ARCHIVE: &str = "usr/share/gettext/archive.dir.tar.xz";

/// The files of every version in the archive of an unpacked package; none when it has no archive.
pub fn contents(package: &Path, project: &'static str) -> Result<Vec<Entry>, String> {
    let archive = package.join(ARCHIVE);
    if !archive.is_file() {
        return Ok(Vec::new());
    }
    let below = package.join("archive");
    std::fs::create_dir(&below).map_err(|error| format!("{}: {error}", below.display()))?;
    let mut tar = Command::new("tar");
    tar.args(["--extract", "--no-same-owner", "--file"])
        .arg(&archive)
        .arg("--directory")
        .arg(&below);
    apt::run(&mut tar)?;
    let mut entries = Vec::new();
    for file in unpacked::files(&below, &|path| place(path).is_some())? {
        if let Some((version, class, name)) = place(&file.path) {
            let entry = (
                project,
                Version::Release(version),
                class,
                name.to_owned(),
                file.content.clone(),
            );
            entries.push(entry);
        }
    }
    Ok(entries)
}

/// Version, class and name of `archive/gettext-0.21/m4/nls.m4` or `archive/0.21/m4/nls.m4`.
fn place(path: &str) -> Option<(String, Class, &str)> {
    let version = path.split('/').find_map(|part| {
        let version = part.strip_prefix("gettext-").unwrap_or(part);
        version
            .starts_with(|first: char| first.is_ascii_digit())
            .then(|| version.to_owned())
    })?;
    let (directory, name) = path.rsplit_once('/')?;
    let class = match name {
        _ if name.ends_with(".m4") => Class::Macro,
        "config.rpath" | "mkinstalldirs" | "install-sh" | "mdate-sh" | "config.guess" | "config.sub" => {
            Class::Script
        }
        "ABOUT-NLS" | "COPYING" => Class::Text,
        _ if directory.ends_with("/po") => Class::Po,
        _ if directory.ends_with("/intl") && name.contains('.') => Class::Source,
        _ => return None,
    };
    Some((version, class, name))
}

#[cfg(test)]
mod tests {
    use super::place;
    use tarvet_origin::known::Class;

    #[test]
    fn versions_are_directories() {
        let found = place("archive.dir/gettext-0.19.8/m4/nls.m4");
        assert_eq!(found, Some(("0.19.8".into(), Class::Macro, "nls.m4")));
        assert_eq!(
            place("archive.dir/0.21/po/Rules-quot").map(|found| found.1),
            Some(Class::Po)
        );
        assert_eq!(place("archive.dir/x/m4/nls.m4"), None);
    }
}

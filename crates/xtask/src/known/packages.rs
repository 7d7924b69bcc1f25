//! Binary packages whose files are standard build files.

use tarvet_origin::known::{Builder, Class, Version};

use super::archive::{Archive, Fetched};
use super::manifest::Manifest;
use super::{autopoint, place, unpacked};

/// A package, and the project that its files are known by.
pub struct Package {
    pub name: &'static str,
    pub project: &'static str,
}

const fn of(name: &'static str, project: &'static str) -> Package {
    Package { name, project }
}

/// Every package, in all versions that the suites have. What a suite does not have is skipped.
pub const PACKAGES: &[Package] = &[
    of("automake", "automake"),
    of("automake1.11", "automake"),
    of("libtool", "libtool"),
    of("autopoint", "gettext"),
    of("autoconf", "autoconf"),
    of("autoconf2.69", "autoconf"),
    of("autoconf2.64", "autoconf"),
    of("autoconf-archive", "autoconf-archive"),
    of("autotools-dev", "config"),
    of("pkgconf", "pkgconf"),
    of("gtk-doc-tools", "gtk-doc"),
    of("intltool", "intltool"),
    of("texinfo", "texinfo"),
    of("gettext", "gettext"),
    of("libglib2.0-dev", "glib"),
    of("libgio-2.0-dev", "glib"),
    of("gobject-introspection", "gobject-introspection"),
    of("libgirepository1.0-dev", "gobject-introspection"),
    of("valac", "vala"),
    of("libvala-dev", "vala"),
    of("gnome-common", "gnome-common"),
    of("yelp-tools", "yelp-tools"),
    of("mm-common", "mm-common"),
    of("mate-common", "mate-common"),
    of("xfce4-dev-tools", "xfce4-dev-tools"),
    of("xutils-dev", "xorg-macros"),
    of("appstream", "appstream"),
    of("libgpg-error-dev", "libgpg-error"),
    of("libgcrypt20-dev", "libgcrypt"),
    of("libassuan-dev", "libassuan"),
    of("libksba-dev", "libksba"),
    of("libnpth0-dev", "npth"),
    of("libntbtls-dev", "ntbtls"),
    of("libgpgme-dev", "gpgme"),
    of("libxml2-dev", "libxml2"),
    of("libxslt1-dev", "libxslt"),
    of("guile-3.0-dev", "guile"),
    of("libcurl4-openssl-dev", "curl"),
    of("check", "check"),
    of("autogen", "autogen"),
    of("libsdl2-dev", "sdl2"),
    of("libltdl-dev", "libtool"),
    of("flex", "flex"),
    of("base-files", "common licences"),
];

/// Names under which packages ship the licences that base-files has as `GPL-2` and so on.
const LICENCE_NAMES: &[&str] = &[
    "COPYING",
    "COPYING.LIB",
    "COPYING.LESSER",
    "COPYING.GPL",
    "COPYING.LGPL",
    "LICENSE",
];

/// Adds every version of a package.
pub fn add(
    builder: &mut Builder,
    manifest: &mut Manifest,
    archive: &Archive,
    package: &Package,
) -> Result<(), String> {
    let versions = archive.versions(package.name);
    if versions.is_empty() {
        println!("known: the archive has no {}", package.name);
    }
    for version in versions {
        match archive.binary(package.name, &version) {
            Ok(fetched) => {
                let files = contents(archive, package, &fetched)?;
                for (project, version, class, name, content) in &files {
                    builder.add(project, version, *class, name.as_bytes(), content);
                }
                println!("known: {} {version}: {} files", package.name, files.len());
                if !files.is_empty() {
                    manifest.package(&fetched);
                }
            }
            Err(error) => println!("known: {} {version} is left out: {error}", package.name),
        }
    }
    Ok(())
}

/// Project, version, class, name and content of a standard file.
pub type Entry = (&'static str, Version, Class, String, Vec<u8>);

/// The standard files of a fetched package.
pub fn contents(archive: &Archive, package: &Package, fetched: &Fetched) -> Result<Vec<Entry>, String> {
    let scratch = archive.scratch()?;
    unpacked::deb(&fetched.path, &scratch)?;
    let version = Version::Release(upstream_version(&fetched.version));
    let mut entries = Vec::new();
    for file in unpacked::files(&scratch, &|path| place::installed(path).is_some())? {
        let Some(class) = place::installed(&file.path) else {
            continue;
        };
        let name = file.path.rsplit('/').next().unwrap_or_default();
        if file.path.contains("common-licenses") {
            for alias in LICENCE_NAMES {
                entries.push((
                    package.project,
                    Version::Release(name.to_owned()),
                    class,
                    (*alias).to_owned(),
                    file.content.clone(),
                ));
            }
        } else {
            entries.push((
                package.project,
                version.clone(),
                class,
                name.to_owned(),
                file.content,
            ));
        }
    }
    entries.extend(autopoint::contents(&scratch, package.project)?);
    Ok(entries)
}

/// `1:1.16.5-1.3` is `1.16.5`.
pub fn upstream_version(version: &str) -> String {
    let version = version.split_once(':').map_or(version, |(_, version)| version);
    let version = version.rsplit_once('-').map_or(version, |(version, _)| version);
    version.split("+dfsg").next().unwrap_or(version).to_owned()
}

#[cfg(test)]
mod tests {
    use super::upstream_version;

    #[test]
    fn versions_without_what_debian_adds() {
        assert_eq!(upstream_version("1:1.16.5-1.3"), "1.16.5");
        assert_eq!(upstream_version("2.64+dfsg-1"), "2.64");
        assert_eq!(upstream_version("20220109.1"), "20220109.1");
    }
}

//! Upstream tarballs of the tools themselves: what they ship in them was published by them, as it is.

use tarvet_origin::known::{Builder, Class, Version};

use super::archive::Archive;
use super::manifest::Manifest;
use super::{packages, place, unpacked};

/// A source package, and the project that its files are known by.
pub struct Tool {
    pub name: &'static str,
    pub project: &'static str,
}

const fn of(name: &'static str, project: &'static str) -> Tool {
    Tool { name, project }
}

/// In all versions that the suites have.
pub const TOOLS: &[Tool] = &[
    of("automake-1.16", "automake"),
    of("automake-1.17", "automake"),
    of("automake", "automake"),
    of("automake1.11", "automake"),
    of("libtool", "libtool"),
    of("autoconf2.64", "autoconf"),
    of("autoconf2.69", "autoconf"),
    of("autoconf", "autoconf"),
    of("gettext", "gettext"),
    of("texinfo", "texinfo"),
    of("intltool", "intltool"),
    of("gtk-doc", "gtk-doc"),
    of("pkgconf", "pkgconf"),
    of("autoconf-archive", "autoconf-archive"),
    of("gnome-common", "gnome-common"),
    of("flex", "flex"),
    of("bison", "bison"),
];

/// Adds the files of a tool's tarballs that bear a name which is standard already.
pub fn add(
    builder: &mut Builder,
    manifest: &mut Manifest,
    archive: &Archive,
    tool: &Tool,
) -> Result<(), String> {
    for version in archive.source_versions(tool.name) {
        let fetched = match archive.orig(tool.name, &version) {
            Ok(fetched) => fetched,
            Err(error) => {
                println!(
                    "known: the tarball of {} {version} is left out: {error}",
                    tool.name
                );
                continue;
            }
        };
        let scratch = archive.scratch()?;
        unpacked::tarball(&fetched.path, &scratch)?;
        let release = Version::Release(packages::upstream_version(&version));
        let mut taken = 0;
        let class = |path: &str| {
            let class = builder.class(path.rsplit('/').next().unwrap_or_default().as_bytes());
            class.filter(|class| *class != Class::Source && place::worth_reading(path))
        };
        for file in unpacked::files(&scratch, &|path| class(path).is_some())? {
            let name = file.path.rsplit('/').next().unwrap_or_default().as_bytes();
            let Some(class) = builder.class(name) else {
                continue;
            };
            if !builder.has(name, &file.content) {
                taken += usize::from(builder.add(tool.project, &release, class, name, &file.content));
            }
        }
        println!(
            "known: the tarball of {} {version}: {taken} more files",
            tool.name
        );
        manifest.source(&fetched);
    }
    Ok(())
}

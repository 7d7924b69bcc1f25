//! A source package with everything that its packaging says, read before any tarball is looked at.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use bstr::{BStr, BString, ByteSlice};
use sha2::Digest;
use tarvet_archive::{Limits, Sha256};
use tarvet_core::Level;
use tarvet_core::settings::{Settings, SettingsError};
use tarvet_origin::rebuild::{Build, Doubt};

use crate::copyright::Exclusions;
use crate::debian_dir::{Content, DebianDir, DebianFile, Kind, Room, Root};
use crate::dsc::{Fault, Format};
use crate::effective::{Patches, Unpacked};
use crate::files::{self, Measured};
use crate::gbp::Gbp;
use crate::keys::Keys;
use crate::metadata::Metadata;
use crate::overrides::{self, Overrides};
use crate::place::{self, Package, PlaceError};
use crate::watch::Watch;
use crate::{clearsign, keys, patched, patches, rules};

/// Where tarvet's own settings are.
pub const SETTINGS: &str = "debian/tarvet.toml";
const WATCH: &str = "debian/watch";
const COPYRIGHT: &str = "debian/copyright";

/// Largest diff of format 1.0 that is read, in bytes after decompression.
const LARGEST_DIFF: u64 = 256 << 20;

/// A source package, read.
#[derive(Debug)]
pub struct SourcePackage {
    /// Its files.
    pub package: Package,
    /// What is below debian/ when dpkg-source is done, before patches.
    pub debian: DebianDir,
    /// debian/watch.
    pub watch: Watch,
    /// debian/upstream/metadata.
    pub metadata: Metadata,
    /// debian/gbp.conf.
    pub gbp: Gbp,
    /// Files-Excluded.
    pub exclusions: Exclusions,
    /// debian/source/lintian-overrides.
    pub overrides: Overrides,
    /// Keyrings and proofs.
    pub keys: Keys,
    /// debian/tarvet.toml, where there is one.
    pub settings: Result<Settings, SettingsError>,
    /// What the build makes anew.
    pub build: Build,
    /// The patches that will be applied, parsed once.
    pub patches: Patches,
    /// The diff of format 1.0.
    pub diff: Option<Diff>,
    /// Digests of every listed file that is there, by name; empty until the files were measured.
    pub measured: BTreeMap<String, Measured>,
    /// What is wrong with the package as a set of files.
    pub faults: Vec<Fault>,
    /// What is wrong in a file of the packaging: its path, line (0: none) and what.
    pub packaging_faults: Vec<(String, usize, String)>,
}

/// The diff of format 1.0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diff {
    /// Its text, decompressed.
    pub text: Vec<u8>,
    /// debian/ of upstream's tarball: in format 1.0 it stays, and the diff changes it.
    pub below: DebianDir,
}

/// A tarball of the package that comes from upstream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpstreamTarball {
    /// The component; `None` for the main tarball.
    pub component: Option<String>,
    /// Its file's name.
    pub name: String,
    /// Where the file is.
    pub path: PathBuf,
    /// Its signature's file.
    pub signature: Option<PathBuf>,
}

/// What the listed files are, and where they are not what the `.dsc` says.
#[derive(Debug)]
#[must_use = "a file that is not the listed one would go unnoticed"]
pub struct Measures {
    measured: BTreeMap<String, Measured>,
    faults: Vec<Fault>,
}

impl SourcePackage {
    /// Reads the package at `path`. `level` gives the level of each check that tarvet.toml may name.
    ///
    /// The listed files are not held against the `.dsc` here: that is [`SourcePackage::measure`], which takes about as
    /// long as reading the tarball does, and can be done at the same time.
    ///
    /// An error says that the path is no package, or that the medium failed; what is wrong with the package is in it.
    pub fn open(path: &Path, level: &dyn Fn(&str) -> Option<Level>) -> Result<Self, PlaceError> {
        let mut package = place::find(path)?;
        let mut faults = std::mem::take(&mut package.faults);
        let diff = diff(&package)?;
        let debian = debian(&mut package, diff.as_ref(), &mut faults)?;
        let name = package.source.clone().unwrap_or_default();
        let text = |path: &str| match debian.content(path) {
            Content::Bytes(bytes) => Some(bytes),
            Content::Absent | Content::Unknown(_) => None,
        };
        let watch = text(WATCH).map_or_else(Watch::default, |bytes| Watch::parse(bytes, &name));
        let metadata = text(crate::metadata::PLACE).map_or_else(Metadata::default, Metadata::parse);
        let gbp = text(crate::gbp::PLACE).map_or_else(Gbp::default, Gbp::parse);
        let exclusions = text(COPYRIGHT).map_or_else(Exclusions::default, Exclusions::parse);
        let (place, overrides) = overrides::PLACES
            .iter()
            .find_map(|place| Some((*place, Overrides::parse(text(place)?, &name))))
            .unwrap_or_default();
        let settings = settings(&debian, level);
        let paths: Vec<&BStr> = debian.files.keys().map(|path| path.as_bstr()).collect();
        let keys = Keys::find(paths, &name);
        let named = [
            (WATCH, &watch.faults),
            (crate::metadata::PLACE, &metadata.faults),
            (crate::gbp::PLACE, &gbp.faults),
            (COPYRIGHT, &exclusions.faults),
            (place, &overrides.faults),
            (keys::SIGNING_KEY, &keys.faults),
        ];
        let packaging_faults = named
            .into_iter()
            .flat_map(|(place, faults)| {
                faults
                    .iter()
                    .map(move |f| (place.to_owned(), f.line, f.message.clone()))
            })
            .collect();
        let patches = Patches::read(&debian, package.format.as_ref());
        Ok(SourcePackage {
            build: build(&debian, &patches, diff.as_ref()),
            patches,
            watch,
            metadata,
            gbp,
            exclusions,
            overrides,
            keys,
            settings,
            diff,
            measured: BTreeMap::new(),
            faults,
            packaging_faults,
            debian,
            package,
        })
    }

    /// Reads every file that the `.dsc` lists and compares it with what is said there.
    ///
    /// An error says that the medium failed. What was found must be given to [`SourcePackage::add`].
    pub fn measure(&self) -> Result<Measures, PlaceError> {
        measure(&self.package)
    }

    /// Adds what was measured. The faults of files go before what is wrong inside of them.
    pub fn add(&mut self, measures: Measures) {
        self.measured = measures.measured;
        let inside = std::mem::replace(&mut self.faults, measures.faults);
        self.faults.extend(inside);
    }

    /// Upstream's tarballs that are there: the main one first. A native package's own tarball counts as the main one.
    pub fn upstream_tarballs(&self) -> Vec<UpstreamTarball> {
        let parts = &self.package.parts;
        let path = |name: &String| self.package.files.get(name).cloned().flatten();
        let one = |component: Option<&String>, name: &String, signature: Option<&String>| {
            Some(UpstreamTarball {
                component: component.cloned(),
                name: name.clone(),
                path: path(name)?,
                signature: signature.and_then(path),
            })
        };
        let main = parts
            .orig
            .as_ref()
            .and_then(|orig| one(None, &orig.tarball, orig.signature.as_ref()));
        let native = parts.native.as_ref().and_then(|name| one(None, name, None));
        let components = (parts.components.iter())
            .filter_map(|(component, orig)| one(Some(component), &orig.tarball, orig.signature.as_ref()));
        main.or(native).into_iter().chain(components).collect()
    }

    /// The clear-signed block of the `.dsc`: signed text and armored signature. `None` where there is none.
    pub fn signature(&self) -> Option<(&str, Vec<u8>, Vec<u8>)> {
        let described = self.package.described.as_ref()?;
        let note = clearsign::take_apart(&described.name, &described.bytes).ok()?;
        Some((&described.name, note.text.to_vec(), note.signature?.to_vec()))
    }

    /// The contents of a file below debian/, if all of it is known.
    pub fn debian_file(&self, path: &str) -> Option<&[u8]> {
        match self.debian.content(path) {
            Content::Bytes(bytes) => Some(bytes),
            Content::Absent | Content::Unknown(_) => None,
        }
    }

    /// Whether the package is native: its tarball holds debian/ itself.
    pub fn is_native(&self) -> bool {
        self.package.parts.native.is_some()
    }

    /// The settings; the default ones where there is no tarvet.toml or it cannot be read.
    pub fn settings(&self) -> Settings {
        self.settings.clone().unwrap_or_default()
    }
}

/// Every file that the `.dsc` lists, read once and compared with it.
fn measure(package: &Package) -> Result<Measures, PlaceError> {
    let mut measured = BTreeMap::new();
    let mut faults = Vec::new();
    let (Some(dsc), Some(described)) = (&package.dsc, &package.described) else {
        return Ok(Measures { measured, faults });
    };
    for listed in &dsc.files {
        let Some(path) = package.files.get(&listed.name).and_then(Option::as_ref) else {
            continue;
        };
        let file = File::open(path).map_err(|error| PlaceError::io(path, error))?;
        let (found, spoiled) =
            files::check(&described.name, listed, file).map_err(|error| PlaceError::io(path, error))?;
        faults.extend(spoiled);
        measured.insert(listed.name.clone(), found);
    }
    Ok(Measures { measured, faults })
}

/// The diff of format 1.0, and what it changes below debian/.
fn diff(package: &Package) -> Result<Option<Diff>, PlaceError> {
    let Some(path) = package
        .parts
        .diff
        .as_ref()
        .and_then(|name| package.files.get(name)?.as_ref())
    else {
        return Ok(None);
    };
    let file = File::open(path).map_err(|error| PlaceError::io(path, error))?;
    let mut text = Vec::new();
    let mut reader = io::Read::take(flate2::read::MultiGzDecoder::new(file), LARGEST_DIFF);
    // A damaged diff is cut short: what is read of it does not parse, and that is the finding.
    let _ = io::Read::read_to_end(&mut reader, &mut text);
    let orig = package.parts.orig.as_ref().map(|orig| &orig.tarball);
    let below = match orig.and_then(|name| Some((name, package.files.get(name)?.as_ref()?))) {
        Some((name, path)) => from_tarball(name, path, Root::OneDirectory)?,
        None => DebianDir::default(),
    };
    Ok(Some(Diff { text, below }))
}

fn from_tarball(name: &str, path: &Path, root: Root) -> Result<DebianDir, PlaceError> {
    let io = |error| PlaceError::io(path, error);
    let file = File::open(path).map_err(io)?;
    DebianDir::from_tarball(name, file, root, Limits::default(), Room::default()).map_err(io)
}

/// debian/ from where this package has it: the tree, debian.tar, the native tarball or the diff.
fn debian(
    package: &mut Package,
    diff: Option<&Diff>,
    faults: &mut Vec<Fault>,
) -> Result<DebianDir, PlaceError> {
    if let Some(debian) = package.debian.take() {
        return Ok(debian);
    }
    let parts = &package.parts;
    let tarball = match (&parts.debian, &parts.native) {
        (Some(name), _) => Some((name, Root::InPlace)),
        (None, Some(name)) => Some((name, Root::OneDirectory)),
        (None, None) => None,
    };
    let found = tarball.and_then(|(name, root)| Some((name, package.files.get(name)?.as_ref()?, root)));
    if let Some((name, path, root)) = found {
        let debian = from_tarball(name, path, root)?;
        faults.extend(debian.faults.iter().cloned());
        return Ok(debian);
    }
    let debian = diff.map(from_diff).unwrap_or_default();
    faults.extend(debian.faults.iter().cloned());
    Ok(debian)
}

/// What a diff of format 1.0 makes of debian/.
fn from_diff(diff: &Diff) -> DebianDir {
    let upstream = Unpacked {
        upstream: BTreeMap::new(),
        signed: None,
        debian: &diff.below,
    };
    let unpacked = patches::v1::unpack(&diff.text, "diff.gz", &upstream);
    // What is odd about upstream's tarball is told where it is vetted.
    let mut debian = DebianDir {
        oddities: Vec::new(),
        ..diff.below.clone()
    };
    for path in &unpacked.removed {
        debian.files.remove(path);
    }
    for (path, content) in unpacked.debian {
        let file = DebianFile {
            kind: Kind::File,
            mode: 0o644,
            size: content.len() as u64,
            sha256: Some(Sha256(sha2::Sha256::digest(&content).into())),
            content: Some(content),
            link: None,
        };
        debian.files.insert(path, file);
    }
    debian
}

/// tarvet.toml. A file that is there and cannot be read is an error too: what it demands must not be lost.
fn settings(debian: &DebianDir, level: &dyn Fn(&str) -> Option<Level>) -> Result<Settings, SettingsError> {
    let failed = |message: String| SettingsError { message };
    match debian.content(SETTINGS) {
        Content::Absent => Ok(Settings::default()),
        Content::Unknown(why) => Err(failed(why)),
        Content::Bytes(bytes) => {
            let text = std::str::from_utf8(bytes).map_err(|_| failed("it is not UTF-8".into()))?;
            Settings::parse(text, level)
        }
    }
}

/// What the build makes anew. A file that matters and cannot be read is a doubt about everything.
fn build(debian: &DebianDir, patches: &Patches, diff: Option<&Diff>) -> Build {
    let content = |path: &BStr| match debian.content(path) {
        Content::Bytes(bytes) => Some(bytes),
        Content::Absent | Content::Unknown(_) => None,
    };
    let runs = |path: &BStr| {
        debian
            .get(path)
            .is_some_and(|file| file.kind != Kind::File || file.mode & 0o111 != 0)
    };
    let mut build = rules::read(&content, &runs);
    for path in [
        "rules",
        "control",
        "compat",
        "clean",
        "autoreconf",
        "autoreconf.before",
        "autoreconf.after",
    ] {
        if let Content::Unknown(why) = debian.content(format!("debian/{path}")) {
            build.doubts.push(Doubt {
                pattern: BString::default(),
                why,
            });
        }
    }
    let before = patched::before_the_build(debian, patches, diff);
    if let Some(why) = before.or_else(|| debhelpers_own(debian)) {
        build.doubts.push(Doubt {
            pattern: BString::default(),
            why,
        });
    }
    build
}

/// What debhelper writes into debian/ while it builds: where the package has it already, debhelper believes that its work
/// is done, and `dh_clean` puts back any file from its store. Directories alone are what `dh` makes before its first command;
/// the report is dh_tarvet's, of which nobody else takes notice.
fn debhelpers_own(debian: &DebianDir) -> Option<String> {
    const REPORT: &str = "debian/.debhelper/tarvet/report.json";
    let below = |path: &BString| path.starts_with(b"debian/.debhelper/") || path == "debian/.debhelper";
    let own = |path: &BString| below(path) && path != REPORT;
    let mut files = debian.files.iter();
    let (path, _) = files.find(|(path, file)| own(path) && file.kind != Kind::Directory)?;
    Some(format!(
        "{path} is in the source package, and debhelper takes what it finds there for its own notes"
    ))
}

/// Whether `format` applies the patches of debian/patches.
pub(crate) fn has_patches(format: Option<&Format>) -> bool {
    matches!(format, Some(Format::Quilt))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn debian(path: &str, kind: Kind) -> DebianDir {
        let file = DebianFile {
            kind,
            mode: 0o755,
            size: 0,
            sha256: None,
            content: None,
            link: None,
        };
        let mut debian = DebianDir::default();
        debian.files.insert(path.into(), file);
        debian
    }

    #[test]
    fn files_of_debhelper_are_a_doubt_and_directories_are_not() {
        let path = "debian/.debhelper/generated";
        assert_eq!(debhelpers_own(&debian(path, Kind::Directory)), None);
        let report = "debian/.debhelper/tarvet/report.json";
        assert_eq!(debhelpers_own(&debian(report, Kind::File)), None);
        for kind in [Kind::File, Kind::Symlink, Kind::HardLink, Kind::Other] {
            assert!(debhelpers_own(&debian(path, kind)).is_some());
        }
    }
}

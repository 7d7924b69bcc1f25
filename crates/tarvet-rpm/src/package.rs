//! A source package: a directory with a spec, or an SRPM, with everything that its texts say.

mod directory;
mod files;
mod keys;
mod payload;
mod place;
mod unpacking;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use bstr::{BStr, BString, ByteSlice, ByteVec};
use tarvet_archive::Limits;
use tarvet_core::Level;
use tarvet_core::keyring::{Keyring, SignaturePolicy, SignatureReport};
use tarvet_core::settings::{Settings, SettingsError};
use tarvet_origin::rebuild::Build;

use crate::prep::{self, Prep};
use crate::service::assets::{self, Asset};
use crate::service::{self, Mode, Service, Services};
use crate::sources::{self, Sources};
use crate::spec::fault::Fault;
use crate::spec::{self, Reach, Spec, is_plain};
use crate::srpm;

pub use files::PackageFile;
pub use keys::KeySource;
pub use place::PlaceError;
pub use unpacking::{Absent, Tarball, Unpacking};

/// Where tarvet's own settings are, beside the spec.
pub const SETTINGS: &str = "tarvet.toml";
/// The lists of digests of dist-git.
pub(crate) const LISTED: &str = "sources";
/// The services of OBS.
pub(crate) const SERVICE: &str = "_service";

/// What the caller says beside the path.
pub struct Request<'a> {
    /// Macros, as `rpmbuild --define` takes them.
    pub defines: &'a [(BString, BString)],
    /// Another directory to look for sources in.
    pub sources: Option<&'a Path>,
    /// Bounds on the payload of an SRPM.
    pub limits: Limits,
    /// The level of each check that tarvet.toml may name.
    pub level: &'a dyn Fn(&str) -> Option<Level>,
    /// Whose signature on an SRPM counts; `None` where nobody said.
    pub signers: Option<(&'a Keyring, &'a SignaturePolicy)>,
    /// Where the tarballs of an SRPM are copied to while they go by, by the name of each.
    pub copies: &'a dyn Fn(&BStr) -> io::Result<Box<dyn Write>>,
}

/// In what form the package was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// Files beside the spec, in this directory.
    Directory(PathBuf),
    /// An SRPM.
    Srpm(PathBuf),
}

/// A fault of a file of the package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFault {
    /// The file's name.
    pub file: String,
    /// What is wrong in it.
    pub fault: Fault,
}

/// What an SRPM is beside its files.
#[derive(Debug, Default)]
pub struct Envelope {
    /// What its header says.
    pub header: srpm::Facts,
    /// What is wrong with it.
    pub faults: Vec<srpm::Fault>,
    /// The signatures on its header.
    pub signatures: Vec<SignatureReport>,
}

/// A source package, read.
#[derive(Debug)]
pub struct SourcePackage {
    /// How it was given.
    pub form: Form,
    /// The name of the spec's file.
    pub spec_name: BString,
    /// `Name:`, where the spec says it plainly, or in several ways of which an SRPM's header has one.
    pub name: Option<String>,
    /// `Version:`, likewise.
    pub version: Option<String>,
    /// `Release:`, where the spec says it plainly.
    pub release: Option<String>,
    /// The spec.
    pub spec: Spec,
    /// What its `%prep` does with the sources.
    pub prep: Prep,
    /// What the build makes anew.
    pub build: Build,
    /// `_service`.
    pub services: Services,
    /// `#!RemoteAsset` comments.
    pub assets: Vec<Asset>,
    /// The file `sources`; `None` where there is none.
    pub listed: Option<Sources>,
    /// Every file that the spec names and that is there, the spec, and what tarvet itself reads.
    pub files: BTreeMap<BString, PackageFile>,
    /// tarvet.toml, where there is one.
    pub settings: Result<Settings, SettingsError>,
    /// What is wrong in the texts.
    pub faults: Vec<FileFault>,
    /// What an SRPM is beside its files.
    pub envelope: Option<Envelope>,
}

impl SourcePackage {
    /// Reads the package at `path`: a directory with one spec, a spec, or an SRPM.
    ///
    /// An error says that the path is no package, or that the medium failed; what is wrong with the package is in it.
    pub fn open(path: &Path, request: &Request<'_>) -> Result<Self, PlaceError> {
        match place::find(path)? {
            place::Found::Spec(spec) => directory::open(&spec, request),
            place::Found::Srpm(srpm) => payload::open(&srpm, request),
        }
    }

    /// The settings; the default ones where there is no tarvet.toml or it cannot be read.
    pub fn settings(&self) -> Settings {
        self.settings.clone().unwrap_or_default()
    }

    /// The contents of a small file of the package.
    pub fn content(&self, name: &BStr) -> Option<&[u8]> {
        self.files.get(name)?.content.as_deref()
    }

    /// Which sources are unpacked, and which are not there.
    pub fn unpacking(&self) -> Unpacking {
        unpacking::read(self)
    }

    /// Services by which OBS replaces files of the package after they were committed. Only what leaves them alone for certain is
    /// left out.
    pub(crate) fn remaking_services(&self) -> impl Iterator<Item = &Service> {
        const HARMLESS: [&str; 3] = ["source_validator", "verify_file", "tarvet"];
        let is_package = matches!(self.form, Form::Directory(_));
        let remakes = |service: &&Service| {
            !matches!(service.mode, Mode::Manual | Mode::LocalOnly)
                && !HARMLESS.contains(&service.name.as_str())
        };
        self.services
            .services
            .iter()
            .filter(move |service| is_package && remakes(service))
    }

    /// Sources that are keyrings.
    pub fn key_sources(&self) -> Vec<KeySource<'_>> {
        keys::find(self)
    }

    /// Upstream's repository in the words of the packaging: `_service`, the forge macros, `URL:` and Source0 at a forge.
    pub fn repository(&self) -> Option<String> {
        let service = self.services.services.iter().find_map(|service| {
            let (url, _) = service.repository()?;
            Some(url.to_owned())
        });
        let forge = || {
            let url = self.spec.forges.first()?.url.plain()?;
            Some(url.to_string())
        };
        let urls = || {
            let tags = self.spec.url.iter().flat_map(|tag| tag.value.texts());
            let sources = self.spec.sources.iter().flat_map(|source| source.value.texts());
            tags.chain(sources).find_map(at_forge)
        };
        service.or_else(forge).or_else(urls)
    }

    /// The file names of Sources, or of Patches, that count in some branch, each with its number and line.
    pub(crate) fn named(all: &[spec::Source]) -> impl Iterator<Item = (&spec::Source, &BStr)> {
        all.iter()
            .filter(|source| source.place.reach() != Reach::Never)
            .flat_map(|source| source.file_names().into_iter().map(move |name| (source, name)))
            .filter(|(_, name)| is_plain(name))
    }
}

/// The repository of a URL at a forge whose projects have two names.
fn at_forge(url: &BStr) -> Option<String> {
    const FORGES: [&str; 4] = [
        "github.com",
        "gitlab.com",
        "codeberg.org",
        "gitlab.freedesktop.org",
    ];
    let (_, host) = spec::scheme_and_host(url)?;
    FORGES.iter().find(|forge| host == forge.as_bytes())?;
    let path = url.split_once_str("://")?.1.split_once_str("/")?.1;
    let mut names = path.split_str("/");
    let plain = |name: &&[u8]| {
        let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
        !name.is_empty() && name.iter().all(is_plain)
    };
    let (owner, project) = (names.next().filter(plain)?, names.next().filter(plain)?);
    Some(format!(
        "https://{host}/{}/{}",
        BStr::new(owner),
        BStr::new(project)
    ))
}

/// The texts of a package before they are understood.
pub(crate) struct Texts {
    pub(crate) spec_name: BString,
    pub(crate) spec: Spec,
    pub(crate) assets: Vec<Asset>,
    pub(crate) faults: Vec<FileFault>,
}

impl Texts {
    /// Reads the spec.
    pub(crate) fn read(spec_name: BString, text: &[u8], request: &Request<'_>) -> Self {
        let options = spec::Options {
            defines: request.defines.to_vec(),
        };
        let mut spec = spec::read(text, &options);
        let (assets, more) = match text.len() > spec::LARGEST {
            true => Default::default(),
            false => assets::read(text),
        };
        let file = spec_name.to_string();
        let found = std::mem::take(&mut spec.faults);
        let faults = found
            .into_iter()
            .chain(more)
            .map(|fault| FileFault {
                file: file.clone(),
                fault,
            })
            .collect();
        Texts {
            spec_name,
            spec,
            assets,
            faults,
        }
    }

    /// The names of the files that are to be read beside the spec.
    pub(crate) fn wanted(&self) -> BTreeSet<BString> {
        let mut names: BTreeSet<BString> = [SETTINGS, LISTED, SERVICE].map(BString::from).into();
        let all = SourcePackage::named(&self.spec.sources).chain(SourcePackage::named(&self.spec.patches));
        for (_, name) in all {
            let mut proof = name.to_owned();
            proof.push_str(".gitproof");
            names.extend([name.to_owned(), proof]);
        }
        if let Some(name) = Spec::plain(&self.spec.name).filter(|name| is_plain(name)) {
            names.insert(format!("{name}.gitproof").into());
        }
        names
    }

    /// The package that these texts and files make.
    pub(crate) fn package(
        self,
        form: Form,
        files: BTreeMap<BString, PackageFile>,
        settings: Result<Settings, SettingsError>,
        envelope: Option<Envelope>,
    ) -> SourcePackage {
        let Texts {
            spec_name,
            spec,
            assets,
            mut faults,
        } = self;
        let content = |name: &str| files.get(BStr::new(name))?.content.as_deref();
        let mut prep = prep::read(&spec);
        let build = prep::build::read(&spec, prep::build::Family::Unknown);
        let mut services = content(SERVICE).map(service::read).unwrap_or_default();
        // An SRPM has no such list: a Source of that name is a file like any other.
        let mut listed = match form {
            Form::Directory(_) => content(LISTED).map(sources::read),
            Form::Srpm(_) => None,
        };
        let found = [
            (spec_name.to_string(), std::mem::take(&mut prep.faults)),
            (SERVICE.into(), std::mem::take(&mut services.faults)),
            (
                LISTED.into(),
                listed
                    .as_mut()
                    .map(|listed| std::mem::take(&mut listed.faults))
                    .unwrap_or_default(),
            ),
        ];
        for (file, found) in found {
            faults.extend(found.into_iter().map(|fault| FileFault {
                file: file.clone(),
                fault,
            }));
        }
        let header = envelope.as_ref().map(|envelope| &envelope.header);
        let said = |tags: &[spec::Tag]| Spec::plain(tags).map(ToString::to_string);
        // Which of several versions it is, the header tells; what no branch says, it must not.
        let headed = |tags: &[spec::Tag], text: &BString| {
            let is_resolved = tags.iter().all(|tag| tag.value.is_resolved());
            let is_said = tags
                .iter()
                .flat_map(|tag| tag.value.texts())
                .any(|said| said == text);
            (is_resolved && is_said).then(|| text.to_string())
        };
        SourcePackage {
            name: said(&spec.name).or_else(|| headed(&spec.name, &header?.name)),
            version: said(&spec.version).or_else(|| headed(&spec.version, &header?.version)),
            release: said(&spec.release),
            form,
            spec_name,
            spec,
            prep,
            build,
            services,
            assets,
            listed,
            files,
            settings,
            faults,
            envelope,
        }
    }
}

/// tarvet.toml. A file that is there and cannot be read is an error too: what it demands must not be lost.
pub(crate) fn settings(
    file: Option<&PackageFile>,
    level: &dyn Fn(&str) -> Option<Level>,
) -> Result<Settings, SettingsError> {
    let failed = |message: &str| SettingsError {
        message: message.to_owned(),
    };
    let Some(file) = file else {
        return Ok(Settings::default());
    };
    let bytes = file.content.as_deref().ok_or_else(|| failed("it is too large"))?;
    let text = std::str::from_utf8(bytes).map_err(|_| failed("it is not UTF-8"))?;
    Settings::parse(text, level)
}

/// The names of files that tarvet.toml names.
pub(crate) fn proofs_of(settings: &Settings) -> BTreeSet<BString> {
    let all = std::iter::once(&settings.upstream).chain(settings.components.values());
    all.flat_map(|one| one.proof.iter().chain(one.submodules.values()))
        .map(|name| BString::from(name.as_str()))
        .filter(|name| is_plain(name))
        .collect()
}

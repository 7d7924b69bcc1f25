//! One tarball of a package, vetted as `tarvet check` does, with what the packaging says of it.

use std::fs::File;
use std::path::{Path, PathBuf};

use bstr::{BStr, BString, ByteSlice};
use tarvet_core::keyring::Keyring;
use tarvet_core::report::Report;
use tarvet_core::upstream::TagWish;
use tarvet_core::{Claim, Level, Packaging, Policy, Subject, TarballFile, Upstream, conclude, gather};
use tarvet_rpm::package::Tarball;
use tarvet_rpm::{SourcePackage, TarballFacts};

use super::patches::Touched;
use super::{Shared, upstream};
use crate::error::CliError;
use crate::progress::Progress;
use crate::{check, inputs};

/// A tarball with what was found out about it.
pub struct Vetted {
    pub report: Report,
    tarball: Tarball,
    has_upstream: bool,
    sha256: [u8; 32],
}

impl Vetted {
    /// What the checks of the package look at.
    pub fn facts(&self) -> TarballFacts {
        TarballFacts {
            tarball: self.tarball.clone(),
            has_upstream: self.has_upstream,
            sha256: self.sha256,
        }
    }
}

/// Vets one tarball: the file that was taken out of an SRPM, or the one beside the spec.
pub fn vet(
    source: &SourcePackage,
    tarball: &Tarball,
    taken: Option<File>,
    patches: &Touched,
    keyring: &Keyring,
    shared: &Shared<'_>,
) -> Result<Vetted, CliError> {
    let wish = upstream::wish(source, tarball, shared);
    let found = upstream::find(source, tarball, wish.as_ref(), shared)?;
    let settings = upstream::settings(source, tarball);
    let file = open(source, &tarball.name, taken)?;
    let patched = |path: &BStr, content: &[u8]| patches.applied(path, content);
    let touched = |path: &BStr| patches.touch(path);
    let packaging = Packaging {
        build: Some(&source.build).filter(|_| tarball.is_main),
        excluded: None,
        touched: Some(&touched),
        patched: Some(&patched),
        accepted: &settings.accepted,
    };
    let has_upstream = !matches!(found, Upstream::Unknown(_));
    let mut submodules = upstream::submodules(source, tarball);
    if tarball.is_main {
        for argument in &shared.args.submodule {
            submodules.push(inputs::submodule(argument)?);
        }
    }
    let progress = Progress::new(file.len());
    let facts = gather(Subject {
        name: source.name.clone(),
        version: source.version.clone(),
        tarball: file,
        upstream: found,
        policy: policy(source, tarball, wish.as_ref(), shared),
        wish,
        subdir: settings
            .subdir
            .as_deref()
            .unwrap_or_default()
            .trim_matches('/')
            .into(),
        submodules,
        keyring,
        tables: &shared.tables,
        signatures: signatures(source, tarball),
        packaging,
        limits: check::limits(&shared.args.limits),
        tree_limits: check::tree_limits(&shared.args.limits),
        threads: shared.threads,
        progress: Some(progress.counter()),
    })?;
    progress.finish();
    Ok(Vetted {
        report: conclude(&facts),
        tarball: tarball.clone(),
        has_upstream,
        sha256: facts.tarball.file.sha256.0,
    })
}

fn open(source: &SourcePackage, name: &BString, taken: Option<File>) -> Result<TarballFile, CliError> {
    let inside = PathBuf::from(name.to_string());
    let path = source.files.get(name).and_then(|file| file.path.clone());
    let path: &Path = path.as_deref().unwrap_or(&inside);
    let opened = match taken {
        Some(file) => TarballFile::from_file(path, file),
        None => TarballFile::open(path),
    };
    opened.map_err(|error| CliError::file(path, "read the tarball", &error))
}

/// Its signatures: name and contents. One too large to be kept is no signature that could be good.
fn signatures(source: &SourcePackage, tarball: &Tarball) -> Vec<(String, Vec<u8>)> {
    let content = |name: &BString| source.content(name.as_bstr()).unwrap_or_default().to_vec();
    let all = tarball.signatures.iter();
    all.map(|name| (name.to_string(), content(name))).collect()
}

/// What is demanded: the default claims, the tarball's signature where one is shipped or promised, and what tarvet.toml adds.
fn policy(source: &SourcePackage, tarball: &Tarball, wish: Option<&TagWish>, shared: &Shared<'_>) -> Policy {
    let settings = source.settings();
    let mut policy = check::policy(
        &shared.args.policy,
        shared.now,
        &shared.args.require,
        tarball.is_promised,
    );
    policy.required.extend(&settings.require);
    if !tarball.is_main {
        // What is built of it is part of the main tarball's build.
        policy.required.remove(&Claim::GeneratedRebuilt);
    }
    policy.signers = settings.signers;
    policy.levels = settings.levels;
    let by_caller = tarball.is_main && shared.args.tag.is_some();
    if let (Some(TagWish::Named(tag)), Some(version), false) = (wish, &source.version, by_caller)
        && !tag.contains(version)
    {
        // Old contents under a new version: the package alone must not say that this is right.
        policy
            .levels
            .insert("version-differs-from-tag".into(), Level::Error);
    }
    policy
}

//! Where upstream's objects are: what the caller named, else the proof that the package ships.

use std::path::Path;

use tarvet_core::Upstream;
use tarvet_core::settings::UpstreamSettings;
use tarvet_core::upstream::{Nowhere, Proof, TagWish};
use tarvet_debian::{SourcePackage, UpstreamTarball};

use super::Shared;
use crate::differing::Compared;
use crate::error::CliError;
use crate::inputs;

/// What a tarball is compared with; [`Upstream::Unknown`] where nothing is known.
pub fn find(
    source: &SourcePackage,
    tarball: &UpstreamTarball,
    wish: Option<&TagWish>,
    shared: &Shared<'_>,
) -> Result<Upstream, CliError> {
    let args = shared.args;
    let settings = settings(source, tarball.component.as_deref());
    if tarball.component.is_none() {
        if let Some(path) = &args.proof {
            return inputs::proof(path);
        }
        if let Some(place) = &args.git {
            let compared = Compared {
                tarball: &tarball.path,
                subdir: settings.subdir.as_deref().unwrap_or_default(),
            };
            return inputs::repository(place, wish, Some(compared));
        }
    }
    let shipped = match &settings.proof {
        Some(name) => Some(format!("debian/{name}")),
        None => source.keys.proofs.get(&tarball.component).cloned(),
    };
    Ok(shipped
        .and_then(|path| shipped_proof(source, &path))
        .unwrap_or(Upstream::Unknown(Nowhere)))
}

/// A proof below debian/. What is wrong with it is told when it is read.
fn shipped_proof(source: &SourcePackage, path: &str) -> Option<Upstream> {
    let bytes = source.debian_file(path)?;
    Some(Upstream::Proof(Proof::from_bytes(
        Path::new(path),
        bytes.to_vec(),
    )))
}

/// Proofs of submodules that tarvet.toml names.
pub fn submodules(source: &SourcePackage, tarball: &UpstreamTarball) -> Vec<(bstr::BString, Upstream)> {
    let settings = settings(source, tarball.component.as_deref());
    let proof = |(path, name): (&String, &String)| {
        let upstream = shipped_proof(source, &format!("debian/{name}"))?;
        Some((path.trim_matches('/').into(), upstream))
    };
    settings.submodules.iter().filter_map(proof).collect()
}

/// What tarvet.toml says of the main tarball or of a component.
pub fn settings(source: &SourcePackage, component: Option<&str>) -> UpstreamSettings {
    let settings = source.settings();
    match component {
        None => settings.upstream,
        Some(name) => settings.components.get(name).cloned().unwrap_or_default(),
    }
}

/// The tag to look for: the caller's, else by the pattern of tarvet.toml or gbp.conf, else the one that fits the version.
pub fn wish(source: &SourcePackage, component: Option<&str>, shared: &Shared<'_>) -> Option<TagWish> {
    let version = upstream_version(source)?;
    let name = source.package.source.clone();
    let named = match component {
        None => shared.args.tag.clone(),
        Some(_) => None,
    };
    let settings = settings(source, component);
    let by_settings = || settings.tag(name.as_deref().unwrap_or_default(), &version);
    let by_gbp = || {
        source
            .gbp
            .upstream_vcs_tag_of(&version)
            .filter(|_| component.is_none())
    };
    Some(match named.or_else(by_settings).or_else(by_gbp) {
        Some(tag) => TagWish::Named(tag.strip_prefix("refs/tags/").unwrap_or(&tag).to_owned()),
        None => TagWish::Version { name, version },
    })
}

/// Upstream's own version: without epoch, revision and what says that the tarball was repacked.
pub fn upstream_version(source: &SourcePackage) -> Option<String> {
    let version = source.package.version.as_ref()?;
    Some(match version.repack() {
        Some(repack) => repack.upstream.to_owned(),
        None => version.upstream_version().to_owned(),
    })
}

/// Upstream's repository in the words of the packaging: tarvet.toml, debian/upstream/metadata, debian/watch.
pub fn repository(source: &SourcePackage, component: Option<&str>) -> Option<String> {
    let by_metadata = || source.metadata.repository.clone().filter(|_| component.is_none());
    settings(source, component)
        .repository
        .or_else(by_metadata)
        .or_else(|| Some(source.watch.repository(component)?.url))
}

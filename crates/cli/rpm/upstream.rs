//! Where upstream's objects are: what the caller named, else the proof that the package ships.

use std::path::Path;

use bstr::{BStr, BString, ByteVec};
use tarvet_core::Upstream;
use tarvet_core::settings::UpstreamSettings;
use tarvet_core::upstream::{Nowhere, Proof, TagWish};
use tarvet_rpm::SourcePackage;
use tarvet_rpm::package::Tarball;

use super::Shared;
use crate::differing::Compared;
use crate::error::CliError;
use crate::inputs;

const PROOF: &str = ".gitproof";

/// What a tarball is compared with; [`Upstream::Unknown`] where nothing is known, or no release can be looked for.
pub fn find(
    source: &SourcePackage,
    tarball: &Tarball,
    wish: Option<&TagWish>,
    shared: &Shared<'_>,
) -> Result<Upstream, CliError> {
    let args = shared.args;
    if wish.is_none() {
        return Ok(Upstream::Unknown(Nowhere));
    }
    let settings = settings(source, tarball);
    if tarball.is_main {
        if let Some(path) = &args.proof {
            return inputs::proof(path);
        }
        if let Some(place) = &args.git {
            let path = source
                .files
                .get(&tarball.name)
                .and_then(|file| file.path.as_deref());
            let compared = path.map(|path| Compared {
                tarball: path,
                subdir: settings.subdir.as_deref().unwrap_or_default(),
            });
            return inputs::repository(place, wish, compared);
        }
    }
    let name = match settings.proof {
        Some(name) => Some(name.into()),
        None => proof(source, tarball),
    };
    Ok(name
        .and_then(|name| shipped(source, &name))
        .unwrap_or(Upstream::Unknown(Nowhere)))
}

/// The proof that is named after a tarball; for the main one also that of the package's name, or the only other one.
fn proof(source: &SourcePackage, tarball: &Tarball) -> Option<BString> {
    let of = |name: &BStr| {
        let mut proof = name.to_owned();
        proof.push_str(PROOF);
        proof
    };
    let is_there = |name: &BString| source.files.contains_key(name);
    let own = Some(of(BStr::new(&tarball.name))).filter(is_there);
    if own.is_some() || !tarball.is_main {
        return own;
    }
    let named = source.name.as_ref().map(|name| of(BStr::new(name)));
    named.filter(is_there).or_else(|| {
        // One that is named after another file of the package proves that file.
        let is_free = |name: &&BString| {
            let stem = name.strip_suffix(PROOF.as_bytes());
            stem.is_some_and(|stem| !source.files.contains_key(BStr::new(stem)))
        };
        let mut free = source.files.keys().filter(is_free);
        let first = free.next()?;
        free.next().is_none().then(|| first.clone())
    })
}

/// A proof of the package. What is wrong with it is told when it is read; one too large to be kept is none.
fn shipped(source: &SourcePackage, name: &BString) -> Option<Upstream> {
    let bytes = source.content(BStr::new(name))?;
    let path = name.to_string();
    Some(Upstream::Proof(Proof::from_bytes(
        Path::new(&path),
        bytes.to_vec(),
    )))
}

/// Proofs of submodules that tarvet.toml names.
pub fn submodules(source: &SourcePackage, tarball: &Tarball) -> Vec<(BString, Upstream)> {
    let settings = settings(source, tarball);
    let proof = |(path, name): (&String, &String)| {
        let upstream = shipped(source, &name.as_str().into())?;
        Some((path.trim_matches('/').into(), upstream))
    };
    settings.submodules.iter().filter_map(proof).collect()
}

/// What tarvet.toml says of the main tarball, or of another one by its file's name.
pub fn settings(source: &SourcePackage, tarball: &Tarball) -> UpstreamSettings {
    let settings = source.settings();
    match tarball.is_main {
        true => settings.upstream,
        false => {
            let name = tarball.name.to_string();
            settings.components.get(&name).cloned().unwrap_or_default()
        }
    }
}

/// The tag to look for: the caller's, else by the pattern of tarvet.toml, else the one that fits the version.
pub fn wish(source: &SourcePackage, tarball: &Tarball, shared: &Shared<'_>) -> Option<TagWish> {
    let name = source.name.clone();
    let by_caller = shared.args.tag.clone().filter(|_| tarball.is_main);
    let version = source.version.clone();
    let by_settings = || {
        let settings = settings(source, tarball);
        settings.tag(name.as_deref().unwrap_or_default(), version.as_deref()?)
    };
    if let Some(tag) = by_caller.or_else(by_settings) {
        let tag = tag.strip_prefix("refs/tags/").unwrap_or(&tag);
        return Some(TagWish::Named(tag.to_owned()));
    }
    Some(TagWish::Version {
        version: version?,
        name,
    })
}

/// Upstream's repository in the words of the packaging: tarvet.toml, then what the spec and `_service` say.
pub fn repository(source: &SourcePackage) -> Option<String> {
    source
        .settings()
        .upstream
        .repository
        .or_else(|| source.repository())
}

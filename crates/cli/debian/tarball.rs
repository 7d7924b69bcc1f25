//! One tarball of a package, vetted as `tarvet check` does, with what the packaging says of it.

use std::collections::{BTreeMap, HashSet};

use bstr::{BStr, BString};
use tarvet_archive::MemberKind;
use tarvet_core::keyring::Keyring;
use tarvet_core::origin::{Difference, Origin};
use tarvet_core::report::Report;
use tarvet_core::upstream::TagWish;
use tarvet_core::{Claim, Facts, Level, Packaging, Policy, Subject, TarballFile, Upstream, conclude, gather};
use tarvet_debian::patches::Node;
use tarvet_debian::watch::Promise;
use tarvet_debian::{SourcePackage, TarballFacts, UpstreamTarball};

use super::{Shared, below_top, upstream};
use crate::error::CliError;
use crate::progress::Progress;
use crate::{check, inputs};

/// A tarball with everything that was found out about it.
pub struct Vetted {
    pub tarball: UpstreamTarball,
    pub has_upstream: bool,
    pub facts: Facts,
    pub report: Report,
}

/// Vets one tarball.
pub fn vet(
    source: &SourcePackage,
    tarball: UpstreamTarball,
    keyring: &Keyring,
    shared: &Shared<'_>,
) -> Result<Vetted, CliError> {
    let component = tarball.component.as_deref();
    let wish = upstream::wish(source, component, shared);
    let found = upstream::find(source, &tarball, wish.as_ref(), shared)?;
    let settings = upstream::settings(source, component);
    let file = TarballFile::open(&tarball.path)
        .map_err(|error| CliError::file(&tarball.path, "read the tarball", &error))?;
    let patterns = source.exclusions.of(component);
    // mk-origtargz leaves the first component of a name aside; here it is gone already.
    let excluded = |path: &BStr| {
        let mut named = BString::from("_/");
        named.extend_from_slice(path);
        Some(format!(
            "Files-Excluded: {}",
            patterns.matching(BStr::new(&named))?
        ))
    };
    let patched = |path: &BStr, content: &[u8]| source.patches.applied(path, content);
    let touched = |path: &BStr| source.patches.touch(path);
    let packaging = Packaging {
        touched: Some(&touched),
        build: Some(&source.build).filter(|_| component.is_none()),
        excluded: Some(&excluded),
        patched: Some(&patched),
        accepted: &settings.accepted,
    };
    let has_upstream = !matches!(found, Upstream::Unknown(_));
    let signatures: Vec<_> = tarball.signature.iter().cloned().collect();
    let mut submodules = upstream::submodules(source, &tarball);
    if component.is_none() {
        for argument in &shared.args.submodule {
            submodules.push(inputs::submodule(argument)?);
        }
    }
    let progress = Progress::new(file.len());
    let facts = gather(Subject {
        name: source.package.source.clone(),
        version: upstream::upstream_version(source),
        tarball: file,
        upstream: found,
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
        signatures: inputs::signatures(&signatures)?,
        packaging,
        policy: policy(source, &tarball, shared),
        limits: check::limits(&shared.args.limits),
        tree_limits: check::tree_limits(&shared.args.limits),
        threads: shared.threads,
        progress: Some(progress.counter()),
    })?;
    progress.finish();
    Ok(Vetted {
        report: conclude(&facts),
        has_upstream,
        tarball,
        facts,
    })
}

/// What is demanded: the default claims, the tarball's signature where one is shipped or promised, and what tarvet.toml adds.
fn policy(source: &SourcePackage, tarball: &UpstreamTarball, shared: &Shared<'_>) -> Policy {
    let settings = source.settings();
    let signed = tarball.signature.is_some() || promised(source, tarball);
    let mut policy = check::policy(&shared.args.policy, shared.now, &shared.args.require, signed);
    policy.required.extend(&settings.require);
    if tarball.component.is_some() {
        // What is built of a component is part of the main tarball's build.
        policy.required.remove(&Claim::GeneratedRebuilt);
    }
    policy.signers = settings.signers;
    policy.levels = settings.levels;
    if named_by_package(source, tarball, shared) {
        // Old contents under a new version: the package alone must not say that this is right.
        policy
            .levels
            .insert("version-differs-from-tag".into(), Level::Error);
    }
    policy
}

/// Whether the package, not the caller, named a tag that does not even end in the version.
fn named_by_package(source: &SourcePackage, tarball: &UpstreamTarball, shared: &Shared<'_>) -> bool {
    let component = tarball.component.as_deref();
    let by_caller = component.is_none() && shared.args.tag.is_some();
    match (
        upstream::wish(source, component, shared),
        upstream::upstream_version(source),
    ) {
        (Some(TagWish::Named(tag)), Some(version)) => !by_caller && !has_version(&tag, &version),
        _ => false,
    }
}

/// Whether the tag ends in the version, as a number of its own: `v11.0` and `v1.0-rc1` are not of version 1.0.
fn has_version(tag: &str, version: &str) -> bool {
    const ENDINGS: [&str; 7] = ["", ".0", "-release", "-final", "-stable", "-src", "-dist"];
    let runs_on = |c: char| c == '.' || c == '_';
    ENDINGS
        .iter()
        .filter_map(|ending| tag.strip_suffix(ending)?.strip_suffix(version))
        .any(|before| {
            !before
                .trim_end_matches(runs_on)
                .ends_with(|c: char| c.is_ascii_digit())
        })
}

/// Whether debian/watch says that upstream signs this tarball. A repacked one cannot have upstream's signature.
fn promised(source: &SourcePackage, tarball: &UpstreamTarball) -> bool {
    let repacked = source
        .package
        .version
        .as_ref()
        .is_some_and(|version| version.is_repacked());
    !repacked && source.watch.promises_signature(tarball.component.as_deref()) == Promise::Tarball
}

/// What the checks of the package look at.
pub fn facts(source: &SourcePackage, vetted: &[Vetted]) -> Vec<TarballFacts> {
    let main = vetted.iter().find(|vetted| vetted.tarball.component.is_none());
    let one = |vetted: &Vetted| TarballFacts {
        has_upstream: vetted.has_upstream,
        promised: promised(source, &vetted.tarball),
        debian_files: match vetted.tarball.component {
            None if source.package.parts.debian.is_some() => below(vetted, "debian"),
            _ => 0,
        },
        replaces: match (&vetted.tarball.component, main) {
            (Some(component), Some(main)) => below(main, component),
            _ => 0,
        },
        excluded: vetted
            .facts
            .comparison
            .differences
            .iter()
            .filter(|difference| difference.origin == Origin::Excluded)
            .count(),
        tarball: vetted.tarball.clone(),
    };
    vetted.iter().map(one).collect()
}

/// How many files a tarball has below a directory.
fn below(vetted: &Vetted, directory: &str) -> usize {
    let files = members(vetted).filter(|(_, node)| *node != Node::Directory);
    let below = |path: &BStr| {
        path.strip_prefix(directory.as_bytes())
            .is_some_and(|rest| rest.starts_with(b"/"))
    };
    files.filter(|(path, _)| below(path)).count()
}

fn members(vetted: &Vetted) -> impl Iterator<Item = (&BStr, Node)> {
    let top = vetted.facts.comparison.top.as_ref();
    vetted
        .facts
        .tarball
        .manifest
        .members
        .iter()
        .filter_map(move |member| {
            let node = match member.kind {
                MemberKind::File | MemberKind::HardLink => Node::File,
                MemberKind::Directory => Node::Directory,
                MemberKind::Symlink => Node::Symlink,
                MemberKind::Other(_) => Node::Special,
            };
            let path = below_top(BStr::new(&member.path), top)?;
            Some((BStr::new(path.strip_suffix(b"/").unwrap_or(path)), node))
        })
}

/// What the unpacked source has before debian/ and patches: the main tarball, and each component in its directory.
pub fn nodes(vetted: &[Vetted]) -> BTreeMap<BString, Node> {
    let mut nodes = BTreeMap::new();
    for one in vetted {
        let directory = one.tarball.component.as_deref();
        if let Some(directory) = directory {
            nodes.retain(|path: &BString, _| !is_below(path, directory));
            nodes.insert(directory.into(), Node::Directory);
        }
        for (path, node) in members(one) {
            let path = match directory {
                None => path.to_owned(),
                Some(directory) => BString::from([directory.as_bytes(), b"/", path].concat()),
            };
            nodes.insert(path, node);
        }
    }
    nodes
}

fn is_below(path: &BString, directory: &str) -> bool {
    path.strip_prefix(directory.as_bytes())
        .is_some_and(|rest| rest.starts_with(b"/"))
}

/// Whether it is a source whose origin is known, and no generated file.
fn is_source(difference: &Difference) -> bool {
    match difference.origin {
        Origin::Relocated | Origin::Submodule | Origin::SubmoduleUnproven => true,
        // Scripts and macros are published as well, and what builds make anew.
        Origin::Known => difference.path.ends_with(b".c") || difference.path.ends_with(b".h"),
        _ => false,
    }
}

/// Paths of the signed trees, where the main tarball has one, and of sources that are signed or published elsewhere:
/// a patch to one of gnulib's C files, or to a submodule's, is a patch to a source as any other.
pub fn signed(vetted: &[Vetted]) -> Option<HashSet<BString>> {
    let mut signed = HashSet::new();
    for one in vetted {
        let tree = match (&one.facts.tree, &one.tarball.component) {
            (Some(tree), _) => tree,
            (None, None) => return None,
            (None, Some(_)) => continue,
        };
        let prefix = one
            .tarball
            .component
            .as_ref()
            .map(|name| format!("{name}/"))
            .unwrap_or_default();
        for entry in &tree.entries {
            signed.insert(BString::from([prefix.as_bytes(), entry.path.as_slice()].concat()));
        }
        for difference in one
            .facts
            .comparison
            .differences
            .iter()
            .filter(|difference| is_source(difference))
        {
            signed.insert(BString::from(
                [prefix.as_bytes(), difference.path.as_slice()].concat(),
            ));
        }
    }
    (!vetted.is_empty()).then_some(signed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_has_a_version_only_as_a_number_of_its_own() {
        for tag in [
            "v1.0",
            "1.0",
            "foo-1.0",
            "x/y_1.0",
            "v1.0.0",
            "gtk4-1.0",
            "v1.0-final",
        ] {
            assert!(has_version(tag, "1.0"), "{tag}");
        }
        for tag in ["v11.0", "v2.1.0", "v1_1.0", "v1.0-rc1", "v1.0.1", "v1.0b", "v0.9"] {
            assert!(!has_version(tag, "1.0"), "{tag}");
        }
    }
}

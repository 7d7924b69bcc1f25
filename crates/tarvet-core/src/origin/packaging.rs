//! What the package around the tarball says of a difference: left out on purpose, accepted, thrown away by the build.
//!
//! This comes last, after proof, suspicion and allegation, and can only move what those left open.

use std::collections::{HashMap, HashSet};

use bstr::{BStr, BString, ByteSlice};
use tarvet_archive::MemberKind;
use tarvet_origin::rebuild::{self, Fate, Generated, Remade};

use super::inspect::Sketches;
use super::{Comparison, Difference, Explanation, Inputs, Origin, Side, prefix};
use crate::packaging::{Acceptance, Packaging};

/// What the packaging said that is worth a finding.
#[derive(Debug, Default)]
pub struct Packaged {
    /// Whether the package has a build that was looked at.
    pub has_build: bool,
    /// What becomes of each alleged file that the build does not throw away for certain: index into the differences.
    pub fates: Vec<(usize, Fate)>,
    /// Members that a pattern of the packager should have left out, with the pattern.
    pub not_excluded: Vec<(BString, String)>,
    /// Acceptances that no member matches, with what was found instead.
    pub unused: Vec<(Acceptance, String)>,
}

/// Applies what the package says.
pub(crate) fn package(
    comparison: &mut Comparison,
    inputs: &Inputs<'_>,
    sketches: &Sketches,
    packaging: &Packaging<'_>,
) -> Packaged {
    let mut packaged = Packaged {
        has_build: packaging.build.is_some(),
        ..Packaged::default()
    };
    leave_out(comparison, inputs, packaging, &mut packaged);
    accept(comparison, inputs, packaging.accepted, &mut packaged);
    discard(comparison, inputs, sketches, packaging, &mut packaged);
    packaged
}

fn leave_out(
    comparison: &mut Comparison,
    inputs: &Inputs<'_>,
    packaging: &Packaging<'_>,
    packaged: &mut Packaged,
) {
    let Some(excluded) = packaging.excluded else {
        return;
    };
    for index in 0..comparison.differences.len() {
        let Some(difference) = comparison.differences.get(index) else {
            break;
        };
        if difference.side != Side::Tree || difference.origin != Origin::Missing {
            continue;
        }
        if let Some(pattern) = excluded(difference.path.as_bstr()) {
            let detail = format!("the packager left it out: it matches {pattern}");
            comparison.settle(index, Origin::Excluded, detail, Explanation::default());
        }
    }
    for member in &inputs.tarball.manifest.members {
        let path = prefix::below(member.path.as_bstr(), comparison.top.as_ref());
        let path = path.filter(|_| member.kind != MemberKind::Directory);
        if let Some((path, pattern)) = path.and_then(|path| Some((path, excluded(path)?))) {
            packaged.not_excluded.push((path.to_owned(), pattern));
        }
    }
}

/// An acceptance holds for one path with one contents, and only where nothing better is known.
fn accept(
    comparison: &mut Comparison,
    inputs: &Inputs<'_>,
    accepted: &[Acceptance],
    packaged: &mut Packaged,
) {
    let indices: HashMap<BString, usize> = (comparison.differences.iter().enumerate())
        .filter(|(_, difference)| difference.member.is_some())
        .map(|(index, difference)| (difference.path.clone(), index))
        .collect();
    for acceptance in accepted {
        let settled = match indices.get(&acceptance.path) {
            None => Err("the tarball has no such file, or it needs no acceptance".to_owned()),
            Some(index) => acceptable(comparison, inputs, *index, acceptance).map(|()| *index),
        };
        match settled {
            Ok(index) => {
                let detail = format!("accepted: {}", acceptance.reason);
                let explanation = comparison
                    .differences
                    .get(index)
                    .map(|difference| difference.explanation.clone())
                    .unwrap_or_default();
                comparison.settle(index, Origin::Accepted, detail, explanation);
            }
            Err(why) => packaged.unused.push((acceptance.clone(), why)),
        }
    }
}

fn acceptable(
    comparison: &Comparison,
    inputs: &Inputs<'_>,
    index: usize,
    acceptance: &Acceptance,
) -> Result<(), String> {
    let difference = comparison.differences.get(index).ok_or("no difference")?;
    let members = &inputs.tarball.manifest.members;
    let member = difference.member.and_then(|member| members.get(member));
    let member = member.ok_or("the tarball has no such file")?;
    if difference.origin.is_accounted() {
        return Err(format!(
            "it needs no acceptance: its origin is {}",
            difference.origin.as_str()
        ));
    }
    if member.kind != MemberKind::File {
        return Err("it is no regular file".into());
    }
    if member.sha256.0 != acceptance.sha256 {
        return Err(format!("the tarball's has another SHA-256, {}", member.sha256));
    }
    Ok(())
}

fn discard(
    comparison: &mut Comparison,
    inputs: &Inputs<'_>,
    sketches: &Sketches,
    packaging: &Packaging<'_>,
    packaged: &mut Packaged,
) {
    let Some(build) = packaging.build else { return };
    let alleged: Vec<usize> = (comparison.differences.iter().enumerate())
        .filter(|(_, difference)| difference.origin == Origin::Alleged)
        .map(|(index, _)| index)
        .collect();
    if alleged.is_empty() {
        return;
    }
    let built = Built::new(comparison, inputs, packaging);
    if let Some(target) = built.target {
        let why = format!("the tarball has {target}, and make takes the target of that name for done");
        packaged.fates = alleged
            .into_iter()
            .map(|index| (index, Fate::Open { why: why.clone() }))
            .collect();
        return;
    }
    let remade = Remade::of(
        build,
        &rebuild::Tree {
            exists: &|path| built.files.contains(path),
            read: &|path| built.configures.get(path).map(Vec::as_slice),
        },
    );
    let fates: Vec<(usize, Fate)> = (alleged.into_iter())
        .filter_map(|index| {
            let difference = comparison.differences.get(index)?;
            let fate = fate(difference, inputs, sketches, build, &remade)?;
            Some((index, unless_put_away(fate, difference, packaging)))
        })
        .collect();
    for (index, fate) in fates {
        let (Fate::Discarded { by }, Some(difference)) = (&fate, comparison.differences.get(index)) else {
            packaged.fates.push((index, fate));
            continue;
        };
        let detail = format!("{}; the build makes it anew: {by}", difference.detail);
        let explanation = difference.explanation.clone();
        comparison.settle(index, Origin::Discarded, detail, explanation);
    }
}

fn fate(
    difference: &Difference,
    inputs: &Inputs<'_>,
    sketches: &Sketches,
    build: &rebuild::Build,
    remade: &Remade,
) -> Option<Fate> {
    let member = inputs.tarball.manifest.members.get(difference.member?)?;
    let sketch = sketches.members.get(&member.path);
    let generated = Generated {
        path: difference.path.as_bstr(),
        tool: difference.explanation.tool.as_deref(),
        from: &difference.explanation.from,
        head: sketch.map(|sketch| sketch.head.as_slice()).unwrap_or_default(),
    };
    if member.kind != MemberKind::File {
        let why = "it is a hard link: what is written to the one name changes the other".to_owned();
        return Some(Fate::Open { why });
    }
    Some(rebuild::fate(build, remade, &generated))
}

/// What is deleted or overwritten is not gone where a patch touches it: its first contents lie in .pc.
fn unless_put_away(fate: Fate, difference: &Difference, packaging: &Packaging<'_>) -> Fate {
    let touched = packaging
        .touched
        .is_some_and(|touched| touched(difference.path.as_bstr()));
    match fate {
        Fate::Discarded { by } if touched => Fate::Open {
            why: format!(
                "{by} would replace or delete it, but a patch touches it, and the build can read it in .pc as it was"
            ),
        },
        fate => fate,
    }
}

/// The tree that is built, as far as it decides what autoreconf does.
struct Built<'a> {
    /// Regular files.
    files: HashSet<&'a BStr>,
    /// Each configure.ac that is accounted for, after the packager's patches.
    configures: HashMap<&'a BStr, Vec<u8>>,
    /// Something with the name of a target of debian/rules.
    target: Option<&'a BStr>,
}

impl<'a> Built<'a> {
    fn new(comparison: &Comparison, inputs: &Inputs<'a>, packaging: &Packaging<'_>) -> Self {
        let unproven: HashSet<&BStr> = (comparison.differences.iter())
            .filter(|difference| !difference.origin.is_accounted())
            .map(|difference| difference.path.as_bstr())
            .collect();
        let mut built = Built {
            files: HashSet::new(),
            configures: HashMap::new(),
            target: None,
        };
        for member in &inputs.tarball.manifest.members {
            let Some(path) = prefix::below(member.path.as_bstr(), comparison.top.as_ref()) else {
                continue;
            };
            let top = path.split_once_str("/").map_or(path, |(top, _)| top.as_bstr());
            if rebuild::is_target(top) {
                built.target = Some(top);
            }
            if !matches!(member.kind, MemberKind::File | MemberKind::HardLink) {
                continue;
            }
            built.files.insert(path);
            let name = path.rsplit_str("/").next().unwrap_or_default();
            let is_configure = matches!(name, b"configure.ac" | b"configure.in");
            if let (true, Some(content)) = (is_configure && !unproven.contains(path), &member.content) {
                let patched = match packaging.patched {
                    Some(patched) => patched(path, content),
                    None => Some(content.clone()),
                };
                built.configures.extend(patched.map(|content| (path, content)));
            }
        }
        built
    }
}

//! What the package around the tarball says of a difference: left out on purpose, accepted, thrown away by the build.
//!
//! This comes last, after proof, suspicion and allegation, and can only move what those left open.

use std::collections::HashMap;

use bstr::{BString, ByteSlice};
use tarvet_archive::MemberKind;
use tarvet_origin::rebuild::{self, Fate, Generated};

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
pub fn package(comparison: &mut Comparison, inputs: &Inputs<'_>, packaging: &Packaging<'_>) -> Packaged {
    let mut packaged = Packaged {
        has_build: packaging.build.is_some(),
        ..Packaged::default()
    };
    leave_out(comparison, inputs, packaging, &mut packaged);
    accept(comparison, inputs, packaging.accepted, &mut packaged);
    if let Some(build) = packaging.build {
        discard(comparison, inputs, build, &mut packaged);
    }
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
    build: &rebuild::Build,
    packaged: &mut Packaged,
) {
    for index in 0..comparison.differences.len() {
        let Some(difference) = comparison.differences.get(index) else {
            break;
        };
        if difference.origin != Origin::Alleged {
            continue;
        }
        match fate(difference, inputs, build) {
            Fate::Discarded { by } => {
                let detail = format!("{}; the build makes it anew: {by}", difference.detail);
                let explanation = difference.explanation.clone();
                comparison.settle(index, Origin::Discarded, detail, explanation);
            }
            kept => packaged.fates.push((index, kept)),
        }
    }
}

fn fate(difference: &Difference, _inputs: &Inputs<'_>, build: &rebuild::Build) -> Fate {
    let generated = Generated {
        path: difference.path.as_bstr(),
        tool: difference.explanation.tool.as_deref(),
        from: &difference.explanation.from,
    };
    rebuild::fate(build, &generated)
}

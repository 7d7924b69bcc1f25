//! Files of an unpacked tree that patches touch: each must be what some of the patches make of it, in their order. A tree
//! may have all of them applied (dpkg-source), or none (git-buildpackage).

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::File;
use std::path::Path;

use bstr::{BStr, BString};
use tarvet_archive::{Keep, Limits, Member, MemberKind, Options, Seen};
use tarvet_debian::SourcePackage;
use tarvet_debian::effective::States;

use super::super::tarball::Vetted;
use super::{There, there};
use crate::error::CliError;

/// What each touched file may be. Contents are in no report, so the tarballs that have such files are read once more.
pub fn states(
    source: &SourcePackage,
    vetted: &[Vetted],
    expected: &BTreeMap<BString, &Member>,
    limits: Limits,
) -> Result<BTreeMap<BString, States>, CliError> {
    let patches = &source.patches;
    if patches.is_empty() || !patches.are_known() {
        return Ok(BTreeMap::new());
    }
    let touched: BTreeMap<&BString, [u8; 32]> = (expected.iter())
        .filter(|(path, _)| patches.touch(BStr::new(path)))
        .map(|(path, member)| (path, member.sha256.0))
        .collect();
    let contents = contents(vetted, &touched.values().copied().collect(), limits)?;
    let mut states = patches.states(&mut |path| {
        let digest = touched.get(&BString::from(path))?;
        Some(contents.get(digest).cloned().unwrap_or_default())
    });
    // A link, or contents that are too large to be held: only that it was not patched can be told.
    for (path, digest) in touched
        .into_iter()
        .filter(|(_, digest)| !contents.contains_key(digest))
    {
        let untold = States {
            digests: vec![Some(digest)],
            untold: true,
        };
        states.insert(path.clone(), untold);
    }
    Ok(states)
}

/// The contents of the members with these digests.
fn contents(
    vetted: &[Vetted],
    wanted: &HashSet<[u8; 32]>,
    limits: Limits,
) -> Result<HashMap<[u8; 32], Vec<u8>>, CliError> {
    let mut contents = HashMap::new();
    for one in vetted {
        let members = one.facts.tarball.manifest.members.iter();
        let of_interest =
            members.filter(|member| member.kind == MemberKind::File && wanted.contains(&member.sha256.0));
        let paths: HashSet<&BString> = of_interest.map(|member| &member.path).collect();
        if paths.is_empty() {
            continue;
        }
        let path = &one.tarball.path;
        let unreadable = |error| CliError::file(path, "read the tarball", &error);
        let options = Options {
            object_format: Default::default(),
            limits,
            keep: &Wanted(&paths),
            threads: 1,
            tar_digest: false,
        };
        let file = File::open(path).map_err(unreadable)?;
        let tarball = tarvet_archive::read(file, None, &options, None).map_err(unreadable)?;
        let members = tarball.manifest.members.into_iter();
        contents.extend(members.filter_map(|member| Some((member.sha256.0, member.content?))));
    }
    Ok(contents)
}

/// What is wrong with a touched file, if anything is.
pub fn compare(place: &Path, states: &States) -> Result<Option<String>, CliError> {
    let found = match there(place)? {
        There::Nothing => None,
        There::File(digest) => Some(digest),
        There::Link(_) | There::Other => {
            return Ok(Some("a patch touches it, and it is no regular file".into()));
        }
    };
    if states.digests.contains(&found) {
        return Ok(None);
    }
    Ok(Some(match (found, states.untold) {
        (None, _) => "the tarball has it, no patch removes it, and the tree has not".into(),
        (Some(_), false) => "other contents than in the tarball, and than the patches make of it".into(),
        (Some(_), true) => "other contents than in the tarball, and a patch to it does not apply".into(),
    }))
}

/// Keeps the contents of these members.
struct Wanted<'a>(&'a HashSet<&'a BString>);

impl Keep for Wanted<'_> {
    fn wants(&self, path: &BStr, size: u64) -> Option<u64> {
        self.0.contains(&BString::from(path)).then_some(size)
    }

    fn keeps(&self, seen: &Seen<'_>) -> bool {
        seen.whole().is_some()
    }
}

//! The tarballs once more, for the contents of those files that patches touch: the first time nobody knew which they are.

use std::collections::{BTreeMap, HashSet};
use std::fs::File;

use bstr::{BStr, BString};
use sha2::{Digest, Sha256};
use tarvet_archive::{Keep, Limits, MemberKind, ObjectFormat, Options, Seen};
use tarvet_debian::effective::Patches;

use super::Expected;
use crate::error::CliError;

/// Most that is kept of one tarball, in bytes; a file that finds no room is taken for absent, and no patch applies to it.
const LARGEST: u64 = 256 << 20;

/// The contents of every regular file that a patch touches, by its path in the tree.
pub fn of(expected: &Expected<'_>, patches: &Patches) -> Result<BTreeMap<BString, Vec<u8>>, CliError> {
    // Which tarball, and how it spells which path.
    let mut wanted: BTreeMap<&std::path::Path, BTreeMap<BString, &BString>> = BTreeMap::new();
    for path in patches.touched() {
        if let Some((path, (member, tarball))) = expected.get_key_value(path)
            && member.kind == MemberKind::File
        {
            wanted
                .entry(&tarball.tarball.path)
                .or_default()
                .insert(member.path.clone(), path);
        }
    }
    let mut contents = BTreeMap::new();
    for (tarball, paths) in wanted {
        let unreadable = |error| CliError::file(tarball, "read the tarball again", &error);
        let touched = Wanted(paths.keys().collect());
        let options = Options {
            object_format: ObjectFormat::Sha1,
            limits: Limits {
                kept_bytes: LARGEST,
                ..Limits::default()
            },
            keep: &touched,
            threads: std::thread::available_parallelism().map_or(1, Into::into),
            tar_digest: false,
        };
        let again = tarvet_archive::read(File::open(tarball).map_err(unreadable)?, None, &options, None)
            .map_err(unreadable)?;
        for member in again.manifest.members {
            let (Some(path), Some(content)) = (paths.get(&member.path), member.content) else {
                continue;
            };
            // What was checked counts, not what somebody put in its place since.
            let checked = expected.get(*path).map(|(member, _)| member.sha256.0);
            if checked == Some(Sha256::digest(&content).into()) {
                contents.insert((*path).clone(), content);
            }
        }
    }
    Ok(contents)
}

struct Wanted<'a>(HashSet<&'a BString>);

impl Keep for Wanted<'_> {
    fn wants(&self, path: &BStr, size: u64) -> Option<u64> {
        self.0.contains(&path.to_owned()).then_some(size)
    }

    fn keeps(&self, _seen: &Seen<'_>) -> bool {
        true
    }
}

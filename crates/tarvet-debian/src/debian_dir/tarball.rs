//! debian/ out of a tarball, streamed.

use super::{DebianDir, DebianFile, Kind, Outside, Room, joined, kind, parts};
use crate::dsc::{FaultKind, Faults};
use bstr::{BStr, BString};
use std::io::{self, Read};
use tarvet_archive::{Keep, Limits, Manifest, Member, MemberKind, OddityClass, Options, Seen};

/// How dpkg-source places the members in the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Root {
    /// As they are named: a `.debian.tar`.
    InPlace,
    /// Without the single directory at the top, where there is one: upstream's tarball or a native package's.
    OneDirectory,
}

impl DebianDir {
    /// Reads debian/ out of a tarball in one pass to its last byte; `name` is its file name.
    ///
    /// Memory is bounded by `limits` and `room`, whatever the tarball's size. Err: `input` could not be read.
    pub fn from_tarball(
        name: &str,
        input: impl Read + Send,
        root: Root,
        limits: Limits,
        room: Room,
    ) -> io::Result<Self> {
        let limits = Limits {
            kept_bytes: limits.kept_bytes.min(room.total),
            ..limits
        };
        let options = Options {
            object_format: Default::default(),
            limits,
            keep: &Wanted {
                root,
                most: room.file,
            },
            threads: 1,
            tar_digest: false,
        };
        let tarball = tarvet_archive::read(input, Some(name), &options, None)?;
        let mut debian = DebianDir {
            oddities: tarball.oddities,
            ..DebianDir::default()
        };
        let mut faults = Faults::of(name);
        let help = "look at the tarball by hand";
        let stopped = |class| matches!(class, OddityClass::Limit | OddityClass::Corrupt);
        if let Some(oddity) = debian.oddities.iter().find(|oddity| stopped(oddity.class)) {
            let message = format!("the tarball was not read in full: {}", oddity.detail);
            faults.push(FaultKind::DebianDirUnreadable, None, message, help);
        }
        let top = match root {
            Root::InPlace => None,
            Root::OneDirectory => top(&tarball.manifest),
        };
        for member in tarball.manifest.members {
            if !debian.add(member, root, top.as_ref(), room) {
                let message = format!("more than {} entries below debian/", room.entries);
                faults.push(FaultKind::DebianDirUnreadable, None, message, help);
                break;
            }
        }
        debian.faults = faults.found;
        Ok(debian)
    }

    /// Sorts one member in; false when there are too many.
    fn add(&mut self, member: Member, root: Root, top: Option<&BString>, room: Room) -> bool {
        let parts = parts(BStr::new(&member.path));
        let place = match (parts.as_deref(), top) {
            (Some([first, rest @ ..]), Some(top)) if *first == top.as_slice() => Some(rest),
            (Some([_, ..]), Some(_)) => None,
            (place, _) => place,
        };
        match place {
            // The root of the tree itself.
            Some([]) if member.kind == MemberKind::Directory => true,
            Some(parts @ [b"debian", ..]) => {
                let path = joined(parts);
                self.files.insert(path, file(member));
                self.files.len() <= room.entries
            }
            _ => {
                if root == Root::InPlace {
                    let kind = kind(member.kind);
                    self.outside.push(Outside {
                        path: member.path,
                        kind,
                    });
                }
                true
            }
        }
    }
}

fn file(member: Member) -> DebianFile {
    let kind = kind(member.kind);
    DebianFile {
        kind,
        mode: member.mode,
        size: if kind == Kind::File { member.size } else { 0 },
        sha256: (kind == Kind::File).then_some(member.sha256),
        content: member.content,
        link: member.link,
    }
}

/// The directory that dpkg-source takes away: the only thing at the top, and no symbolic link.
fn top(manifest: &Manifest) -> Option<BString> {
    let mut top: Option<BString> = None;
    for member in &manifest.members {
        let parts = parts(BStr::new(&member.path))?;
        let Some((first, rest)) = parts.split_first() else {
            continue;
        };
        let directory = !rest.is_empty() || member.kind == MemberKind::Directory;
        match &top {
            _ if !directory => return None,
            Some(top) if top.as_slice() != *first => return None,
            Some(_) => {}
            None => top = Some(BString::from(*first)),
        }
    }
    top
}

/// Files below debian/ up to a size.
struct Wanted {
    root: Root,
    most: u64,
}

impl Keep for Wanted {
    fn wants(&self, path: &BStr, size: u64) -> Option<u64> {
        let parts = parts(path)?;
        let debian = |at: usize| parts.get(at).is_some_and(|part| *part == b"debian");
        let below = debian(0) || (self.root == Root::OneDirectory && debian(1));
        (below && size <= self.most).then_some(size)
    }

    fn keeps(&self, seen: &Seen<'_>) -> bool {
        seen.whole().is_some()
    }
}

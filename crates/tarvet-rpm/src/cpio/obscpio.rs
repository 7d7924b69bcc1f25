//! `.obscpio`: a checkout that `obs-service-tar_scm` packed, which OBS unpacks for the build.

use std::{
    collections::HashMap,
    io::{self, Read},
};

use bstr::{BString, ByteSlice};
use tarvet_archive::Limits;

use super::{Entry, FILE, FORMAT, Fault, FaultKind, Newc, Reader, names::below};

const DIRECTORY: u32 = 0o040_000;
const SYMLINK: u32 = 0o120_000;
/// setuid, setgid and sticky.
const SPECIAL_BITS: u32 = 0o7_000;
/// Bytes of a symlink's target.
const LONGEST_TARGET: u32 = 4095;
/// Bytes of all names, beyond which an archive is not read: each is kept to find duplicates.
const NAME_BYTES: u64 = 256 << 20;

/// What a member is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MemberKind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link.
    Symlink,
}

/// One member of an `.obscpio`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its path as spelled, checked: relative, no `.` or `..`.
    pub path: BString,
    /// What it is.
    pub kind: MemberKind,
    /// Permission bits.
    pub mode: u32,
    /// Length of the contents in bytes.
    pub size: u64,
    /// Seconds since 1970.
    pub mtime: u32,
    /// Where a symlink points.
    pub target: Option<BString>,
}

/// What an `.obscpio` turned out to be.
#[derive(Debug, Default)]
pub struct Obscpio {
    /// Number of members that were visited.
    pub members: u64,
    /// The trailer was reached.
    pub complete: bool,
    /// What was wrong. What the visitor saw counts for nothing unless this is empty.
    pub faults: Vec<Fault>,
}

/// Reads `input` to its end and shows each member to `visit`, with its contents where it is a file.
///
/// Contents that `visit` leaves unread are skipped. Members with a fault are not shown. Of `limits` apply `bytes` and
/// `members`. Err: of the medium, or of `visit`.
pub fn read(
    input: impl Read + Send,
    limits: &Limits,
    mut visit: impl FnMut(&Member, &mut (dyn Read + Send)) -> io::Result<()>,
) -> io::Result<Obscpio> {
    let mut reader = Reader::new(input.take(limits.bytes));
    let mut seen = Paths::default();
    let mut members = 0;
    while let Some(entry) = reader.next()? {
        let Entry::Named(path, newc) = entry else {
            reader.broken("members must have headers of their own, found the form that only packages have");
            break;
        };
        if members == limits.members || seen.bytes > NAME_BYTES {
            let detail = format!("more than {members} members (limit members, --limit-members)");
            reader.stop(detail);
            break;
        }
        if let Some(member) = member(&mut reader, path, &newc, &mut seen)? {
            members += 1;
            visit(&member, &mut reader)?;
        }
    }
    let complete = reader.is_complete();
    let (input, mut faults) = reader.finish()?;
    if input.limit() == 0 {
        let detail = format!("more than {} bytes (limit bytes, --limit-bytes)", limits.bytes);
        faults.push(FaultKind::Limit, None, detail);
    }
    Ok(Obscpio {
        members,
        complete,
        faults: faults.finish(),
    })
}

/// The paths so far, and what they were.
#[derive(Default)]
struct Paths {
    /// With every directory on the way; those without a member of their own have `None`.
    kinds: HashMap<Vec<u8>, Option<MemberKind>>,
    bytes: u64,
}

impl Paths {
    /// What is wrong with another member at `path`.
    fn enter(&mut self, path: &[u8], kind: MemberKind) -> Result<(), (FaultKind, &'static str)> {
        match self.kinds.get(path) {
            None => {}
            Some(None) if kind == MemberKind::Directory => {}
            Some(None) => {
                let what = "other members have this name as a directory on their way";
                return Err((FaultKind::DuplicateMember, what));
            }
            Some(Some(_)) => {
                let what = "the name occurs for the second time";
                return Err((FaultKind::DuplicateMember, what));
            }
        }
        // From the deepest directory up to the first that is known; what is above that one is known too.
        let mut rest = path;
        while let Some(slash) = rest.rfind_byte(b'/') {
            rest = rest.get(..slash).unwrap_or_default();
            match self.kinds.get(rest) {
                None => self.remember(rest, None),
                Some(None | Some(MemberKind::Directory)) => break,
                Some(_) => {
                    let what = "a directory on its way is a symlink or a file of the archive";
                    return Err((FaultKind::UnsafeName, what));
                }
            }
        }
        self.remember(path, Some(kind));
        Ok(())
    }

    fn remember(&mut self, path: &[u8], kind: Option<MemberKind>) {
        self.bytes += path.len() as u64;
        self.kinds.insert(path.to_vec(), kind);
    }
}

/// Looks at one member; `None` where a fault was noted and the member is not to be shown.
fn member<R: Read>(
    reader: &mut Reader<R>,
    path: Vec<u8>,
    newc: &Newc,
    seen: &mut Paths,
) -> io::Result<Option<Member>> {
    let kind = match newc.mode & FORMAT {
        FILE => MemberKind::File,
        DIRECTORY => MemberKind::Directory,
        SYMLINK => MemberKind::Symlink,
        other => {
            let detail = format!("neither file, directory nor symlink: mode {other:o}");
            reader.faults.push(FaultKind::UnsafeKind, Some(&path), detail);
            return Ok(None);
        }
    };
    if let Err(what) = below(&path) {
        let detail = format!("the name must stay below the archive's place, it has {what}");
        reader.faults.push(FaultKind::UnsafeName, Some(&path), detail);
        return Ok(None);
    }
    if let Err((fault, what)) = seen.enter(&path, kind) {
        reader.faults.push(fault, Some(&path), what);
        return Ok(None);
    }
    let whole = match kind {
        MemberKind::Directory => newc.size == 0,
        MemberKind::Symlink => newc.size > 0 && newc.size <= LONGEST_TARGET,
        MemberKind::File => true,
    };
    if !whole {
        let detail = format!("{} bytes of contents are wrong for a {kind:?}", newc.size);
        reader.faults.push(FaultKind::Malformed, Some(&path), detail);
        return Ok(None);
    }
    if kind != MemberKind::Directory && newc.links > 1 {
        let detail = format!("one link expected, {} found", newc.links);
        reader.faults.push(FaultKind::HardLink, Some(&path), detail);
        return Ok(None);
    }
    if kind == MemberKind::File && newc.mode & SPECIAL_BITS != 0 {
        let detail = format!(
            "permissions without setuid, setgid and sticky expected, {:o} found",
            newc.mode
        );
        reader.faults.push(FaultKind::UnsafeKind, Some(&path), detail);
        return Ok(None);
    }
    let target = match kind {
        MemberKind::Symlink => match target(reader, &path, newc.size)? {
            Some(target) => Some(target),
            None => return Ok(None),
        },
        _ => None,
    };
    Ok(Some(Member {
        path: path.into(),
        kind,
        mode: newc.mode & !FORMAT,
        size: newc.size.into(),
        mtime: newc.mtime,
        target,
    }))
}

fn target<R: Read>(reader: &mut Reader<R>, path: &[u8], size: u32) -> io::Result<Option<BString>> {
    let mut target = Vec::new();
    reader.read_to_end(&mut target)?;
    if target.len() as u64 != u64::from(size) {
        return Ok(None);
    }
    if target.contains(&0) {
        let what = "the target of the symlink has a NUL";
        reader.faults.push(FaultKind::UnsafeName, Some(path), what);
        return Ok(None);
    }
    Ok(Some(target.into()))
}

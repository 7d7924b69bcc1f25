//! Replays the members in order and tells where unpacking depends on that order.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet, hash_map},
    hash::{BuildHasher, RandomState},
};

use bstr::{BStr, ByteSlice};

use crate::{Member, MemberKind, OddityClass, log::Log, names};

/// Resolves hard links and notes duplicates, writes through links and names that merge.
pub(crate) fn replay(members: &mut [Member], log: &mut Log) {
    let resolved = Replay::new(members).run(log);
    for (link, target) in resolved {
        let Some(target) = members.get(target) else {
            continue;
        };
        // Kind and mode belong to the inode: readers do not apply those of a link's own header.
        let (size, mode, blob, sha256) = (target.size, target.mode, target.blob, target.sha256);
        let symlink = (target.kind == MemberKind::Symlink).then(|| target.link.clone());
        if let Some(member) = members.get_mut(link) {
            (member.size, member.mode, member.blob, member.sha256) = (size, mode, blob, sha256);
            if let Some(target) = symlink {
                (member.kind, member.link) = (MemberKind::Symlink, target);
            }
        }
    }
}

/// GNU's volume label, told as an odd type flag. It makes no file, so it lands nowhere.
const VOLUME_LABEL: MemberKind = MemberKind::Other(b'V');

fn place(member: &Member) -> Cow<'_, [u8]> {
    match member.kind {
        VOLUME_LABEL => Cow::Borrowed(&[]),
        _ => names::landing(member.path.as_bstr()),
    }
}

struct Replay<'a> {
    members: &'a [Member],
    /// Where each member lands.
    places: Vec<Cow<'a, [u8]>>,
}

/// What the members at one place are.
#[derive(Default)]
struct Slot {
    first: usize,
    last: usize,
    link: bool,
    file: bool,
}

type Slots<'p> = HashMap<&'p [u8], Slot>;
/// Hard links (by index) and the members that hold their contents; never links themselves.
type Resolved = HashMap<usize, usize>;

impl<'a> Replay<'a> {
    fn new(members: &'a [Member]) -> Self {
        Replay {
            members,
            places: members.iter().map(place).collect(),
        }
    }

    fn run(&self, log: &mut Log) -> Resolved {
        let mut slots = Slots::with_capacity(self.members.len());
        let mut resolved = Resolved::new();
        let mut unresolved = Vec::new();
        for (index, (member, place)) in self.each() {
            if place.is_empty() {
                if !matches!(member.kind, MemberKind::Directory | VOLUME_LABEL) {
                    let detail = "a member that is not a directory lands on the place of unpacking itself";
                    log.at(
                        member.path.as_bstr(),
                        OddityClass::Unsafe,
                        "replaces-the-root",
                        detail,
                    );
                }
                continue;
            }
            if member.kind == MemberKind::HardLink {
                match self.target(member, place, &slots, &resolved, log) {
                    Some(Some(target)) => drop(resolved.insert(index, target)),
                    Some(None) => unresolved.push(index),
                    None => {}
                }
            }
            let kind = resolved
                .get(&index)
                .map_or(member.kind, |target| self.members[*target].kind);
            let slot = match slots.entry(place) {
                hash_map::Entry::Vacant(vacant) => vacant.insert(Slot {
                    first: index,
                    last: index,
                    ..Slot::default()
                }),
                hash_map::Entry::Occupied(occupied) => {
                    let slot = occupied.into_mut();
                    self.compare(slot.last, index, &resolved, log);
                    slot.last = index;
                    slot
                }
            };
            slot.link |= kind == MemberKind::Symlink;
            slot.file |= !matches!(kind, MemberKind::Symlink | MemberKind::Directory);
        }
        self.explain_unresolved(&unresolved, &slots, log);
        self.check_parents(&slots, log);
        self.check_top(&slots, log);
        self.check_merging_names(&slots, log);
        resolved
    }

    fn each(&self) -> impl Iterator<Item = (usize, (&'a Member, &[u8]))> {
        self.members
            .iter()
            .zip(self.places.iter().map(|place| &**place))
            .enumerate()
    }

    /// The earlier member whose contents a hard link shares. `Some(None)`: none there yet; `None`: already told.
    fn target(
        &self,
        link: &Member,
        own: &[u8],
        slots: &Slots,
        resolved: &Resolved,
        log: &mut Log,
    ) -> Option<Option<usize>> {
        let path = link.path.as_bstr();
        let target = link
            .link
            .as_ref()
            .map_or(BStr::new(""), |target| target.as_bstr());
        if names::leaves_the_tree(target) {
            log.at(
                path,
                OddityClass::Unsafe,
                "hard-link-outside",
                format!("a hard link to {target:?}"),
            );
            return None;
        }
        let place = names::landing(target);
        if *place == *own {
            let detail = format!("a hard link to {target:?}, itself");
            log.at(path, OddityClass::Unsafe, "hard-link-cycle", detail);
            return None;
        }
        let Some(slot) = slots.get(&*place) else {
            return Some(None);
        };
        let index = resolved.get(&slot.last).copied().unwrap_or(slot.last);
        match self.members[index].kind {
            MemberKind::File | MemberKind::Symlink => Some(Some(index)),
            kind => {
                let detail = format!("a hard link to {target:?}, which is {}", described(kind));
                log.at(path, OddityClass::Unsafe, "hard-link-to-odd-target", detail);
                None
            }
        }
    }

    fn explain_unresolved(&self, links: &[usize], slots: &Slots, log: &mut Log) {
        for index in links {
            let link = &self.members[*index];
            let target = link
                .link
                .as_ref()
                .map_or(BStr::new(""), |target| target.as_bstr());
            let place = names::landing(target);
            let (code, what) = match slots.get(&*place) {
                Some(_) => ("forward-hard-link", "a later member"),
                None => ("hard-link-outside", "no member of the archive"),
            };
            let detail = format!("a hard link to {target:?}, {what}");
            log.at(link.path.as_bstr(), OddityClass::Unsafe, code, detail);
        }
    }

    /// Two members at one place.
    fn compare(&self, first: usize, second: usize, resolved: &Resolved, log: &mut Log) {
        let inode = |index: usize| &self.members[resolved.get(&index).copied().unwrap_or(index)];
        let content = |index: usize| {
            let member = inode(index);
            (member.kind, member.size, member.sha256, &member.link)
        };
        let (earlier, later) = (&self.members[first], &self.members[second]);
        let path = later.path.as_bstr();
        if earlier.kind == MemberKind::Directory && later.kind == MemberKind::Directory {
            return;
        }
        let same_mode = inode(first).mode == inode(second).mode || inode(second).kind == MemberKind::Symlink;
        if content(first) == content(second) && same_mode {
            log.at(
                path,
                OddityClass::Curious,
                "repeated-member",
                "the same member twice, with equal contents",
            );
        } else {
            let detail = format!(
                "the same path twice: {} of {} bytes, mode {:04o}, and {} of {} bytes, mode {:04o}",
                described(earlier.kind),
                earlier.size,
                earlier.mode,
                described(later.kind),
                later.size,
                later.mode
            );
            log.at(path, OddityClass::Ambiguous, "duplicate-member", detail);
        }
    }

    /// No member may land below a link or a file, whichever of the two comes first.
    fn check_parents(&self, slots: &Slots, log: &mut Log) {
        let mut clean = HashSet::<&[u8]>::new();
        for (_, (member, place)) in self.each() {
            let mut walked = Vec::new();
            let mut parent = place;
            let offender = loop {
                let Some(cut) = parent.rfind_byte(b'/') else {
                    break None;
                };
                parent = &parent[..cut];
                if clean.contains(parent) {
                    break None;
                }
                match slots.get(parent) {
                    Some(slot) if slot.link => break Some(true),
                    Some(slot) if slot.file => break Some(false),
                    _ => walked.push(parent),
                }
            };
            let path = member.path.as_bstr();
            let at = parent.as_bstr();
            match offender {
                Some(true) => {
                    let detail = format!("lands below {at:?}, which is a symbolic link of the archive");
                    log.at(path, OddityClass::Unsafe, "write-through-link", detail);
                }
                Some(false) => {
                    let detail = format!("lands below {at:?}, which is a file of the archive");
                    log.at(path, OddityClass::Unsafe, "member-below-file", detail);
                }
                None => clean.extend(walked),
            }
        }
    }

    /// dpkg-source and rpm step into a single top entry: it must not be a link.
    fn check_top(&self, slots: &Slots, log: &mut Log) {
        let mut places = self.places.iter().filter(|place| !place.is_empty());
        let Some(top) = places.next().and_then(|place| place.split_str("/").next()) else {
            return;
        };
        let alone = places.all(|place| place.split_str("/").next() == Some(top));
        if let Some(slot) = slots.get(top).filter(|slot| alone && slot.link) {
            let path = self.members[slot.first].path.as_bstr();
            let detail = "the only entry at the top is a symbolic link";
            log.at(path, OddityClass::Unsafe, "top-entry-link", detail);
        }
    }

    fn check_merging_names(&self, slots: &Slots, log: &mut Log) {
        let state = RandomState::new();
        let mut folded = HashMap::<u64, usize>::with_capacity(slots.len());
        for (index, (member, place)) in self.each() {
            if slots.get(place).is_none_or(|slot| slot.first != index) {
                continue;
            }
            let name = names::folded(place);
            let Some(other) = folded.insert(state.hash_one(&name), index) else {
                continue;
            };
            let twin = &*self.places[other];
            if names::folded(twin) != name {
                continue;
            }
            let case = twin.eq_ignore_ascii_case(place);
            let code = if case {
                "case-collision"
            } else {
                "unicode-collision"
            };
            let detail = format!(
                "merges with {:?} where names are not compared byte by byte",
                twin.as_bstr()
            );
            log.at(member.path.as_bstr(), OddityClass::Curious, code, detail);
        }
    }
}

fn described(kind: MemberKind) -> &'static str {
    match kind {
        MemberKind::File => "a file",
        MemberKind::Directory => "a directory",
        MemberKind::Symlink => "a symbolic link",
        MemberKind::HardLink => "a hard link",
        MemberKind::Other(_) => "a special member",
    }
}

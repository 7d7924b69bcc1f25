//! A ref, read once, and everything it leads to down to the root tree's id.

use bstr::{BString, ByteSlice};
use gix::ObjectId;
use gix::objs::Kind;

use super::signed::{CommitObject, TagObject};
use super::{Fault, FaultKind, ObjectStore, Proof, TagWish, UpstreamError, read_as, tag_fits};

/// Tags of tags that are followed.
const LONGEST_TAG_CHAIN: usize = 8;

/// A ref below `refs/tags/` as it was when it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagRef {
    /// The name without `refs/tags/`.
    pub name: BString,
    /// What it points to; `None` for a symbolic ref.
    pub target: Option<ObjectId>,
}

/// A release: a tag resolved once, with the raw bytes that signatures cover. Whatever could not be read is missing
/// here and told in `faults`.
#[derive(Debug, Default)]
pub struct Release {
    /// The tag's name as wanted.
    pub tag_name: BString,
    /// The outermost tag object; `None` for a lightweight tag.
    pub tag: Option<TagObject>,
    /// The commit.
    pub commit: Option<CommitObject>,
    /// What was wrong on the way.
    pub faults: Vec<Fault>,
}

/// Chooses the one tag that is wanted and follows it to its commit.
pub fn resolve(store: &dyn ObjectStore, tags: &[TagRef], wish: &TagWish) -> Result<Release, UpstreamError> {
    let chosen = choose(tags, wish, &store.place())?;
    let mut release = Release {
        tag_name: chosen.name.clone(),
        ..Release::default()
    };
    match chosen.target {
        Some(id) => follow(store, id, &mut release),
        None => {
            let detail = format!(
                "refs/tags/{} is a symbolic ref; a tag must name its object itself",
                chosen.name
            );
            release.faults.push(Fault::new(FaultKind::SymbolicTag, detail));
        }
    }
    Ok(release)
}

impl Proof {
    /// The release a proof holds. A proof has no refs: its tag objects name themselves, and a proof of a
    /// lightweight tag is a commit alone. A proof of another release than the one wanted is a fault.
    pub fn release(&self, wish: &TagWish) -> Release {
        let mut release = Release {
            faults: self.faults().to_vec(),
            ..Release::default()
        };
        if let TagWish::Named(name) = wish {
            release.tag_name = name.as_str().into();
        }
        if !release.faults.is_empty() {
            return release;
        }
        let outer = self.outermost_tags();
        let commits = self.ids_of(Kind::Commit);
        let fitting: Vec<&(ObjectId, BString)> = outer.iter().filter(|(_, name)| fits(name, wish)).collect();
        match (&fitting[..], &outer[..], &commits[..]) {
            ([(id, name)], ..) => {
                release.tag_name = name.clone();
                follow(self, *id, &mut release);
            }
            ([], [], [commit]) => follow(self, *commit, &mut release),
            ([], [], _) => {
                let detail = format!(
                    "the proof holds no tag and {} commits, expected exactly one",
                    commits.len()
                );
                release.faults.push(Fault::new(FaultKind::ProofDamaged, detail));
            }
            ([], ..) => {
                let names: Vec<_> = outer.iter().map(|(_, name)| name.to_string()).collect();
                let detail = format!(
                    "the proof is of {}, not of {}",
                    names.join(", "),
                    wish_words(wish)
                );
                release.faults.push(Fault::new(FaultKind::TagNamesOther, detail));
            }
            _ => {
                let detail = format!(
                    "the proof holds {} tags that fit {}",
                    fitting.len(),
                    wish_words(wish)
                );
                release.faults.push(Fault::new(FaultKind::ProofDamaged, detail));
            }
        }
        release
    }

    /// Tag objects no other tag object of the proof points to, with their own names.
    fn outermost_tags(&self) -> Vec<(ObjectId, BString)> {
        let parsed: Vec<TagObject> = self
            .ids_of(Kind::Tag)
            .into_iter()
            .filter_map(|id| {
                TagObject::parse(id, read_as(self, &id, Kind::Tag).ok()?.data, &mut Vec::new()).ok()
            })
            .collect();
        let inner: Vec<ObjectId> = parsed.iter().map(|tag| tag.target).collect();
        parsed
            .iter()
            .filter(|tag| !inner.contains(&tag.id))
            .map(|tag| (tag.id, tag.name.clone()))
            .collect()
    }
}

fn wish_words(wish: &TagWish) -> String {
    match wish {
        TagWish::Named(name) => format!("tag `{name}`"),
        TagWish::Version { version, .. } => format!("version {version}"),
    }
}

fn fits(tag: &BString, wish: &TagWish) -> bool {
    match wish {
        TagWish::Named(name) => tag == name.as_bytes(),
        TagWish::Version { name, version } => tag
            .to_str()
            .is_ok_and(|tag| tag_fits(tag, name.as_deref(), version)),
    }
}

/// The one tag that is wanted; `place` is for the message when there is none, or more than one.
pub fn choose<'a>(tags: &'a [TagRef], wish: &TagWish, place: &str) -> Result<&'a TagRef, UpstreamError> {
    let fitting: Vec<&TagRef> = tags.iter().filter(|tag| fits(&tag.name, wish)).collect();
    let place = place.to_owned();
    match (&fitting[..], wish) {
        ([tag], _) => Ok(tag),
        ([], TagWish::Named(wanted)) => {
            let nearest = nearest(tags, wanted);
            Err(UpstreamError::NoSuchTag {
                wanted: wanted.clone(),
                place,
                nearest,
            })
        }
        ([], TagWish::Version { version, .. }) => {
            let nearest = nearest(tags, version);
            Err(UpstreamError::NoTagForVersion {
                version: version.clone(),
                place,
                nearest,
            })
        }
        (_, wish) => {
            let version = match wish {
                TagWish::Named(name) => name.clone(),
                TagWish::Version { version, .. } => version.clone(),
            };
            let tags = fitting.iter().map(|tag| tag.name.to_string()).collect();
            Err(UpstreamError::AmbiguousTag { version, place, tags })
        }
    }
}

/// Up to three tags that contain, or are contained in, what was wanted; for the message only.
fn nearest(tags: &[TagRef], wanted: &str) -> Vec<String> {
    let digits = |text: &str| -> String { text.chars().filter(|c| c.is_ascii_digit()).collect() };
    let wanted_digits = digits(wanted);
    let mut found: Vec<String> = tags
        .iter()
        .map(|tag| tag.name.to_string())
        .filter(|name| !wanted_digits.is_empty() && digits(name).starts_with(&wanted_digits))
        .collect();
    found.sort_by_key(String::len);
    found.truncate(3);
    found
}

/// Follows `id` through tags to a commit, checking each `type` line and the outermost tag's own name.
fn follow(store: &dyn ObjectStore, id: ObjectId, release: &mut Release) {
    if let Err(fault) = try_follow(store, id, release) {
        release.faults.push(fault);
    }
}

fn try_follow(store: &dyn ObjectStore, mut id: ObjectId, release: &mut Release) -> Result<(), Fault> {
    let mut kind = match read_as(store, &id, Kind::Tag) {
        Err(fault) if fault.kind == FaultKind::WrongKind => Kind::Commit,
        Err(fault) => return Err(fault),
        Ok(_) => Kind::Tag,
    };
    for _ in 0..LONGEST_TAG_CHAIN {
        if kind != Kind::Tag {
            break;
        }
        let object = read_as(store, &id, Kind::Tag)?;
        let tag = TagObject::parse(id, object.data, &mut release.faults)?;
        (id, kind) = (tag.target, tag.target_kind);
        if release.tag.is_none() {
            if tag.name != release.tag_name {
                let detail = format!(
                    "the tag object {} at refs/tags/{} calls itself `{}`",
                    tag.id, release.tag_name, tag.name
                );
                release.faults.push(Fault::new(FaultKind::TagNamesOther, detail));
            }
            release.tag = Some(tag);
        }
    }
    if kind != Kind::Commit {
        let detail = format!(
            "the tag `{}` leads to a {kind}, expected a commit",
            release.tag_name
        );
        return Err(Fault::new(FaultKind::WrongKind, detail));
    }
    let object = read_as(store, &id, Kind::Commit)?;
    release.commit = Some(CommitObject::parse(id, object.data, store.format())?);
    Ok(())
}

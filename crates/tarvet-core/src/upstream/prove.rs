//! Writes a proof: the packfile with a release's tag, commit, trees and the few blobs that a check reads.

use std::collections::BTreeMap;
use std::io::Write;

use gix::ObjectId;
use gix::objs::Kind;
use gix_pack::data::entry::Header;

use super::wanted::wanted_blobs;
use super::{Fault, ObjectStore, Release, Tree, UpstreamError, read_as};

/// Blobs above this size are left out of a proof, in bytes; a check then says that it could not convert them.
const LARGEST_BLOB: usize = 1 << 20;

/// The bytes of a proof of `release`, whose tree is `tree`, with the blobs `more` besides those that every check reads.
/// The same release and blobs always give the same bytes: objects are ordered by kind and id, none is a delta, and the
/// compression is fixed.
pub fn prove(
    store: &dyn ObjectStore,
    release: &Release,
    tree: &Tree,
    more: &[ObjectId],
) -> Result<Vec<u8>, UpstreamError> {
    let cannot = |reason: String| UpstreamError::CannotProve {
        tag: release.tag_name.to_string(),
        reason,
    };
    let first = release
        .faults
        .iter()
        .chain(&tree.faults)
        .find(|fault| !is_harmless(fault));
    if let Some(fault) = first {
        return Err(cannot(fault.detail.clone()));
    }
    let mut objects: BTreeMap<(u8, ObjectId), Vec<u8>> = BTreeMap::new();
    collect_chain(store, release, &mut objects).map_err(|fault| cannot(fault.detail))?;
    let commit = release
        .commit
        .as_ref()
        .ok_or_else(|| cannot("the tag leads to no commit".into()))?;
    collect_trees(store, commit.tree, &mut objects).map_err(|fault| cannot(fault.detail))?;
    let wanted = wanted_blobs(store, tree).map_err(|fault| cannot(fault.detail))?;
    for id in wanted.iter().chain(more) {
        let object = read_as(store, id, Kind::Blob).map_err(|fault| cannot(fault.detail))?;
        if object.data.len() <= LARGEST_BLOB {
            objects.insert((rank(Kind::Blob), *id), object.data);
        }
    }
    write_pack(store.format(), &objects).map_err(|e| cannot(e.to_string()))
}

/// Faults that do not keep the release from being proven; a check of the proof finds them again.
fn is_harmless(fault: &Fault) -> bool {
    use super::FaultKind::{OddMode, ReplacementsPresent, SignatureOddity};
    matches!(fault.kind, OddMode | ReplacementsPresent | SignatureOddity)
}

fn rank(kind: Kind) -> u8 {
    match kind {
        Kind::Tag => 0,
        Kind::Commit => 1,
        Kind::Tree => 2,
        Kind::Blob => 3,
    }
}

/// The tag objects from the outermost to the commit, and the commit.
fn collect_chain(
    store: &dyn ObjectStore,
    release: &Release,
    objects: &mut BTreeMap<(u8, ObjectId), Vec<u8>>,
) -> Result<(), Fault> {
    let mut next = release.tag.as_ref().map(|tag| (tag.id, Kind::Tag));
    while let Some((id, Kind::Tag)) = next {
        let raw = read_as(store, &id, Kind::Tag)?.data;
        let tag = super::TagObject::parse(id, raw.clone(), &mut Vec::new())?;
        objects.insert((rank(Kind::Tag), id), raw);
        next = Some((tag.target, tag.target_kind));
    }
    if let Some(commit) = &release.commit {
        objects.insert((rank(Kind::Commit), commit.id), commit.raw.clone());
    }
    Ok(())
}

fn collect_trees(
    store: &dyn ObjectStore,
    root: ObjectId,
    objects: &mut BTreeMap<(u8, ObjectId), Vec<u8>>,
) -> Result<(), Fault> {
    let mut open = vec![root];
    while let Some(id) = open.pop() {
        if objects.contains_key(&(rank(Kind::Tree), id)) {
            continue;
        }
        let data = read_as(store, &id, Kind::Tree)?.data;
        let entries = gix::objs::TreeRefIter::from_bytes(&data, store.format());
        open.extend(
            entries
                .filter_map(Result::ok)
                .filter(|e| e.mode.is_tree())
                .map(|e| ObjectId::from(e.oid)),
        );
        objects.insert((rank(Kind::Tree), id), data);
    }
    Ok(())
}

/// A version 2 packfile of whole objects (gitformat-pack(5)).
fn write_pack(
    format: gix::hash::Kind,
    objects: &BTreeMap<(u8, ObjectId), Vec<u8>>,
) -> std::io::Result<Vec<u8>> {
    let count = u32::try_from(objects.len()).map_err(std::io::Error::other)?;
    let mut out = gix_pack::data::header::encode(gix_pack::data::Version::V2, count).to_vec();
    for ((rank, _), data) in objects {
        let header = match rank {
            0 => Header::Tag,
            1 => Header::Commit,
            2 => Header::Tree,
            _ => Header::Blob,
        };
        header.write_to(data.len() as u64, &mut out)?;
        let mut deflate = flate2::write::ZlibEncoder::new(&mut out, flate2::Compression::best());
        deflate.write_all(data)?;
        deflate.finish()?;
    }
    let mut hasher = gix::hash::hasher(format);
    hasher.update(&out);
    let trailer = hasher
        .try_finalize()
        .map_err(|e| std::io::Error::other(e.to_string()))?;
    out.extend_from_slice(trailer.as_slice());
    Ok(out)
}

//! A proof: a git packfile with a release's tag, commit and trees, read into memory.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use gix::ObjectId;
use gix::hash::Kind as ObjectFormat;
use gix_pack::data::decode::entry::ResolvedBase;

use super::objects::object_id;
use super::{Fault, FaultKind, Object, ObjectStore, UpstreamError};

/// Largest proof file, in bytes: the trees of the kernel need 2 MiB.
const LARGEST_FILE: u64 = 64 << 20;
/// Largest single object of a proof, in bytes.
const LARGEST_OBJECT: usize = 16 << 20;
/// Bytes of all objects of a proof together.
const LARGEST_TOTAL: usize = 128 << 20;
/// Bytes written while resolving deltas of deltas; a proof of ours has none.
const LARGEST_WORK: usize = 4 << 30;
/// Memory for delta bases that were just resolved: without it long chains cost the square of their length.
const BASE_CACHE: usize = 16 << 20;

/// Does the file begin like a packfile?
pub fn is_pack(start: &[u8]) -> bool {
    start.starts_with(b"PACK")
}

/// The objects of a proof. Every one of them was hashed while reading, so the ids are what the bytes say.
pub struct Proof {
    path: PathBuf,
    format: ObjectFormat,
    objects: HashMap<ObjectId, Object>,
    faults: Vec<Fault>,
}

impl Proof {
    /// Reads the proof at `path`. Only a file that cannot be read is an error; a damaged one is a fault.
    pub fn open(path: &Path) -> Result<Self, UpstreamError> {
        let error = |source| UpstreamError::UnreadableProof {
            path: path.to_owned(),
            source,
        };
        let length = std::fs::metadata(path).map_err(error)?.len();
        if length > LARGEST_FILE {
            let mut proof = Proof::empty(path, ObjectFormat::Sha1);
            let detail = format!("the proof is {length} bytes long, more than {LARGEST_FILE}");
            proof.faults.push(Fault::new(FaultKind::Limit, detail));
            return Ok(proof);
        }
        Ok(Proof::from_bytes(path, std::fs::read(path).map_err(error)?))
    }

    /// Reads a proof that is already in memory; `path` is only for messages.
    pub fn from_bytes(path: &Path, bytes: Vec<u8>) -> Self {
        let format = trailer_format(&bytes).unwrap_or(ObjectFormat::Sha1);
        let mut proof = Proof::empty(path, format);
        if trailer_format(&bytes).is_none() {
            let detail = "the proof's closing checksum is wrong: not a packfile, truncated or altered";
            proof.faults.push(Fault::new(FaultKind::ProofDamaged, detail));
        } else if let Err(fault) = proof.read_objects(bytes) {
            proof.faults.push(fault);
        }
        proof
    }

    /// What was wrong with the proof as a file.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// The ids of all objects of one kind, in order of id.
    pub fn ids_of(&self, kind: gix::objs::Kind) -> Vec<ObjectId> {
        let mut ids: Vec<_> = self
            .objects
            .iter()
            .filter(|(_, o)| o.kind == kind)
            .map(|(id, _)| *id)
            .collect();
        ids.sort_unstable();
        ids
    }

    fn empty(path: &Path, format: ObjectFormat) -> Self {
        Proof {
            path: path.to_owned(),
            format,
            objects: HashMap::new(),
            faults: Vec::new(),
        }
    }

    fn read_objects(&mut self, bytes: Vec<u8>) -> Result<(), Fault> {
        let damaged = |what: String| Fault::new(FaultKind::ProofDamaged, what);
        let pack = gix_pack::data::File::from_data(bytes, self.path.clone(), self.format)
            .map_err(|e| damaged(format!("the proof is no packfile: {e}")))?
            .with_alloc_limit_bytes(Some(LARGEST_OBJECT));
        let mut inflate = gix_zlib::Inflate::default();
        let mut cache = gix_pack::cache::lru::StaticLinkedList::<64>::new(BASE_CACHE);
        let (mut offset, mut total, mut work) = (12, 0usize, 0usize);
        for number in 1..=pack.num_objects() {
            let place = |e: String| damaged(format!("object {number} of the proof: {e}"));
            if offset >= pack.pack_end() as u64 {
                return Err(place("the proof ends before it".into()));
            }
            let entry = pack.entry(offset).map_err(|e| place(e.to_string()))?;
            let data_offset = entry.data_offset;
            let mut data = Vec::new();
            let objects = &self.objects;
            let resolve = |id: &gix::oid, out: &mut Vec<u8>| {
                Ok(objects.get(id).map(|base| {
                    out.clear();
                    out.extend_from_slice(&base.data);
                    ResolvedBase::OutOfPack {
                        kind: base.kind,
                        end: out.len(),
                    }
                }))
            };
            let outcome = pack
                .decode_entry(entry, &mut data, &mut inflate, &resolve, &mut cache)
                .map_err(|e| place(e.to_string()))?;
            // For a delta, too, this is the length of the entry itself, not of its bases.
            offset = data_offset + outcome.compressed_size as u64;
            total = total.saturating_add(data.len());
            work = work.saturating_add(data.len().saturating_mul(outcome.num_deltas as usize + 1));
            if total > LARGEST_TOTAL || work > LARGEST_WORK {
                let detail = format!("the objects of the proof exceed {LARGEST_TOTAL} bytes");
                return Err(Fault::new(FaultKind::Limit, detail));
            }
            let id = object_id(self.format, outcome.kind, &data)?;
            self.objects.insert(
                id,
                Object {
                    kind: outcome.kind,
                    data,
                },
            );
        }
        if offset != pack.pack_end() as u64 {
            return Err(damaged("the proof has bytes behind its last object".into()));
        }
        Ok(())
    }
}

impl ObjectStore for Proof {
    fn format(&self) -> ObjectFormat {
        self.format
    }

    fn place(&self) -> String {
        format!("the proof {}", self.path.display())
    }

    fn fetch(&self, id: &gix::oid) -> Result<Option<Object>, String> {
        Ok(self.objects.get(id).cloned())
    }
}

/// The object format whose digest closes the file correctly.
fn trailer_format(bytes: &[u8]) -> Option<ObjectFormat> {
    [ObjectFormat::Sha1, ObjectFormat::Sha256]
        .into_iter()
        .find(|format| {
            let Some(end) = bytes.len().checked_sub(format.len_in_bytes()) else {
                return false;
            };
            let (data, trailer) = bytes.split_at(end);
            let mut hasher = gix::hash::hasher(*format);
            hasher.update(data);
            data.len() >= 12 && hasher.try_finalize().is_ok_and(|id| id.as_slice() == trailer)
        })
}

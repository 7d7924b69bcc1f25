use bstr::BString;
use gix::ObjectId;
use gix::hash::Kind as ObjectFormat;
use gix::objs::Kind;

/// One git object whose bytes are known to hash to its id.
#[derive(Debug, Clone)]
pub struct Object {
    /// What the object is.
    pub kind: Kind,
    /// Its contents, without the loose header.
    pub data: Vec<u8>,
}

/// What is wrong with upstream's objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// The tag object's own `tag` line, or the tags a proof holds, name another release than the one wanted.
    TagNamesOther,
    /// A tag or commit whose header lines are not in git's canonical form.
    ObjectMalformed,
    /// An object is of another kind than the object above it says, or leads to no commit.
    WrongKind,
    /// An object that is needed is not there.
    ObjectMissing,
    /// An object's bytes do not hash to its id, or carry a known SHA-1 collision attack.
    ObjectCorrupt,
    /// A tree that git fsck would refuse: duplicate entries, slashes, `..`, `.git`.
    TreeMalformed,
    /// A tree entry with a mode git never writes today.
    OddMode,
    /// Several signature blocks, text after the signature: signed bytes and shown bytes differ.
    SignatureOddity,
    /// The tag reference is symbolic.
    SymbolicTag,
    /// Replace refs or grafts are present (and ignored).
    ReplacementsPresent,
    /// The proof is not a complete, undamaged packfile.
    ProofDamaged,
    /// A limit was hit while reading upstream.
    Limit,
}

/// A fault of upstream's objects, found while reading them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong.
    pub kind: FaultKind,
    /// The path in the tree, where there is one.
    pub path: Option<BString>,
    /// Expected and found, in one sentence without a full stop.
    pub detail: String,
}

impl Fault {
    /// A fault of the release as a whole.
    pub fn new(kind: FaultKind, detail: impl Into<String>) -> Self {
        Fault {
            kind,
            path: None,
            detail: detail.into(),
        }
    }

    /// The same fault at a path of the tree.
    pub fn at(mut self, path: impl Into<BString>) -> Self {
        self.path = Some(path.into());
        self
    }
}

/// A place to read git objects from by id. Implementations hand out raw bytes; nobody believes them
/// before [`read_as`] has hashed them again.
pub trait ObjectStore {
    /// The hash function of the object ids.
    fn format(&self) -> ObjectFormat;
    /// How messages call this store.
    fn place(&self) -> String;
    /// The object as stored, unverified; `None` when it is not there. The error is the store's own words.
    fn fetch(&self, id: &gix::oid) -> Result<Option<Object>, String>;
}

/// Reads an object, re-hashes it, and demands its kind.
pub fn read_as(store: &dyn ObjectStore, id: &gix::oid, kind: Kind) -> Result<Object, Fault> {
    if id.kind() != store.format() {
        let detail = format!(
            "{kind} {id} is not an object id of {}, which uses {}",
            store.place(),
            store.format()
        );
        return Err(Fault::new(FaultKind::ObjectMalformed, detail));
    }
    let object = match store.fetch(id) {
        Ok(Some(object)) => object,
        Ok(None) => {
            let detail = format!("{kind} {id} is not in {}", store.place());
            return Err(Fault::new(FaultKind::ObjectMissing, detail));
        }
        Err(reason) => {
            let detail = format!("{kind} {id} cannot be read from {}: {reason}", store.place());
            return Err(Fault::new(FaultKind::ObjectCorrupt, detail));
        }
    };
    if object_id(store.format(), object.kind, &object.data)?.as_ref() != id {
        let detail = format!(
            "the bytes stored as {kind} {id} in {} do not hash to that id",
            store.place()
        );
        return Err(Fault::new(FaultKind::ObjectCorrupt, detail));
    }
    if object.kind != kind {
        let detail = format!("{id} is a {}, where a {kind} was expected", object.kind);
        return Err(Fault::new(FaultKind::WrongKind, detail));
    }
    Ok(object)
}

/// Computes the object id of `data`: a fault when SHA-1's collision detection speaks up.
pub fn object_id(format: ObjectFormat, kind: Kind, data: &[u8]) -> Result<ObjectId, Fault> {
    gix::objs::compute_hash(format, kind, data).map_err(|error| {
        Fault::new(
            FaultKind::ObjectCorrupt,
            format!("a {kind} shows a SHA-1 collision attack: {error}"),
        )
    })
}

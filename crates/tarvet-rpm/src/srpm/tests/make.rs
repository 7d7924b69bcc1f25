//! Writes SRPMs for tests, byte by byte, with right digests over wrong things: what an attacker does.

use sha2::{Digest, Sha256};

use crate::{
    cpio::write::{Made, archive, file},
    srpm::digest::{Algorithm, Hasher, hex},
};

/// A value of a tag.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Text(String),
    Texts(Vec<String>),
    Shorts(Vec<u16>),
    Numbers(Vec<u32>),
    Long(u64),
    Longs(Vec<u64>),
    Bytes(Vec<u8>),
}

pub(super) fn text(text: &str) -> Value {
    Value::Text(text.into())
}

impl Value {
    fn kind(&self) -> u32 {
        match self {
            Value::Shorts(_) => 3,
            Value::Numbers(_) => 4,
            Value::Long(_) | Value::Longs(_) => 5,
            Value::Text(_) => 6,
            Value::Bytes(_) => 7,
            Value::Texts(_) => 8,
        }
    }

    fn count(&self) -> usize {
        match self {
            Value::Text(_) | Value::Long(_) => 1,
            Value::Texts(texts) => texts.len(),
            Value::Shorts(numbers) => numbers.len(),
            Value::Numbers(numbers) => numbers.len(),
            Value::Longs(numbers) => numbers.len(),
            Value::Bytes(bytes) => bytes.len(),
        }
    }

    fn store(&self, store: &mut Vec<u8>) -> usize {
        let align = match self {
            Value::Shorts(_) => 2,
            Value::Numbers(_) => 4,
            Value::Long(_) | Value::Longs(_) => 8,
            _ => 1,
        };
        store.resize(store.len().next_multiple_of(align), 0);
        let start = store.len();
        match self {
            Value::Text(text) => store.extend(text.bytes().chain([0])),
            Value::Texts(texts) => texts
                .iter()
                .for_each(|text| store.extend(text.bytes().chain([0]))),
            Value::Shorts(numbers) => numbers.iter().for_each(|n| store.extend(n.to_be_bytes())),
            Value::Numbers(numbers) => numbers.iter().for_each(|n| store.extend(n.to_be_bytes())),
            Value::Long(number) => store.extend(number.to_be_bytes()),
            Value::Longs(numbers) => numbers.iter().for_each(|n| store.extend(n.to_be_bytes())),
            Value::Bytes(bytes) => store.extend(bytes),
        }
        start
    }
}

pub(super) type Tags = Vec<(u32, Value)>;

/// Replaces the value of a tag, or adds it.
pub(super) fn set(tags: &mut Tags, tag: u32, value: Value) {
    tags.retain(|(other, _)| *other != tag);
    tags.push((tag, value));
    tags.sort_by_key(|(tag, _)| *tag);
}

/// A header whose region covers all but the last `outside` tags.
pub(super) fn header(region: u32, tags: &[(u32, Value)], outside: usize) -> Vec<u8> {
    let inside = tags.len() - outside;
    let (mut index, mut store) = (Vec::new(), Vec::new());
    let mut trailer_at = 0;
    for (number, (tag, value)) in tags.iter().enumerate() {
        if number == inside {
            trailer_at = trailer(region, inside, &mut store);
        }
        let start = value.store(&mut store);
        [*tag, value.kind(), start as u32, value.count() as u32]
            .iter()
            .for_each(|n| index.extend(n.to_be_bytes()));
    }
    if outside == 0 {
        trailer_at = trailer(region, inside, &mut store);
    }
    let mut out = vec![0x8e, 0xad, 0xe8, 0x01, 0, 0, 0, 0];
    out.extend((tags.len() as u32 + 1).to_be_bytes());
    out.extend((store.len() as u32).to_be_bytes());
    [region, 7, trailer_at, 16]
        .iter()
        .for_each(|n| out.extend(n.to_be_bytes()));
    out.extend(index);
    out.extend(store);
    out
}

fn trailer(region: u32, inside: usize, store: &mut Vec<u8>) -> u32 {
    let at = store.len() as u32;
    let back = ((inside as u32 + 1) * 16).wrapping_neg();
    [region, 7, back, 16]
        .iter()
        .for_each(|n| store.extend(n.to_be_bytes()));
    at
}

/// An SRPM to be made. Whatever is not changed is right.
#[derive(Clone, Debug)]
pub(super) struct Recipe {
    pub(super) lead: Vec<u8>,
    /// Tags of the header, without those for the payload's digests.
    pub(super) tags: Tags,
    /// Added to the signature header, in the place of what is there.
    pub(super) signature: Tags,
    /// Tags at the end of the header or of the signature header that its region leaves out.
    pub(super) outside: [usize; 2],
    /// The decompressed payload.
    pub(super) archive: Vec<u8>,
    /// The payload as in the file, if compressed.
    pub(super) payload: Option<Vec<u8>>,
}

pub(super) fn spec() -> Made {
    file("hello.spec", b"Name: hello\n")
}

pub(super) fn source() -> Made {
    file("hello-1.0.tar.gz", b"not really a tarball")
}

fn lead() -> Vec<u8> {
    let mut lead = vec![0xed, 0xab, 0xee, 0xdb, 3, 0, 0, 1, 0, 1];
    lead.extend_from_slice(b"hello-1.0-1");
    lead.resize(76, 0);
    lead.extend_from_slice(&[0, 1, 0, 5]);
    lead.resize(96, 0);
    lead
}

impl Recipe {
    /// What rpmbuild makes of these files; the first is the spec.
    pub(super) fn honest(files: &[Made]) -> Self {
        let texts = |of: &dyn Fn(&Made) -> String| Value::Texts(files.iter().map(of).collect());
        let numbers = |of: &dyn Fn(&Made) -> u32| Value::Numbers(files.iter().map(of).collect());
        let is_spec = |made: &Made| made.name.ends_with(b".spec");
        let sources = files.iter().filter(|made| !is_spec(made));
        let sources = sources.map(|made| String::from_utf8_lossy(&made.name).into_owned());
        Recipe {
            lead: lead(),
            tags: vec![
                (1000, text("hello")),
                (1001, text("1.0")),
                (1002, text("1")),
                (1018, Value::Texts(sources.collect())),
                (1028, numbers(&|made| made.body.len() as u32)),
                (
                    1030,
                    Value::Shorts(files.iter().map(|made| made.mode as u16).collect()),
                ),
                (1035, texts(&|made| hex(&Sha256::digest(&made.body)))),
                (1037, numbers(&|made| if is_spec(made) { 32 } else { 0 })),
                (1106, Value::Numbers(vec![1])),
                (1116, numbers(&|_| 0)),
                (
                    1117,
                    texts(&|made| String::from_utf8_lossy(&made.name).into_owned()),
                ),
                (1118, Value::Texts(vec![String::new()])),
                (1124, text("cpio")),
                (5011, Value::Numbers(vec![8])),
            ],
            signature: Vec::new(),
            outside: [0, 0],
            archive: archive(files),
            payload: None,
        }
    }

    pub(super) fn hello() -> Self {
        Recipe::honest(&[spec(), source()])
    }

    pub(super) fn set(&mut self, tag: u32, value: Value) {
        set(&mut self.tags, tag, value);
    }

    pub(super) fn make(&self) -> Vec<u8> {
        let payload = self.payload.as_ref().unwrap_or(&self.archive);
        let mut tags = Vec::new();
        let digest = |bytes: &[u8]| Value::Texts(vec![hex(&Sha256::digest(bytes))]);
        for (tag, value) in [
            (5092, digest(payload)),
            (5093, Value::Numbers(vec![8])),
            (5097, digest(&self.archive)),
        ] {
            if !self.tags.iter().any(|(other, _)| *other == tag) {
                tags.push((tag, value));
            }
        }
        let mut all = self.tags.clone();
        if self.outside[0] == 0 {
            all.extend(tags);
            all.sort_by_key(|(tag, _)| *tag);
        }
        let header_bytes = header(63, &all, self.outside[0]);
        let mut both = header_bytes.clone();
        both.extend_from_slice(payload);

        let mut signature = vec![
            (269, text(&Hasher::of(Algorithm::Sha1, &header_bytes))),
            (273, text(&Hasher::of(Algorithm::Sha256, &header_bytes))),
            (1000, Value::Numbers(vec![both.len() as u32])),
            (1004, Value::Bytes(md5::Md5::digest(&both).to_vec())),
            (1007, Value::Numbers(vec![self.archive.len() as u32])),
        ];
        for (tag, value) in &self.signature {
            set(&mut signature, *tag, value.clone());
        }
        let signature = header(62, &signature, self.outside[1]);
        let mut out = self.lead.clone();
        out.extend_from_slice(&signature);
        out.resize(out.len().next_multiple_of(8), 0);
        out.extend_from_slice(&both);
        out
    }
}

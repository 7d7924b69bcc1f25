//! What reading costs: each compression decoded to nowhere and read whole, and a tree of 30,000 entries.
//!
//! `cargo bench --bench reading`. The two rows of a compression are comparable only within one run.

#![allow(
    clippy::expect_used,
    missing_docs,
    reason = "a benchmark that cannot run should say so"
)]

use std::collections::HashMap;
use std::io::{Read, Write};

use bstr::BString;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use gix_hash::ObjectId;
use tarvet_archive::{Limits, Options};
use tarvet_core::upstream::{Object, ObjectKind, ObjectStore, TreeLimits, object_id, walk};

/// Bytes of the tar that is read.
const TAR_BYTES: usize = 16 << 20;
/// Entries of the tree that is walked.
const TREE_ENTRIES: usize = 30_000;

/// Text that compresses about as well as source code does.
fn source_text(len: usize) -> Vec<u8> {
    const WORDS: [&str; 12] = [
        "static ", "int ", "return ", "if (", ") {\n", "\t", "buffer", "->next", " = ", "0x", ";\n", "/* */ ",
    ];
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut text = Vec::with_capacity(len + 16);
    while text.len() < len {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        text.extend_from_slice(WORDS[(state % 12) as usize].as_bytes());
        if state.is_multiple_of(5) {
            text.extend_from_slice(format!("{:x}", state >> 40).as_bytes());
        }
    }
    text.truncate(len);
    text
}

fn sample_tar() -> Vec<u8> {
    let text = source_text(TAR_BYTES);
    let mut builder = tar::Builder::new(Vec::new());
    for (number, chunk) in text.chunks(24 << 10).enumerate() {
        let mut header = tar::Header::new_ustar();
        header.set_size(chunk.len() as u64);
        header.set_mode(0o644);
        builder
            .append_data(&mut header, format!("sample-1.0/src/file{number}.c"), chunk)
            .expect("a tar in memory");
    }
    builder.into_inner().expect("a tar in memory")
}

fn compressed(format: &str, tar: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    match format {
        "gz" => {
            let mut encoder = flate2::write::GzEncoder::new(&mut out, flate2::Compression::new(6));
            encoder.write_all(tar).and_then(|()| encoder.finish().map(drop))
        }
        "bz2" => {
            let mut encoder = bzip2::write::BzEncoder::new(&mut out, bzip2::Compression::best());
            encoder.write_all(tar).and_then(|()| encoder.finish().map(drop))
        }
        "xz" => {
            let mut encoder = liblzma::write::XzEncoder::new(&mut out, 6);
            encoder.write_all(tar).and_then(|()| encoder.finish().map(drop))
        }
        _ => zstd::stream::copy_encode(tar, &mut out, 9),
    }
    .expect("compression in memory");
    out
}

fn decode(format: &str, bytes: &[u8]) -> u64 {
    let mut reader: Box<dyn Read> = match format {
        "gz" => Box::new(flate2::bufread::MultiGzDecoder::new(bytes)),
        "bz2" => Box::new(bzip2::bufread::MultiBzDecoder::new(bytes)),
        "xz" => Box::new(liblzma::bufread::XzDecoder::new_multi_decoder(bytes)),
        _ => Box::new(zstd::stream::read::Decoder::with_buffer(bytes).expect("a decoder")),
    };
    let mut block = vec![0; 1 << 20];
    let mut total = 0;
    loop {
        match reader.read(&mut block).expect("sound bytes") {
            0 => return total,
            count => total += count as u64,
        }
    }
}

fn archives(criterion: &mut Criterion) {
    let tar = sample_tar();
    let options = Options {
        object_format: gix_hash::Kind::Sha1,
        limits: Limits::default(),
        keep: &tarvet_archive::KeepNothing,
        threads: 2,
        tar_digest: false,
    };
    for format in ["gz", "bz2", "xz", "zst"] {
        let bytes = compressed(format, &tar);
        let mut group = criterion.benchmark_group(format);
        group
            .throughput(Throughput::Bytes(tar.len() as u64))
            .sample_size(10);
        group.bench_function("decode only", |b| b.iter(|| decode(format, &bytes)));
        group.bench_function("read whole", |b| {
            b.iter(|| tarvet_archive::read(&bytes[..], None, &options, None).expect("bytes in memory"));
        });
        group.finish();
    }
}

struct Memory(HashMap<ObjectId, Object>);

impl Memory {
    fn insert(&mut self, data: Vec<u8>) -> ObjectId {
        let id = object_id(self.format(), ObjectKind::Tree, &data).expect("no collision");
        self.0.insert(
            id,
            Object {
                kind: ObjectKind::Tree,
                data,
            },
        );
        id
    }
}

impl ObjectStore for Memory {
    fn format(&self) -> gix_hash::Kind {
        gix_hash::Kind::Sha1
    }

    fn place(&self) -> String {
        "memory".into()
    }

    fn fetch(&self, id: &gix_hash::oid) -> Result<Option<Object>, String> {
        Ok(self.0.get(id).cloned())
    }
}

fn trees(criterion: &mut Criterion) {
    let mut store = Memory(HashMap::new());
    let blob = ObjectId::empty_blob(gix_hash::Kind::Sha1);
    let mut root: Vec<u8> = Vec::new();
    for directory in 0..TREE_ENTRIES / 30 {
        let entries =
            (0..30).map(|file| [format!("100644 file{file:02}.c\0").as_bytes(), blob.as_slice()].concat());
        // A blob id of its own in every directory, or all directories would be one object.
        let own = BString::from(format!("100644 own{directory:04}\0"));
        let tree = entries
            .chain([[own.as_slice(), blob.as_slice()].concat()])
            .collect::<Vec<_>>()
            .concat();
        let id = store.insert(tree);
        root.extend_from_slice(format!("40000 dir{directory:04}\0").as_bytes());
        root.extend_from_slice(id.as_slice());
    }
    let root = store.insert(root);
    let walked = walk(&store, root, &TreeLimits::default());
    assert!(walked.faults.is_empty() && walked.entries.len() >= TREE_ENTRIES);
    criterion.bench_function("tree of 30,000 entries", |b| {
        b.iter(|| walk(&store, root, &TreeLimits::default()))
    });
}

criterion_group!(benches, archives, trees);
criterion_main!(benches);

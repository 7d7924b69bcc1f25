//! One file of a package, read once.

use std::io::{self, Read};
use std::path::PathBuf;

use bstr::BStr;
use md5::Md5;
use sha2::{Digest, Sha256, Sha384, Sha512};

use crate::sources::Algorithm;

/// Bytes of one file that are kept.
const LARGEST_KEPT: u64 = 32 << 20;
/// Bytes of all files that are kept.
const ALL_KEPT: u64 = 128 << 20;
/// Bytes that tell what a file is.
const HEAD: usize = 262;

/// A file of the package.
#[derive(Debug, Clone)]
pub struct PackageFile {
    /// Where it is; `None` inside an SRPM.
    pub path: Option<PathBuf>,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of the contents.
    pub sha256: [u8; 32],
    /// Other digests that were asked for.
    pub digests: Vec<(Algorithm, Vec<u8>)>,
    /// The contents, unless it is a tarball or too large to be anything that is read here.
    pub content: Option<Vec<u8>>,
    /// Whether its first bytes are those of an archive or of compressed data, whatever its name.
    pub is_packed: bool,
}

/// How many bytes may still be kept.
pub(super) struct Room(u64);

impl Default for Room {
    fn default() -> Self {
        Room(ALL_KEPT)
    }
}

/// Reads a file to its end. `keeps` says whether its contents are wanted.
pub(super) fn measure(
    mut input: impl Read,
    path: Option<PathBuf>,
    algorithms: &[Algorithm],
    keeps: bool,
    room: &mut Room,
) -> io::Result<PackageFile> {
    let mut sha256 = Sha256::new();
    let mut hashers: Vec<(Algorithm, Hasher)> = algorithms
        .iter()
        .filter_map(|algorithm| Some((*algorithm, Hasher::new(*algorithm)?)))
        .collect();
    let mut size = 0_u64;
    let mut kept = keeps.then(Vec::new);
    let mut head = Vec::new();
    let mut block = vec![0; 64 << 10];
    loop {
        let count = match input.read(&mut block) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let bytes = block.get(..count).unwrap_or_default();
        let wanted = HEAD.saturating_sub(head.len()).min(count);
        head.extend_from_slice(bytes.get(..wanted).unwrap_or_default());
        size += count as u64;
        sha256.update(bytes);
        hashers.iter_mut().for_each(|(_, hasher)| hasher.update(bytes));
        if size > LARGEST_KEPT.min(room.0) {
            kept = None;
        }
        if let Some(kept) = &mut kept {
            kept.extend_from_slice(bytes);
        }
    }
    room.0 -= kept.as_ref().map_or(0, |kept| kept.len() as u64).min(room.0);
    let digests = hashers
        .into_iter()
        .map(|(algorithm, hasher)| (algorithm, hasher.finish()));
    Ok(PackageFile {
        path,
        size,
        sha256: sha256.finalize().into(),
        digests: digests.collect(),
        content: kept,
        is_packed: is_packed(&head),
    })
}

/// Whether a file begins as archives and compressed files do.
fn is_packed(head: &[u8]) -> bool {
    const MAGICS: [&[u8]; 13] = [
        b"\x1f\x8b",
        b"\x1f\x9d",
        b"\xfd7zXZ\0",
        b"BZh",
        b"\x28\xb5\x2f\xfd",
        b"LZIP",
        b"\x5d\0\0",
        b"PK\x03\x04",
        b"7z\xbc\xaf\x27\x1c",
        b"07070",
        b"!<arch>\n",
        b"\xed\xab\xee\xdb",
        b"Rar!",
    ];
    let is_tar = head.get(257..).is_some_and(|rest| rest.starts_with(b"ustar"));
    is_tar || MAGICS.iter().any(|magic| head.starts_with(magic))
}

enum Hasher {
    Md5(Md5),
    Sha256(Sha256),
    Sha384(Sha384),
    Sha512(Sha512),
}

impl Hasher {
    /// `None` for SHA-1, which proves nothing and is not worth a library.
    fn new(algorithm: Algorithm) -> Option<Self> {
        Some(match algorithm {
            Algorithm::Md5 => Hasher::Md5(Md5::new()),
            Algorithm::Sha1 => return None,
            Algorithm::Sha256 => Hasher::Sha256(Sha256::new()),
            Algorithm::Sha384 => Hasher::Sha384(Sha384::new()),
            Algorithm::Sha512 => Hasher::Sha512(Sha512::new()),
        })
    }

    fn update(&mut self, bytes: &[u8]) {
        match self {
            Hasher::Md5(hasher) => hasher.update(bytes),
            Hasher::Sha256(hasher) => hasher.update(bytes),
            Hasher::Sha384(hasher) => hasher.update(bytes),
            Hasher::Sha512(hasher) => hasher.update(bytes),
        }
    }

    fn finish(self) -> Vec<u8> {
        match self {
            Hasher::Md5(hasher) => hasher.finalize().to_vec(),
            Hasher::Sha256(hasher) => hasher.finalize().to_vec(),
            Hasher::Sha384(hasher) => hasher.finalize().to_vec(),
            Hasher::Sha512(hasher) => hasher.finalize().to_vec(),
        }
    }
}

/// What a file is by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A tarball that tarvet reads.
    Tarball,
    /// An archive of another format.
    OtherArchive,
    /// Anything else.
    Plain,
}

const TARBALLS: [&[u8]; 14] = [
    b".tar",
    b".tar.gz",
    b".tar.bz2",
    b".tar.xz",
    b".tar.lzma",
    b".tar.zst",
    b".tgz",
    b".tbz",
    b".tbz2",
    b".txz",
    b".tlz",
    b".tzst",
    b".crate",
    b".tar.zstd",
];
const OTHERS: [&[u8]; 18] = [
    b".zip",
    b".7z",
    b".gem",
    b".cpio",
    b".obscpio",
    b".rpm",
    b".deb",
    b".jar",
    b".whl",
    b".egg",
    b".tar.lz",
    b".tar.Z",
    b".tar.lzo",
    b".rar",
    b".xpi",
    b".shar",
    b".a",
    b".ar",
];

pub(super) fn kind(name: &BStr) -> Kind {
    let lower = name.to_ascii_lowercase();
    let ends = |all: &[&[u8]]| all.iter().any(|end| lower.ends_with(&end.to_ascii_lowercase()));
    match () {
        () if ends(&TARBALLS) => Kind::Tarball,
        () if ends(&OTHERS) => Kind::OtherArchive,
        () => Kind::Plain,
    }
}

/// The name without the compressor's ending: what a signature over the tar itself is named after.
pub(super) fn uncompressed(name: &BStr) -> Option<&BStr> {
    [".gz", ".bz2", ".xz", ".lzma", ".zst"]
        .iter()
        .find_map(|end| name.strip_suffix(end.as_bytes()))
        .map(BStr::new)
        .filter(|name| name.ends_with(b".tar"))
}

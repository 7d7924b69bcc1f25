//! What the signature header says about the header, and what it may not say.

use super::{
    FaultKind,
    digest::{Algorithm, Hasher, digits},
    fault::Faults,
    header::{Header, Type},
    tags::{Values, signature as tags},
};

/// Every tag of a signature header that some version of rpm has written, with its type.
const KNOWN: [(u32, Type); 25] = [
    (264, Type::String),
    (265, Type::String),
    (tags::DSA, Type::Binary),
    (tags::RSA, Type::Binary),
    (tags::SHA1, Type::String),
    (tags::LONG_SIZE, Type::Int64),
    (tags::LONG_ARCHIVE_SIZE, Type::Int64),
    (tags::SHA256, Type::String),
    (274, Type::StringArray),
    (275, Type::Int32),
    (276, Type::StringArray),
    (277, Type::Int32),
    (tags::OPENPGP, Type::StringArray),
    // SHA3-256 of the header.
    (279, Type::String),
    // Room for signatures to come.
    (999, Type::Binary),
    (tags::SIZE, Type::Int32),
    (1001, Type::Int32),
    (tags::PGP, Type::Binary),
    (1003, Type::Binary),
    (tags::MD5, Type::Binary),
    (tags::GPG, Type::Binary),
    (1006, Type::Binary),
    (tags::PAYLOAD_SIZE, Type::Int32),
    // Room for signatures to come.
    (1008, Type::Binary),
    // Room, as one version of rpm for Red Hat wrote it.
    (1010, Type::Binary),
];

pub(super) fn check(signature: &Header, header: &Header, faults: &mut Faults) {
    for entry in signature.entries() {
        if !KNOWN.contains(&(entry.tag, entry.kind)) {
            let detail = format!(
                "tag {} of type {:?} has no place in a signature header, which no signature covers",
                entry.tag, entry.kind
            );
            faults.note(FaultKind::InjectedTag, detail);
        }
    }
    let mut values = Values {
        header: signature,
        faults,
    };
    let mut verified = false;
    for (tag, algorithm) in [(tags::SHA1, Algorithm::Sha1), (tags::SHA256, Algorithm::Sha256)] {
        let Some(promised) = values.string(tag) else {
            continue;
        };
        let found = Hasher::of(algorithm, header.bytes());
        if digits(promised, algorithm.digits()).is_some_and(|promised| promised == found) {
            verified = true;
        } else {
            let detail = format!("{algorithm:?} of the header: {promised:?} promised, {found:?} found");
            values.faults.note(FaultKind::HeaderDigest, detail);
        }
    }
    if !verified {
        let detail =
            "the signature header must have a SHA-1 or SHA-256 of the header that holds, it has none";
        values.faults.note(FaultKind::MissingDigest, detail);
    }
}

/// What the signature header says about the payload, or header and payload together.
#[derive(Default)]
pub(super) struct Promises {
    /// Bytes of header and payload.
    pub(super) sizes: Vec<u64>,
    /// Bytes of the decompressed payload.
    pub(super) archive_sizes: Vec<u64>,
    /// MD5 of header and payload.
    pub(super) md5: Option<Vec<u8>>,
}

pub(super) fn promises(signature: &Header, faults: &mut Faults) -> Promises {
    let mut values = Values {
        header: signature,
        faults,
    };
    let short = |number: Option<u32>| number.map(u64::from);
    let sizes = [short(values.u32(tags::SIZE)), values.u64(tags::LONG_SIZE)];
    let archive_sizes = [
        short(values.u32(tags::PAYLOAD_SIZE)),
        values.u64(tags::LONG_ARCHIVE_SIZE),
    ];
    Promises {
        sizes: sizes.into_iter().flatten().collect(),
        archive_sizes: archive_sizes.into_iter().flatten().collect(),
        md5: values.binary(tags::MD5).map(<[u8]>::to_vec),
    }
}

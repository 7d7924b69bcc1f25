#![no_main]
//! A tag object: what it says of itself never goes beyond its bytes.

use gix::ObjectId;
use gix::hash::Kind;
use libfuzzer_sys::fuzz_target;
use tarvet_core::upstream::TagObject;

fuzz_target!(|data: &[u8]| {
    for format in [Kind::Sha1, Kind::Sha256] {
        let mut faults = Vec::new();
        let Ok(tag) = TagObject::parse(ObjectId::null(format), data.to_vec(), &mut faults) else {
            continue;
        };
        assert_eq!(tag.raw, data);
        if let Some(signature) = tag.signature {
            assert!(!signature.armored.is_empty());
            assert!(signature.payload.len() + signature.armored.len() <= data.len());
        }
    }
});

#![no_main]
//! A commit object: what it says of itself never goes beyond its bytes.

use gix::ObjectId;
use gix::hash::Kind;
use libfuzzer_sys::fuzz_target;
use tarvet_core::convert::CommitFacts;
use tarvet_core::upstream::CommitObject;

fuzz_target!(|data: &[u8]| {
    for format in [Kind::Sha1, Kind::Sha256] {
        let id = ObjectId::null(format);
        let facts = CommitFacts::parse(id, data);
        let Ok(commit) = CommitObject::parse(id, data.to_vec(), format) else {
            continue;
        };
        assert_eq!(commit.raw, data);
        if let Some(facts) = facts {
            assert_eq!(facts.tree, commit.tree, "two readers, one tree");
        }
        if let Some(signature) = commit.signature {
            assert!(signature.payload.len() + signature.armored.len() <= data.len());
        }
    }
});

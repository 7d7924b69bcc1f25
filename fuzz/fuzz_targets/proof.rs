#![no_main]
//! A proof: as it is, and with the closing checksum made right so that what is inside gets read.

use std::path::Path;

use gix::hash::Kind as Format;
use libfuzzer_sys::fuzz_target;
use tarvet_core::upstream::{Proof, TagWish, TreeLimits, walk};

fuzz_target!(|data: &[u8]| {
    judge(data.to_vec());
    for format in [Format::Sha1, Format::Sha256] {
        // A seed is a whole packfile: its own checksum goes.
        let body = data.len().saturating_sub(20);
        for body in [data, &data[..body]] {
            let mut hasher = gix::hash::hasher(format);
            hasher.update(body);
            let Ok(sum) = hasher.try_finalize() else {
                return;
            };
            let mut pack = body.to_vec();
            pack.extend_from_slice(sum.as_bytes());
            judge(pack);
        }
    }
});

fn judge(bytes: Vec<u8>) {
    let proof = Proof::from_bytes(Path::new("fuzz.pack"), bytes);
    for wish in [
        TagWish::Named("v1".into()),
        TagWish::Version {
            name: Some("foo".into()),
            version: "1".into(),
        },
    ] {
        let release = proof.release(&wish);
        if let Some(commit) = release.commit {
            walk(&proof, commit.tree, &TreeLimits::default());
        }
    }
}

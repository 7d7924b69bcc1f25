#![no_main]
//! `.gitattributes`, a path, a blob and a member, with lines of their own between them.

use bstr::{BString, ByteSlice};
use gix::ObjectId;
use gix::hash::Kind;
use libfuzzer_sys::fuzz_target;
use tarvet_core::convert::{Attributes, CommitFacts, Conversion, compare};

/// Stands between the parts of an input.
const BETWEEN: &str = "\n====\n";

const COMMIT: &[u8] =
    b"tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor A U Thor <a@example.org> 1600000000 +0130\n\
                        committer C O Mitter <c@example.org> 1600000001 -0800\n\nsubject\n\nbody\n";

fuzz_target!(|data: &[u8]| {
    let mut parts = data.splitn_str(4, BETWEEN);
    let mut part = || parts.next().unwrap_or_default();
    let (file, path, blob, member) = (part(), part(), part(), part());
    let attributes = Attributes::new(&[
        (BString::from(""), file.to_vec()),
        (BString::from("a"), file.to_vec()),
    ]);
    let declared = attributes.of(path.as_bstr(), false);
    let id = ObjectId::null(Kind::Sha1);
    let commit = CommitFacts::parse(id, COMMIT).expect("a commit");
    let judge = |member: &[u8]| compare(blob, id, &declared, &commit, Some("v1".into()), member);
    assert_eq!(judge(blob), Conversion::Exact { how: Vec::new() });
    let verdict = judge(member);
    assert_eq!(verdict, judge(member));
    if let Conversion::Exact { how } = verdict {
        assert_eq!(how.is_empty(), blob == member, "{how:?}");
    }
});

#![no_main]
//! Recomputing files: whatever the bytes, nothing is derived from nothing but the release, unless it is empty or a stamp.

use std::borrow::Cow;

use bstr::{BStr, BString, ByteSlice};
use libfuzzer_sys::fuzz_target;
use tarvet_origin::derived::{Files, Question, Release, explain};

/// One file beside the one in question.
struct One<'a>(&'a BStr, &'a [u8]);

impl Files for One<'_> {
    fn proven(&self, path: &BStr) -> Option<Cow<'_, [u8]>> {
        (path == self.0).then_some(Cow::Borrowed(self.1))
    }

    fn in_tree(&self, path: &BStr) -> bool {
        path == self.0
    }

    fn is_member(&self, path: &BStr) -> bool {
        path == self.0
    }

    fn member_count(&self) -> usize {
        1
    }

    fn names_in(&self, _directory: &BStr) -> Vec<BString> {
        vec![self.0.to_owned()]
    }
}

/// The member and the file it may be made from.
const PAIRS: [(&str, &str); 8] = [
    ("po/de.gmo", "po/de.po"),
    ("po/de.po", "po/de.po"),
    ("version.h", "version.h"),
    ("version.h", "version.h.in"),
    ("ChangeLog", "ChangeLog"),
    ("Cargo.toml", "Cargo.toml.orig"),
    ("PKG-INFO", "pyproject.toml"),
    ("doc/a.txt.gz", "doc/a.txt"),
];

fuzz_target!(|data: &[u8]| {
    // The first byte picks the pair; a line of its own ends the one content and begins the other.
    let Some((pick, data)) = data.split_first() else {
        return;
    };
    let (member, from) = PAIRS[usize::from(*pick) % PAIRS.len()];
    let (content, other) = data.split_once_str("\n====\n").unwrap_or((data, b""));
    let release = Release {
        name: "foo".into(),
        version: "1.2".into(),
        tag: "v1.2".into(),
        commit: "0123456789012345678901234567890123456789".into(),
        commit_time: Some(1_700_000_000),
        tag_time: Some(1_700_000_000),
        top: "foo-1.2".into(),
    };
    let question = Question {
        path: BStr::new(member),
        content,
        tree: (member == from).then_some(other),
    };
    let files = One(BStr::new(from), other);
    if let Some(derived) = explain(&question, &release, &files, None) {
        assert!(!derived.how.is_empty());
    }
});

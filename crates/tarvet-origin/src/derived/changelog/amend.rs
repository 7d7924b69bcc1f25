//! What a project says about commits whose messages are wrong.
//!
//! gitlog-to-changelog's `--amend=FILE` names a commit by its id on a line of its own, and below it how its message is to
//! be changed. We run none of that: a line of an entry may also be one that the file says for the commit.

use std::collections::HashMap;

use bstr::{BString, ByteSlice};

use crate::derived::Files;

/// Where such files are kept by custom.
const PATHS: [&str; 3] = [
    "build-aux/git-log-fix",
    "build-aux/git-log-fixes",
    "scripts/git-log-fix",
];

/// The largest that is read, in bytes.
const LARGEST: usize = 1 << 20;

/// Whether a path is one of a file of amendments, or of a footer.
pub fn claims(path: &[u8]) -> bool {
    path.contains_str("git-log-fix") || path.contains_str("git-log-footer")
}

/// Texts by commit id.
pub type Amendments = HashMap<BString, Vec<BString>>;

/// The proven amendments of a release.
pub fn read(files: &dyn Files) -> Amendments {
    let mut amendments = Amendments::new();
    for path in PATHS {
        let Some(text) = files.proven(path.into()).filter(|text| text.len() <= LARGEST) else {
            continue;
        };
        let mut commit = None;
        for line in text.lines() {
            let line = line.trim();
            if (40..=64).contains(&line.len()) && line.iter().all(u8::is_ascii_hexdigit) {
                commit = Some(BString::from(line));
            } else if let Some(commit) = &commit {
                // A slash is escaped in an expression, and a bare one ends its text.
                let whole = line.replace(b"\\/", b"\0");
                let texts = whole
                    .split(|&byte| byte == b'/')
                    .map(|text| BString::from(text.replace(b"\0", b"/")));
                amendments
                    .entry(commit.clone())
                    .or_default()
                    .extend(texts.filter(|text| text.len() > 3));
            }
        }
    }
    amendments
}

#![no_main]
//! What files claim: nothing is alleged without an input, and never a macro file or a Makefile.am by a mark alone.

use bstr::{BStr, ByteSlice};
use libfuzzer_sys::fuzz_target;
use tarvet_origin::alleged::{Paths, allege, claim};

fuzz_target!(|data: &[u8]| {
    let (name, content) = data.split_once_str("\0").unwrap_or((b"configure", data));
    let path = BStr::new(name);
    let Some(claim) = claim(path, content, content.len() as u64) else {
        return;
    };
    let nothing = Paths::new(std::iter::empty());
    // Only a log can be made without a file of the tree.
    if let Some(allegation) = allege(&claim, path, &nothing, &nothing) {
        assert_eq!(allegation.from, "the history of the repository");
    }
    let tree = Paths::new(
        ["configure.ac", "parse.y", "doc/foo.texi", "Makefile.am"]
            .into_iter()
            .map(BStr::new),
    );
    let _ = allege(&claim, path, &tree, &nothing);
});

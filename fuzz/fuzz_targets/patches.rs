#![no_main]
//! A patch (up to the first NUL byte) applied to a file (what follows), and the diff of format 1.0: the result is of bounded size.

use libfuzzer_sys::fuzz_target;
use tarvet_debian::effective::Patches;
use tarvet_debian::patches::{self, apply};

fuzz_target!(|data: &[u8]| {
    let at = data.iter().position(|byte| *byte == 0).unwrap_or(data.len());
    let (text, rest) = data.split_at(at);
    let content = rest.get(1..).unwrap_or_default();
    for file in &patches::parse(text).files {
        for old in [None, Some(content)] {
            if let Ok(new) = apply(old, file) {
                assert!(
                    new.len() <= content.len() + 2 * text.len(),
                    "{} of {}",
                    new.len(),
                    data.len()
                );
            }
        }
    }
    let all = Patches::of_diff(text);
    let before = all.touched().map(|path| (path.to_owned(), content.to_vec()));
    let after = all.afterwards(before.collect());
    assert_eq!(after.len(), all.touched().count().max(after.len()));
});

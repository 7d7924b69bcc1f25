#![no_main]
//! Splitting an aclocal.m4: every line is taken once, or left over.

use bstr::{BStr, ByteSlice};
use libfuzzer_sys::fuzz_target;
use tarvet_origin::aclocal::split;
use tarvet_origin::known::Tables;

fuzz_target!(|data: &[u8]| {
    // Up to the first NUL it is a macro file of the package.
    let (own, content) = data.split_once_str("\0").unwrap_or((b"", data));
    let split = split(content, &Tables::new(), &[(BStr::new("m4/own.m4"), own)]);
    let lines = content.find_iter("\n").count() + 1;
    let mut last = 0;
    for leftover in &split.leftover {
        assert!(last < leftover.first && leftover.first <= leftover.last && leftover.last <= lines);
        last = leftover.last;
    }
});

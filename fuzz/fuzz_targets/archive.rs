#![no_main]
//! A tarball: reading it twice gives the same members, and never more than the limits allow.

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    tarvet_fuzz::read_twice(data, Some("foo-1.tar.gz"));
});

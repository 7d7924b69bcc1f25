#![no_main]
//! A binary package: the files of its data.tar, or an error.

use libfuzzer_sys::fuzz_target;
use tarvet_archive::Limits;
use tarvet_debian::deb;

fuzz_target!(|data: &[u8]| {
    let limits = || Limits {
        bytes: 16 << 20,
        dictionary_bytes: 1 << 20,
        ..Limits::default()
    };
    let once = deb::files(data, limits()).ok();
    assert_eq!(
        format!("{once:?}"),
        format!("{:?}", deb::files(data, limits()).ok())
    );
    let _ = deb::inside(data);
});

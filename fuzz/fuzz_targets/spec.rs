#![no_main]
//! A spec (first byte s), `sources` (d), `_service` (x), or .obsinfo (any other): a name of a source is no path, and twice is
//! the same.

use libfuzzer_sys::fuzz_target;
use tarvet_rpm::prep::{self, build};
use tarvet_rpm::{service, sources, spec};

fuzz_target!(|data: &[u8]| {
    let Some((what, text)) = data.split_first() else {
        return;
    };
    match what {
        b's' => {
            let read = spec::read(text, &spec::Options::default());
            let again = spec::read(text, &spec::Options::default());
            assert_eq!(format!("{:?}", read.sources), format!("{:?}", again.sources));
            for name in read.sources.iter().flat_map(|source| source.file_names()) {
                assert!(!name.contains(&b'/'), "{name}");
            }
            let _ = prep::read(&read);
            for family in [build::Family::Fedora, build::Family::Suse, build::Family::Unknown] {
                let _ = build::read(&read, family);
            }
            let _ = service::assets::read(text);
        }
        b'd' => drop(sources::read(text)),
        b'x' => drop(service::read(text)),
        _ => drop(service::obsinfo::read(text)),
    }
});

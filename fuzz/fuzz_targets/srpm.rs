#![no_main]
//! A source package (first byte 0) or an .obscpio (any other): nothing is sound that is not whole, and twice is the same.

use libfuzzer_sys::fuzz_target;
use tarvet_archive::Limits;
use tarvet_rpm::{cpio, srpm::Srpm};

fuzz_target!(|data: &[u8]| {
    let Some((what, bytes)) = data.split_first() else {
        return;
    };
    if *what == 0 {
        assert_eq!(package(bytes), package(bytes));
    } else {
        obscpio(bytes);
    }
});

fn limits() -> Limits {
    Limits {
        bytes: 16 << 20,
        dictionary_bytes: 1 << 20,
        ..Limits::default()
    }
}

/// Whether it is sound, and what was seen of it.
fn package(bytes: &[u8]) -> (bool, Vec<u8>) {
    let mut seen = Vec::new();
    let srpm = Srpm::open(bytes).expect("memory does not fail");
    let _ = srpm.signatures();
    let payload = srpm
        .read_payload(&limits(), |file, body| {
            seen.extend_from_slice(&file.name);
            body.read_to_end(&mut seen)?;
            Ok(())
        })
        .expect("memory does not fail");
    if payload.is_sound() {
        let present = payload.facts.files.iter().filter(|file| !file.is_absent());
        assert_eq!(payload.matched, present.count());
        assert!(payload.facts.spec().is_some());
    }
    (payload.is_sound(), seen)
}

fn obscpio(bytes: &[u8]) {
    let mut members = 0;
    let read = cpio::read_obscpio(bytes, &limits(), |member, body| {
        members += 1;
        assert!(!member.path.starts_with(b"/"));
        let mut content = Vec::new();
        body.read_to_end(&mut content)?;
        assert!(content.len() as u64 <= member.size);
        Ok(())
    })
    .expect("memory does not fail");
    assert_eq!(read.members, members);
    assert!(read.complete || !read.faults.is_empty());
}

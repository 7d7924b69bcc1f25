#![no_main]
//! The records of a pax header: the fuzzer writes them, a sound tar is built around them.

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    // The first byte picks the header: extended, global, or one of GNU's long names.
    let Some((kind, records)) = data.split_first() else {
        return;
    };
    let kind = b"xgLKX"[usize::from(*kind) % 5];
    let mut tar = header("pax", kind, records.len());
    tar.extend_from_slice(records);
    tar.resize(tar.len().next_multiple_of(512), 0);
    tar.extend(header("foo-1/file", b'0', 3));
    tar.extend(b"abc");
    tar.resize(tar.len().next_multiple_of(512), 0);
    tar.extend([0; 1024]);
    tarvet_fuzz::read_twice(&tar, None);
});

fn header(name: &str, kind: u8, size: usize) -> Vec<u8> {
    let mut header = vec![0; 512];
    let mut put = |at: usize, text: &str| header[at..at + text.len()].copy_from_slice(text.as_bytes());
    put(0, name);
    put(100, "0000644\0");
    put(108, "0000000\0");
    put(116, "0000000\0");
    put(124, &format!("{size:011o}\0"));
    put(136, "00000000000\0");
    put(148, "        ");
    put(257, "ustar\x0000");
    header[156] = kind;
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    header
}

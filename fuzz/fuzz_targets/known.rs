#![no_main]
//! Tables from anybody: whatever parses answers every question, and names files as a table may.

use bstr::BStr;
use libfuzzer_sys::fuzz_target;
use tarvet_origin::known::{Table, Tables, defined_macros, serial};

fuzz_target!(|data: &[u8]| {
    let _ = (serial(data), defined_macros(data));
    let Ok(table) = Table::parse(data.to_vec()) else {
        return;
    };
    let mut tables = Tables::new();
    tables.add(table);
    for name in [
        "pocket.m4",
        "m4/pocket-host.m4",
        "config.guess",
        "lib/base64.c",
        "",
    ] {
        let path = BStr::new(name);
        let _ = tables.known(path, &[7; 32]);
        let _ = tables.known_by_content(path, data);
        let _ = (
            tables.standard(path),
            tables.highest_serial(path),
            tables.definer(path),
        );
    }
    let _ = tables.named_elsewhere(&[7; 32]);
    let _ = tables.parts(data, &mut (1 << 20));
});

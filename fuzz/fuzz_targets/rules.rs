#![no_main]
//! debian/rules, with debian/control, debian/clean and debian/autoreconf behind NUL bytes: the same twice, and a line that
//! nobody understands is a doubt about everything.

use bstr::BStr;
use libfuzzer_sys::fuzz_target;
use tarvet_debian::rules;
use tarvet_origin::rebuild::Build;

fuzz_target!(|data: &[u8]| {
    let parts: Vec<&[u8]> = data.split(|byte| *byte == 0).collect();
    let rules = parts.first().copied().unwrap_or_default();
    let build = read(rules, &parts);
    assert_eq!(build, read(rules, &parts));
    let strange = [rules, b"\n%%% ???\n"].concat();
    let build = read(&strange, &parts);
    assert!(
        build.doubts.iter().any(|doubt| doubt.pattern.is_empty()),
        "{build:?}"
    );
});

fn read(rules: &[u8], parts: &[&[u8]]) -> Build {
    let file = |path: &BStr| match path.to_string().as_str() {
        "debian/rules" => Some(rules),
        "debian/control" => parts.get(1).copied(),
        "debian/clean" => parts.get(2).copied(),
        "debian/autoreconf" => parts.get(3).copied(),
        _ => None,
    };
    rules::read(&file, &|_| false)
}

#![no_main]
//! A keyring file (first byte 0) or a signature (any other): neither makes evidence of what nobody signed.

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use tarvet_core::keyring::Keyring;

static KEYS: LazyLock<Keyring> = LazyLock::new(tarvet_fuzz::known_keys);
const SIGNATURE: &[u8] = include_bytes!("../seeds/keyring/openpgp.sig");

fuzz_target!(|data: &[u8]| {
    let Some((what, bytes)) = data.split_first() else {
        return;
    };
    if *what == 0 {
        let mut keyring = Keyring::new();
        let _ = keyring.add("fuzz", bytes);
        assert_eq!(keyring.is_empty(), keyring.entries().is_empty());
        tarvet_fuzz::never_evidence(&keyring, SIGNATURE.get(1..).unwrap_or_default());
    } else {
        tarvet_fuzz::never_evidence(&KEYS, bytes);
    }
});

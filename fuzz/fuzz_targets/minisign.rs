#![no_main]
//! Signatures of minisign and signify by a known key's owner, altered, and their public keys.

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use tarvet_core::keyring::Keyring;

static KEYS: LazyLock<Keyring> = LazyLock::new(tarvet_fuzz::known_keys);

fuzz_target!(|data: &[u8]| {
    tarvet_fuzz::never_evidence(&KEYS, data);
    let mut keyring = Keyring::new();
    if keyring.add("fuzz", data).is_ok() {
        tarvet_fuzz::never_evidence(&keyring, data);
    }
});

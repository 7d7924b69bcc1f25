#![no_main]
//! Keys of SSH and a signature by one of them over something else, whoever is allowed what.

use libfuzzer_sys::fuzz_target;
use tarvet_core::keyring::Keyring;

const SIGNATURE: &[u8] = include_bytes!("../seeds/keyring/ssh.sig");

fuzz_target!(|data: &[u8]| {
    let mut keyring = Keyring::new();
    let added = keyring.add("fuzz", data);
    assert!(added.is_err() || !keyring.is_empty() || !keyring.notes().is_empty());
    assert_eq!(keyring.is_empty(), keyring.entries().is_empty());
    // The first byte says what it is.
    tarvet_fuzz::never_evidence(&keyring, SIGNATURE.get(1..).unwrap_or_default());
});

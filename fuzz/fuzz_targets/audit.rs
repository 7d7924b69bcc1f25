#![no_main]
//! A keyring file, audited: always an answer, always of bounded size, and what a check would take is in it.

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use tarvet_core::checks;
use tarvet_core::keyring::audit::report::FileReport;
use tarvet_core::keyring::audit::{Copies, audit, checks as faults};
use tarvet_core::keyring::{Keyring, Scheme};

/// Longest report for a file, in bytes a byte of the file and at least.
const MOST_PER_BYTE: usize = 200;
const MOST: usize = 100_000;

fuzz_target!(|data: &[u8]| {
    let now = tarvet_fuzz::lenient().now;
    let label = if data.first() == Some(&b'-') {
        "fuzz.asc"
    } else {
        "fuzz"
    };
    let found = audit(label, data, now);
    let findings = checks::run(faults::ALL, &found, &BTreeMap::new());
    let mut copies = Copies::default();
    copies.add(&found);
    copies.add(&found);
    assert_eq!(copies.stale().count(), 0, "a copy is not older than itself");
    let report = FileReport::new(&found, &findings, None);
    let size = format!("{report:?}").len();
    assert!(size <= MOST + MOST_PER_BYTE * data.len(), "{size} bytes");
    // Silence is not a pass.
    assert!(!found.is_barren() || !findings.is_empty());
    let mut keyring = Keyring::new();
    if keyring.add(label, data).is_ok() {
        for entry in keyring.entries() {
            let known = match entry.scheme {
                Scheme::OpenPgp => found
                    .certificates
                    .iter()
                    .any(|held| held.fingerprint == entry.fingerprint),
                _ => found.keys.iter().any(|key| key.fingerprint == entry.fingerprint),
            };
            assert!(
                known || !found.limits.is_empty() || !found.damage.is_empty(),
                "a check takes {}, of which the audit says nothing",
                entry.fingerprint
            );
        }
    }
});

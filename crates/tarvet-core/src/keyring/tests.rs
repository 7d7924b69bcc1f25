//! Stories: who signed what when, and what the keyring knew.

mod algorithms;
mod cleartext;
mod files;
mod keyrings;
mod mutations;
mod openpgp;
mod oracles;
mod plain;
mod ssh;

use super::*;
use jiff::Timestamp;
use std::io::{self, Read};
use tarvet_testkit::people::day;

/// The tarball of every story: `compressed` stands for foo.tar.xz, `tar` for what is inside.
pub(super) struct Tarball {
    pub compressed: Vec<u8>,
    pub tar: Vec<u8>,
}

impl SignedBytes for Tarball {
    fn compressed(&self) -> io::Result<Box<dyn Read + Send + Sync + '_>> {
        Ok(Box::new(self.compressed.as_slice()))
    }

    fn uncompressed(&self) -> io::Result<Box<dyn Read + Send + Sync + '_>> {
        Ok(Box::new(self.tar.as_slice()))
    }
}

pub(super) const DATA: &[u8] = b"the tarball\n";
pub(super) const TAR: &[u8] = b"the tar\n";
pub(super) const TAG: &[u8] =
    b"object 0123\ntype commit\ntag v1\ntagger Alice <alice@example.org> 1700000000 +0000\n\nv1\n";

pub(super) fn tarball() -> Tarball {
    Tarball {
        compressed: DATA.to_vec(),
        tar: TAR.to_vec(),
    }
}

pub(super) fn time(text: &str) -> Timestamp {
    Timestamp::try_from(day(text)).unwrap()
}

/// Judged on 2026-01-01.
pub(super) fn strict() -> SignaturePolicy {
    SignaturePolicy::strict(time("2026-01-01"))
}

pub(super) fn keyring<T: AsRef<[u8]>>(files: &[T]) -> Keyring {
    let mut keyring = Keyring::new();
    for (i, file) in files.iter().enumerate() {
        keyring.add(&format!("keyring-{i}"), file.as_ref()).unwrap();
    }
    keyring
}

pub(super) fn detached(keyring: &Keyring, policy: &SignaturePolicy, file: &[u8]) -> Vec<SignatureReport> {
    verify_detached(keyring, policy, "foo.asc", file, &tarball(), Some("foo.tar.xz")).unwrap()
}

/// The only report on a detached signature, strictly judged.
pub(super) fn one(keyring: &Keyring, file: &[u8]) -> SignatureReport {
    let mut reports = detached(keyring, &strict(), file);
    assert_eq!(reports.len(), 1, "{reports:#?}");
    reports.remove(0)
}

#[track_caller]
pub(super) fn expect(report: &SignatureReport, state: SignatureState, words: &str) {
    assert_eq!(report.state, state, "{report:#?}");
    assert!(report.detail.contains(words), "{words:?} is not in {report:#?}");
}

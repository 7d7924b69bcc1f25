//! OpenPGP, through sequoia's streaming verifier: certificates are validated in full (bindings, back-signatures,
//! capabilities, revocations, expiry) at the time a signature claims, and nothing below that layer accepts anything.

mod algorithm;
mod audit;
mod certification;
mod certs;
mod classify;
mod facts;
mod mpi;
mod packets;
mod policies;
mod portrait;
mod verify;

pub(super) use audit::{Auditor, key_inside};
pub(super) use certification::{Certifiers, Worth, certifications};
pub(super) use certs::Certificates;
pub(super) use packets::{Found, dearmor, signatures};
pub(super) use portrait::{Changes, changes};
pub(super) use verify::{Outcome, Task, verify};

use jiff::Timestamp;
use std::time::SystemTime;

/// OpenPGP times fit in 32 bits, so this never fails on what a signature can hold.
fn timestamp(time: SystemTime) -> Timestamp {
    Timestamp::try_from(time).unwrap_or(Timestamp::MAX)
}

fn system_time(time: Timestamp) -> SystemTime {
    let seconds = u32::try_from(time.as_second().max(0)).unwrap_or(u32::MAX);
    SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(u64::from(seconds))
}

//! One pass over the data for all signatures of a file.

use super::classify::Judge;
use super::policies::Policies;
use super::{Certificates, packets};
use crate::keyring::{Scheme, SignaturePolicy, SignatureReport, SignatureState, SignedThing};
use sequoia_openpgp::packet::Signature;
use sequoia_openpgp::parse::Parse;
use sequoia_openpgp::parse::stream::{
    DetachedVerifierBuilder, MessageLayer, MessageStructure, VerificationHelper,
};
use sequoia_openpgp::serialize::Serialize;
use sequoia_openpgp::{Cert, KeyHandle, Packet};
use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

/// What is verified, with what.
#[derive(Clone, Copy)]
pub(in crate::keyring) struct Task<'a> {
    pub certificates: &'a Certificates,
    pub policy: &'a SignaturePolicy,
    pub over: SignedThing,
    pub source: &'a str,
}

/// A report, and whether other bytes (the tar inside) might still match.
pub(in crate::keyring) struct Outcome {
    pub report: SignatureReport,
    pub wrong_checksum: bool,
}

/// Verifies `signatures` over everything `data` yields. The outcomes are in the order of the signatures.
/// Err: `data` could not be read.
pub(in crate::keyring) fn verify(
    task: Task<'_>,
    signatures: &[Signature],
    data: Box<dyn Read + Send + Sync + '_>,
) -> io::Result<Vec<Outcome>> {
    if signatures.is_empty() {
        return Ok(Vec::new());
    }
    let policies = Policies::new(task.policy);
    let trouble = Arc::new(Mutex::new(None));
    let data = Watched {
        inner: data,
        trouble: Arc::clone(&trouble),
    };
    let helper = Helper {
        judge: Judge {
            task,
            policies: &policies,
        },
        outcomes: Vec::new(),
    };
    let result = run(&policies, task.policy, signatures, helper, data);
    if let Some(error) = trouble.lock().unwrap_or_else(PoisonError::into_inner).take() {
        return Err(error);
    }
    let why = match result {
        Ok(outcomes) if outcomes.len() == signatures.len() => return Ok(outcomes),
        Ok(_) => "the verifier lost count of the signatures".to_owned(),
        Err(error) => packets::words(&error),
    };
    // Not one of them may pass when the pass itself failed.
    Ok(signatures
        .iter()
        .map(|_| Outcome {
            report: SignatureReport::new(task.over, Scheme::OpenPgp, task.source, SignatureState::Malformed)
                .detail(format!("not a detached signature: {why}")),
            wrong_checksum: false,
        })
        .collect())
}

fn run(
    policies: &Policies,
    policy: &SignaturePolicy,
    signatures: &[Signature],
    helper: Helper<'_>,
    data: Watched<'_>,
) -> sequoia_openpgp::Result<Vec<Outcome>> {
    let mut bytes = Vec::new();
    for signature in signatures {
        Packet::from(signature.clone()).serialize(&mut bytes)?;
    }
    let mut verifier = DetachedVerifierBuilder::from_bytes(&bytes)?.with_policy(
        &policies.effective,
        super::system_time(policy.now),
        helper,
    )?;
    verifier.verify_reader(data)?;
    Ok(verifier.into_helper().outcomes)
}

struct Helper<'a> {
    judge: Judge<'a>,
    outcomes: Vec<Outcome>,
}

impl VerificationHelper for Helper<'_> {
    /// Only ever from the keyring: certificates carried by the signature itself are never looked at.
    fn get_certs(&mut self, ids: &[KeyHandle]) -> sequoia_openpgp::Result<Vec<Cert>> {
        Ok(self
            .judge
            .task
            .certificates
            .named(ids)
            .map(|held| held.cert.clone())
            .collect())
    }

    fn check(&mut self, structure: MessageStructure<'_>) -> sequoia_openpgp::Result<()> {
        for layer in structure {
            if let MessageLayer::SignatureGroup { results } = layer {
                self.outcomes
                    .extend(results.into_iter().map(|result| self.judge.judge(result)));
            }
        }
        Ok(())
    }
}

/// Remembers the medium's own error, which sequoia would mix with those of the signature.
struct Watched<'a> {
    inner: Box<dyn Read + Send + Sync + 'a>,
    trouble: Arc<Mutex<Option<io::Error>>>,
}

impl Read for Watched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buffer).inspect_err(|error| {
            if error.kind() != io::ErrorKind::Interrupted {
                let copy = io::Error::new(error.kind(), error.to_string());
                self.trouble
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .get_or_insert(copy);
            }
        })
    }
}

//! Which algorithms may carry trust.

use crate::keyring::SignaturePolicy;
use sequoia_openpgp::Result;
use sequoia_openpgp::cert::amalgamation::key::ValidErasedKeyAmalgamation;
use sequoia_openpgp::packet::{Signature, key};
use sequoia_openpgp::policy::{HashAlgoSecurity, Policy, StandardPolicy};
use sequoia_openpgp::types::HashAlgorithm;

/// Accepts every algorithm. Only ever used to say *why* the real policy refused, and to see revocations that
/// are themselves signed with a weak digest; never to accept a signature.
#[derive(Debug)]
pub(super) struct AnyAlgorithm;

impl Policy for AnyAlgorithm {
    fn signature(&self, _: &Signature, _: HashAlgoSecurity) -> Result<()> {
        Ok(())
    }

    fn key(&self, _: &ValidErasedKeyAmalgamation<'_, key::PublicParts>) -> Result<()> {
        Ok(())
    }
}

/// The policies of one judgement, all as of the same moment.
pub(super) struct Policies {
    /// What everyone gets.
    pub strict: StandardPolicy<'static>,
    /// `strict`, with the relaxations the caller asked for.
    pub effective: StandardPolicy<'static>,
    /// `strict` with SHA-1 self-signatures, to recognise them.
    pub sha1_bindings: StandardPolicy<'static>,
    pub any: AnyAlgorithm,
}

impl Policies {
    pub fn new(policy: &SignaturePolicy) -> Self {
        let now = super::system_time(policy.now);
        let strict = StandardPolicy::at(now);
        let mut sha1_bindings = strict.clone();
        // A tag or a tarball is made by someone who may be the attacker and needs collision resistance;
        // certificates' self-signatures need only resistance against a second pre-image.
        sha1_bindings.accept_hash_property(HashAlgorithm::SHA1, HashAlgoSecurity::SecondPreImageResistance);
        let effective = if policy.accept_sha1_bindings {
            sha1_bindings.clone()
        } else {
            strict.clone()
        };
        Self {
            strict,
            effective,
            sha1_bindings,
            any: AnyAlgorithm,
        }
    }
}
